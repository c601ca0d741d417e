// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.buffer;

import dev.interleave.buffer.BoundedBuffer.Overflow;
import dev.interleave.buffer.ElasticBuffer;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A buffer that grows under load and shrinks again, and says why each time. */
public final class SmartBuffer implements Example {
  private static final int LEAST = 10;
  private static final int MOST = 100;
  private static final int BURST = 120;

  /** For how long it has to be nearly empty; short, for the sake of the example. */
  private static final Duration WINDOW = Duration.ofMillis(20);

  /** Made by the tour. */
  public SmartBuffer() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new SmartBuffer());
  }

  @Override
  public String shows() {
    return "A capacity that follows the load: it grows in a burst up to a hard maximum, loses"
        + " nothing, counts what it has to refuse, and shrinks to the minimum when it is quiet.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    ElasticBuffer<Integer> buffer =
        ElasticBuffer.<Integer>builder(LEAST, MOST)
            .name("smart")
            .overflow(Overflow.REJECT)
            .window(WINDOW)
            .cooldown(Duration.ofMinutes(1)) // it grows when it is full, and only then
            .build();

    int accepted = 0;
    for (int i = 0; i < BURST; i++) {
      accepted += buffer.offer(i) ? 1 : 0;
    }
    buffer.resizes().forEach(out::println);
    Expect.equal("accepted", MOST, accepted);
    Expect.equal("refused, and counted", 20L, buffer.stats().buffer().rejected());
    Expect.equal("capacity in the burst", MOST, buffer.capacity());
    Expect.that("it has grown", buffer.stats().growths() > 0);
    Expect.equal("not shrunk", 0L, buffer.stats().shrinks());

    List<Integer> taken = new ArrayList<>();
    while (taken.size() < accepted) {
      taken.add(buffer.take());
    }
    for (int i = 0; i < taken.size(); i++) {
      Expect.equal("nothing lost, in order", i, taken.get(i));
    }

    Expect.soon(
        "the minimum again",
        () -> {
          buffer.adjust(); // whoever uses it does the same
          return buffer.capacity() == LEAST;
        });
    long changes = buffer.stats().growths() + buffer.stats().shrinks();
    out.printf(
        "grown %d times, shrunk %d times%n", buffer.stats().growths(), buffer.stats().shrinks());
    Expect.equal("told", changes, (long) buffer.resizes().size());
    Expect.that("nothing happens at the minimum", !buffer.adjust());
    Expect.equal("nor is it counted", changes, buffer.stats().growths() + buffer.stats().shrinks());
    return "10 to 100 places in a burst of 120, 20 refused, none lost, and back to 10";
  }
}
