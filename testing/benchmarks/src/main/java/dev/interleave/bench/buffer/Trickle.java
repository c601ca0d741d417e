// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.buffer;

import dev.interleave.bench.Programs;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One item each millisecond: what share of a core the process takes, and how long an item is on its
 * way. Most of it is the price of two threads that sleep and wake; spinning comes on top.
 */
public final class Trickle {
  private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(1);

  /** Rare enough that the consumer sleeps in between, and often enough to be through with it. */
  private static final long WARM_UP_PERIOD = TimeUnit.MICROSECONDS.toNanos(300);

  /** In a tight loop hardly anybody sleeps, and the way there and back is not compiled. */
  private static final int WARM_UP_ITEMS = 7_000;

  private final Passage passage;
  private final Shape shape;
  private final long period;

  /** When each item was put in; the passage publishes it. */
  private final long[] stamps;

  private final long[] ways;

  private Trickle(PassageKind kind, Shape shape, int items, long period) {
    passage = kind.create(shape);
    this.shape = shape;
    this.period = period;
    stamps = new long[items];
    ways = new long[items];
  }

  /**
   * Prints the figures of one passage.
   *
   * @param args the {@link PassageKind}, {@code platform} or {@code virtual}, milliseconds to warm
   *     up in a tight loop and to measure
   */
  public static void main(String[] args) throws InterruptedException {
    PassageKind kind = PassageKind.valueOf(args[0]);
    Shape shape = Shape.of(1, 1, 1024, args[1].equals("virtual"));
    Flow flow = new Flow(kind.create(shape), shape); // until the compiler is through
    flow.start();
    Thread.sleep(Integer.parseInt(args[2]));
    flow.end();
    new Trickle(kind, shape, WARM_UP_ITEMS, WARM_UP_PERIOD).run();
    Programs.report(new Trickle(kind, shape, Integer.parseInt(args[3]), PERIOD).run());
  }

  private Map<String, Double> run() throws InterruptedException {
    Thread.Builder threads = shape.virtual() ? Thread.ofVirtual() : Thread.ofPlatform();
    Thread consumer = threads.unstarted(this::take);
    Thread producer = threads.unstarted(this::put);
    ProcessorTime time = new ProcessorTime();
    consumer.start();
    producer.start();
    producer.join();
    consumer.join();
    double percent = time.percent();
    Arrays.sort(ways);
    return Map.of("percent", percent, "medianMicros", ways[ways.length / 2] / 1e3);
  }

  private void put() {
    try {
      long next = System.nanoTime();
      for (int i = 0; i < stamps.length; i++) {
        next += period;
        for (long left = next - System.nanoTime(); left > 0; left = next - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        stamps[i] = System.nanoTime();
        passage.put(i);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
  }

  private void take() {
    try {
      for (int i = 0; i < ways.length; i++) {
        ways[i] = -stamps[passage.take()] + System.nanoTime();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
  }
}
