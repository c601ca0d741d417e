// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.buffer;

import dev.interleave.buffer.BoundedBuffer;
import dev.interleave.buffer.BoundedBuffer.Order;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Three orders, all of them bounded. */
public final class QueueOrders implements Example {
  /** Has no order of its own, so it cannot be compared by mistake. */
  private record Job(int priority, String name) {}

  /** Made by the tour. */
  public QueueOrders() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new QueueOrders());
  }

  @Override
  public String shows() {
    return "First in first out, last in first out, and by priority, where equal ones stay in the"
        + " order in which they came; each with a bound.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    List<String> fifo = through(new BoundedBuffer<>(5), List.of("a", "b", "c", "d", "e"), out);
    Expect.equal("FIFO", List.of("a", "b", "c", "d", "e"), fifo);

    List<String> lifo =
        through(
            BoundedBuffer.<String>builder(3).order(Order.LIFO).build(),
            List.of("a", "b", "c"),
            out);
    Expect.equal("LIFO", List.of("c", "b", "a"), lifo);

    BoundedBuffer<Job> jobs =
        BoundedBuffer.<Job>builder(10)
            .order(Order.priority(Comparator.comparingInt(Job::priority)))
            .build();
    List<Job> put = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      put.add(new Job(i % 3, "job-" + i));
    }
    List<Job> byPriority = through(jobs, put, out);
    Expect.equal("first", new Job(0, "job-0"), byPriority.getFirst());
    Expect.equal("behind its equals", new Job(0, "job-9"), byPriority.get(3));
    Expect.equal("last", new Job(2, "job-8"), byPriority.getLast());
    return "5, 3 and 10 places filled and emptied: FIFO, LIFO, and a stable priority";
  }

  /** Fills the buffer, sees that it is full, and empties it. */
  private static <E> List<E> through(BoundedBuffer<E> buffer, List<E> items, PrintStream out)
      throws InterruptedException {
    for (E item : items) {
      buffer.put(item);
    }
    Expect.equal("room", 0, buffer.remainingCapacity());
    Expect.that("one more is refused", !buffer.offer(items.getFirst()));
    List<E> order = new ArrayList<>();
    while (!buffer.isEmpty()) { // nobody else takes
      order.add(buffer.take());
    }
    out.println(order);
    return order;
  }
}
