// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.buffer;

import dev.interleave.buffer.BoundedBuffer;
import dev.interleave.buffer.BufferStats;
import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;

/** A thread that watches a buffer while another one fills and empties it. */
public final class QueueMonitor implements Example {
  private static final int CAPACITY = 5;

  /** Made by the tour. */
  public QueueMonitor() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new QueueMonitor());
  }

  @Override
  public String shows() {
    return "What is in a buffer and what has happened in it, read by a monitor while it is used:"
        + " size, room, the most that was ever inside, who waits and for how long.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    BoundedBuffer<Integer> buffer =
        BoundedBuffer.<Integer>builder(CAPACITY).name("watched").build();
    List<Integer> sizes = new ArrayList<>();
    CyclicBarrier step = new CyclicBarrier(2);
    int steps = 2 * CAPACITY + 1;
    try (Crew crew = new Crew()) {
      crew.virtual(
          "monitor",
          () -> {
            for (int i = 0; i < steps; i++) {
              step.await();
              BufferStats stats = buffer.stats();
              sizes.add(stats.size());
              out.printf(
                  "%d of %d inside%s, at most %d so far%n",
                  stats.size(),
                  stats.capacity(),
                  stats.size() == 0 ? " (empty)" : stats.usage() == 1 ? " (full)" : "",
                  stats.highWater());
              step.await();
            }
          });
      look(step);
      for (int i = 0; i < CAPACITY; i++) {
        buffer.put(i);
        look(step);
      }
      for (int i = 0; i < CAPACITY; i++) {
        Expect.equal("taken", i, buffer.take());
        look(step);
      }
      crew.join();
    }
    Expect.equal("sizes", List.of(0, 1, 2, 3, 4, 5, 4, 3, 2, 1, 0), sizes);
    sixth(buffer, out);
    return "sizes 0 to 5 and back, high-water mark 5, and who waited for the sixth";
  }

  private static void look(CyclicBarrier step) throws Exception {
    step.await();
    step.await();
  }

  /** One item more than there are places, and somebody who takes it. */
  private static void sixth(BoundedBuffer<Integer> buffer, PrintStream out) throws Exception {
    try (Crew crew = new Crew()) {
      crew.platform(
          "producer",
          () -> {
            for (int i = 0; i <= CAPACITY; i++) {
              buffer.put(i);
            }
          });
      Expect.soon("one waits", () -> buffer.stats().blockedProducers() == 1);
      List<Integer> inside = new ArrayList<>();
      buffer.drainTo(inside); // not: while (!buffer.isEmpty()) buffer.take()
      crew.join();
      buffer.drainTo(inside);
      Expect.equal("all", List.of(0, 1, 2, 3, 4, 5), inside);
    }
    BufferStats stats = buffer.stats();
    out.printf(
        "%d put, %d taken, %d waited for room%n",
        stats.puts(), stats.takes(), stats.producerWaits().count());
    Expect.equal("put", stats.puts(), stats.takes() + stats.size());
    Expect.equal("waited", 1L, stats.producerWaits().count());
    Expect.equal("at most", CAPACITY, stats.highWater());
  }
}
