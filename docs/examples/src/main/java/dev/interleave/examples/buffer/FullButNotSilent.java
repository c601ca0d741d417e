// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.buffer;

import dev.interleave.Deadline;
import dev.interleave.buffer.BoundedBuffer;
import dev.interleave.buffer.BoundedBuffer.Overflow;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What is done with an item for which there is no room: told and counted, whichever it is. */
public final class FullButNotSilent implements Example {
  private static final int ITEMS = 25;
  private static final int CAPACITY = 10;

  /** Made by the tour. */
  public FullButNotSilent() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new FullButNotSilent());
  }

  @Override
  public String shows() {
    return "More items than room: refused, or the oldest or the newest dropped; each of them is"
        + " counted and handed over. And a bound by weight, and batches with one deadline.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    List<Integer> dropped = new ArrayList<>();
    BoundedBuffer<Integer> latest =
        BoundedBuffer.<Integer>builder(CAPACITY)
            .name("latest")
            .overflow(Overflow.DROP_OLDEST, dropped::add)
            .build();
    for (int i = 0; i < ITEMS; i++) {
      latest.put(i);
    }
    out.printf("%s keeps %s, dropped %s%n", latest.name(), latest, dropped);
    Expect.equal("first", 15, latest.peek());
    Expect.equal("dropped", 15L, latest.stats().dropped());
    Expect.equal("handed over", 15, dropped.size());

    dropped.clear();
    BoundedBuffer<Integer> first =
        BoundedBuffer.<Integer>builder(CAPACITY)
            .name("first")
            .overflow(Overflow.DROP_NEWEST, dropped::add)
            .build();
    for (int i = 0; i < ITEMS; i++) {
      first.put(i);
    }
    out.printf("%s keeps %s, dropped %s%n", first.name(), first, dropped);
    Expect.equal("first", 0, first.peek());
    Expect.equal("handed over", 15, dropped.size());

    BoundedBuffer<Integer> strict =
        BoundedBuffer.<Integer>builder(CAPACITY).name("strict").overflow(Overflow.REJECT).build();
    int refused = 0;
    for (int i = 0; i < ITEMS; i++) {
      refused += strict.offer(i) ? 0 : 1;
    }
    Expect.equal("refused", 15, refused);
    Expect.equal("counted", 15L, strict.stats().rejected());

    weighed(out);
    return "25 items for 10 places: 15 dropped or refused, each told and counted";
  }

  /** A bound of 20 bytes, besides one of 10 messages. */
  private static void weighed(PrintStream out) throws Exception {
    BoundedBuffer<String> messages =
        BoundedBuffer.<String>builder(CAPACITY)
            .name("messages")
            .weigher(text -> text.getBytes(StandardCharsets.UTF_8).length, 20)
            .build();
    Expect.that("8 bytes", messages.offer("12345678"));
    Expect.that("and 8", messages.offer("abcdefgh"));
    Expect.that("and 8 are too many", !messages.offer("ABCDEFGH"));
    Expect.that("but not 4", messages.offer("1234"));
    out.printf("%d messages, %d bytes%n", messages.size(), messages.stats().weight());
    out.println(
        Expect.thrown(IllegalArgumentException.class, () -> messages.offer("x".repeat(21)))
            .getMessage());
    List<String> batch = messages.takeBatch(5, 5, Deadline.after(Duration.ofMillis(20)));
    Expect.equal("what was there when the time was up", 3, batch.size());
  }
}
