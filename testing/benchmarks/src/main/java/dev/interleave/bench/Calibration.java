// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

/**
 * In which state the machine is: a shared host has fast and slow ones, and its cores are now near
 * and now far. Figures compare only within one state.
 *
 * @param handOverNanos time for a cache line to go from one core to another, in ns; {@link
 *     Double#NaN} on a machine with one core
 * @param stepNanos time for a fixed piece of arithmetic on one core, in ns
 */
public record Calibration(double handOverNanos, double stepNanos) {
  private static final int HAND_OVERS = 100_000;
  private static final int STEPS = 20_000_000;

  /** Measures for about a fifth of a second; the best of three counts. */
  static Calibration measure() throws InterruptedException {
    boolean several = Runtime.getRuntime().availableProcessors() > 1;
    double handOver = several ? Double.POSITIVE_INFINITY : Double.NaN;
    double step = Double.POSITIVE_INFINITY;
    for (int i = 0; i < 3; i++) {
      if (several) {
        handOver = Math.min(handOver, new Ball().play());
      }
      step = Math.min(step, step(i + 1));
    }
    return new Calibration(handOver, step);
  }

  @Override
  public String toString() {
    return "core to core %s ns, arithmetic %s ns"
        .formatted(Figures.format(handOverNanos), Figures.format(stepNanos));
  }

  private static double step(long seed) {
    long x = seed;
    long start = System.nanoTime();
    for (int i = 0; i < STEPS; i++) {
      x ^= x << 13;
      x ^= x >>> 7;
      x ^= x << 17;
    }
    double nanos = (double) (System.nanoTime() - start) / STEPS;
    if (x == 0) {
      throw new AssertionError("xorshift never yields 0");
    }
    return nanos;
  }

  /** Two threads in turn add one. */
  private static final class Ball {
    private volatile long count;

    @SuppressWarnings("NonAtomicVolatileUpdate") // only the thread whose turn it is writes
    private void hit(long parity) {
      for (int i = 0; i < HAND_OVERS; i++) {
        while ((count & 1) != parity) {
          Thread.onSpinWait();
        }
        count++;
      }
    }

    double play() throws InterruptedException {
      Thread other = Thread.ofPlatform().daemon().start(() -> hit(1));
      long start = System.nanoTime();
      hit(0);
      other.join();
      return (System.nanoTime() - start) / (2.0 * HAND_OVERS);
    }
  }
}
