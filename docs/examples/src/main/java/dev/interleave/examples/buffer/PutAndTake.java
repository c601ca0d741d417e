// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.buffer;

import dev.interleave.Deadline;
import dev.interleave.buffer.BoundedBuffer;
import dev.interleave.buffer.BufferClosedException;
import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Each way to put and to take, and each way in which it can end. */
public final class PutAndTake implements Example {
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final List<String> JOBS =
      List.of("process data", "write file", "send request", "query database");

  /** Made by the tour. */
  public PutAndTake() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new PutAndTake());
  }

  @Override
  public String shows() {
    return "Putting and taking: waiting, trying, with a time limit. Full, timed out, closed and"
        + " interrupted are four different outcomes.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    waiting(out);
    full(out);
    empty(out);
    interrupted(out);
    return "4 items through 3 places; then full, timed out, closed and interrupted, each seen";
  }

  /** Four items, three places: the fourth waits until there is room. */
  private static void waiting(PrintStream out) throws Exception {
    BoundedBuffer<String> buffer = BoundedBuffer.<String>builder(3).name("jobs").build();
    try (Crew crew = new Crew()) {
      crew.platform(
          "producer",
          () -> {
            for (String job : JOBS) {
              buffer.put(job);
            }
          });
      Expect.soon("the fourth waits", () -> buffer.stats().blockedProducers() == 1);
      out.printf("%d of %d inside, 1 waits%n", buffer.size(), buffer.capacity());
      for (String job : JOBS) {
        Expect.equal("next", job, buffer.take());
      }
      crew.join();
    }
    Expect.equal("inside", 0, buffer.size());
    Expect.equal("waits for room", 1L, buffer.stats().producerWaits().count());
  }

  /** No room: known at once, or after a time, or never because it is closed. */
  private static void full(PrintStream out) throws Exception {
    BoundedBuffer<String> buffer = BoundedBuffer.<String>builder(2).name("two").build();
    buffer.put("a");
    buffer.put("b");
    out.printf("%d/%d inside%n", buffer.size(), buffer.capacity());
    Expect.that("full, said at once", !buffer.offer("c"));
    out.println(Expect.thrown(IllegalStateException.class, () -> buffer.add("c")).getMessage());
    Expect.that("full still when the time was up", !buffer.offer("c", Deadline.after(SHORT)));
    Expect.equal("timed out", 1L, buffer.stats().producerWaits().timedOut());
    buffer.close();
    out.println(
        Expect.thrown(BufferClosedException.class, () -> buffer.offer("c", Deadline.after(SHORT)))
            .getMessage());
    Expect.equal("what was inside is there", List.of("a", "b"), buffer.takeBatch(9, noTime()));
    out.println(Expect.thrown(BufferClosedException.class, buffer::take).getMessage());
  }

  /** Nothing to take: known at once; a wait ends when somebody puts. */
  private static void empty(PrintStream out) throws Exception {
    BoundedBuffer<String> buffer = BoundedBuffer.<String>builder(5).name("five").build();
    Expect.equal("empty, said at once", null, buffer.poll());
    Expect.equal("empty still when the time was up", null, buffer.poll(Deadline.after(SHORT)));
    try (Crew crew = new Crew()) {
      crew.virtual(
          "late",
          () -> {
            Expect.soon("somebody waits", () -> buffer.stats().blockedConsumers() == 1);
            buffer.put("late, but in time");
          });
      String item = buffer.poll(Deadline.after(Duration.ofSeconds(30)));
      out.println(Expect.present("within the time", item));
      crew.join();
    }
  }

  /** A thread that is told to give up. */
  private static void interrupted(PrintStream out) throws Exception {
    BoundedBuffer<String> buffer = BoundedBuffer.<String>builder(1).name("one").build();
    CountDownLatch gone = new CountDownLatch(1);
    try (Crew crew = new Crew()) {
      Thread taker =
          crew.virtual(
              "taker",
              () -> {
                Expect.thrown(InterruptedException.class, buffer::take);
                gone.countDown();
              });
      Expect.soon("the taker waits", () -> buffer.stats().blockedConsumers() == 1);
      taker.interrupt();
      gone.await();
      crew.join();
    }
    buffer.put("nobody took this");
    out.println(buffer.take());
    Expect.equal("interrupted", 1L, buffer.stats().consumerWaits().interrupted());
  }

  private static Deadline noTime() {
    return Deadline.after(Duration.ZERO);
  }
}
