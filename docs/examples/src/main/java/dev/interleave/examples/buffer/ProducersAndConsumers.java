// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.buffer;

import dev.interleave.buffer.BoundedBuffer;
import dev.interleave.buffer.BufferStats;
import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Producers, consumers and a monitor, on a buffer that the last producer closes. */
public final class ProducersAndConsumers implements Example {
  /** Made by the tour. */
  public ProducersAndConsumers() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new ProducersAndConsumers());
  }

  @Override
  public String shows() {
    return "Producers and consumers that all come to an end, whatever their numbers: the last"
        + " producer closes the buffer, and a monitor prints its statistics meanwhile.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    new Plant(5, 3, 8).run(2, out); // 24 items for 2 consumers
    new Plant(5, 2, 8).run(3, out); // 16 items for 3 consumers, which is no number for each
    new Plant(1, 4, 2500).run(4, out); // one place: whoever wakes the wrong thread stands still
    return "24, 16 and 10,000 items, through 5 places and through 1: all put, all taken, all ended";
  }

  /** One buffer and its threads. */
  private static final class Plant {
    private final BoundedBuffer<String> buffer;
    private final int producers;
    private final int each;
    private final AtomicInteger producing;
    private final ConcurrentLinkedQueue<String> taken = new ConcurrentLinkedQueue<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    Plant(int capacity, int producers, int each) {
      buffer = BoundedBuffer.<String>builder(capacity).name("plant").build();
      this.producers = producers;
      this.each = each;
      producing = new AtomicInteger(producers);
    }

    void run(int consumers, PrintStream out) throws Exception {
      try (Crew crew = new Crew()) {
        crew.platform("monitor", () -> watch(out));
        for (int p = 1; p <= producers; p++) {
          String name = "P" + p;
          crew.virtual(name, () -> produce(name));
        }
        AtomicInteger consuming = new AtomicInteger(consumers);
        for (int c = 1; c <= consumers; c++) {
          crew.virtual("C" + c, () -> consume(consuming));
        }
        crew.join();
      }
      check(out);
    }

    private void produce(String name) throws InterruptedException {
      try {
        for (int n = 1; n <= each; n++) {
          buffer.put("Item_" + name + "_" + n);
        }
      } finally {
        if (producing.decrementAndGet() == 0) {
          buffer.close();
        }
      }
    }

    private void consume(AtomicInteger consuming) throws InterruptedException {
      for (String item = buffer.takeOrNull(); item != null; item = buffer.takeOrNull()) {
        taken.add(item);
      }
      if (consuming.decrementAndGet() == 0) {
        ended.countDown();
      }
    }

    private void watch(PrintStream out) throws InterruptedException {
      do {
        BufferStats stats = buffer.stats();
        out.printf(
            "%d of %d inside, %,d put, %,d taken, %d producers and %d consumers wait%n",
            stats.size(),
            stats.capacity(),
            stats.puts(),
            stats.takes(),
            stats.blockedProducers(),
            stats.blockedConsumers());
      } while (!ended.await(50, TimeUnit.MILLISECONDS));
    }

    private void check(PrintStream out) {
      int all = producers * each;
      BufferStats stats = buffer.stats();
      out.printf("end: %,d put, %,d taken, %d left%n", stats.puts(), stats.takes(), stats.size());
      Expect.equal("put", (long) all, stats.puts());
      Expect.equal("taken", (long) all, stats.takes());
      Expect.equal("left", 0, stats.size());
      Expect.equal("different items", (long) all, taken.stream().distinct().count());
      Expect.that("never more than there are places", stats.highWater() <= stats.capacity());
      if (producers == 3) {
        List<String> first = taken.stream().filter(item -> item.startsWith("Item_P1_")).toList();
        Expect.equal("of the first producer", each, first.size());
      }
    }
  }
}
