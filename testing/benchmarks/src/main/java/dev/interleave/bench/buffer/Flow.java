// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.buffer;

import dev.interleave.bench.Programs;
import dev.interleave.bench.VirtualTurns;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Producers that put and consumers that take, all in a tight loop: how many items come through in a
 * given time, and whether each of them did.
 *
 * <p>A program, because JMH has no groups of virtual threads, and because only items that have come
 * out count.
 */
public final class Flow {
  /** How many items a thread passes before it looks up. */
  static final int BURST = VirtualTurns.BURST;

  /** The numbers that go through; made beforehand, since to make them is not what is measured. */
  private static final Integer[] ITEMS = new Integer[BURST];

  static {
    for (int i = 0; i < BURST; i++) {
      ITEMS[i] = i;
    }
  }

  /** How many items may wait in what has no bound: it is fastest with about so many. */
  static final int BACKLOG = 1 << 14;

  private static final int PAUSE_NANOS = 50_000;

  /** How long a thread may take to end. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Passage passage;
  private final Shape shape;
  private final List<Count> put = new ArrayList<>();
  private final List<Count> taken = new ArrayList<>();
  private final List<Thread> producers = new ArrayList<>();
  private final List<Thread> consumers = new ArrayList<>();
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean stop;

  Flow(Passage passage, Shape shape) {
    this.passage = passage;
    this.shape = shape;
  }

  /**
   * Prints the figures of one passage.
   *
   * @param args the {@link PassageKind}, the {@link Shape}, milliseconds to warm up and to measure
   */
  public static void main(String[] args) throws InterruptedException {
    Shape shape = Shape.parse(args[1]);
    Flow flow = new Flow(PassageKind.valueOf(args[0]).create(shape), shape);
    flow.start();
    Thread.sleep(Integer.parseInt(args[2]));
    long before = flow.through();
    long start = System.nanoTime();
    Thread.sleep(Integer.parseInt(args[3]));
    long items = flow.through() - before;
    double micros = (System.nanoTime() - start) / 1e3;
    flow.end();
    Programs.report(Map.of("itemsPerMicro", items / micros));
  }

  /** How many items have come out so far. */
  long through() {
    return items(taken);
  }

  private static long items(List<Count> counts) {
    long items = 0;
    for (Count count : counts) {
      items += count.items();
    }
    return items;
  }

  void start() {
    Thread.Builder threads = shape.virtual() ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
    for (int i = 0; i < shape.consumers(); i++) {
      Count count = new Count();
      taken.add(count);
      Passage.Consumer consumer = passage.consumer(shape, count);
      consumers.add(threads.unstarted(() -> run(() -> take(consumer))));
    }
    for (int i = 0; i < shape.producers(); i++) {
      Count count = new Count();
      put.add(count);
      producers.add(threads.unstarted(() -> run(() -> put(count))));
    }
    consumers.forEach(Thread::start);
    producers.forEach(Thread::start);
  }

  private interface Part {
    void run() throws InterruptedException;
  }

  private void run(Part part) {
    try {
      part.run();
    } catch (Throwable e) {
      failures.add(e);
    }
  }

  private void put(Count count) throws InterruptedException {
    VirtualTurns turns = turns();
    boolean bounded = passage.bounded();
    while (!stop) {
      some(count);
      turns.makeWay();
      if (!bounded) {
        letThemCatchUp();
      }
    }
  }

  /** What has no bound would otherwise grow until it is slow, and then until it fails. */
  private void letThemCatchUp() {
    while (!stop && items(put) - through() > BACKLOG) {
      LockSupport.parkNanos(PAUSE_NANOS); // less than it takes to empty it
    }
  }

  private void some(Count count) throws InterruptedException {
    for (Integer item : ITEMS) {
      passage.put(item);
      count.add(item);
    }
  }

  private void take(Passage.Consumer consumer) {
    VirtualTurns turns = turns();
    try {
      while (true) {
        consumer.some();
        turns.makeWay();
      }
    } catch (InterruptedException e) {
      // the end
    }
  }

  private VirtualTurns turns() {
    return new VirtualTurns(shape.producers() + shape.consumers());
  }

  /**
   * Lets the producers finish and the consumers take all they have put.
   *
   * @throws IllegalStateException if an item is lost or comes twice, or a thread fails or hangs
   */
  void end() throws InterruptedException {
    stop = true;
    for (Thread producer : producers) {
      join(producer);
    }
    long items = items(put);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (through() < items && failures.isEmpty() && System.nanoTime() - deadline < 0) {
      Thread.sleep(1);
    }
    for (Thread consumer : consumers) {
      passage.stop(consumer);
      join(consumer);
    }
    long in = put.stream().mapToLong(Count::sum).sum();
    long out = taken.stream().mapToLong(Count::sum).sum();
    if (through() != items || in != out) {
      throw new IllegalStateException(
          "put " + items + " items, sum " + in + ", but took " + through() + ", sum " + out);
    }
  }

  private void join(Thread thread) throws InterruptedException {
    boolean ended = thread.join(PATIENCE);
    Throwable failure = failures.poll();
    if (failure != null) {
      throw new IllegalStateException("a thread has failed", failure);
    }
    if (!ended) {
      throw new IllegalStateException(thread + " hangs; " + through() + " items are through");
    }
  }
}
