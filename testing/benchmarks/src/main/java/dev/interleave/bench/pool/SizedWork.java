// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.pool;

import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/** Tasks of a fixed amount of work: what contention costs shows in how many get done. */
enum SizedWork {
  /** Computes only. */
  CPU(500_000, 0),
  /** Waits 39 times as long as it computes. */
  IO(50_000, 1_950_000),
  /** Waits four times as long as it computes. */
  MIXED(400_000, 1_600_000);

  private final long turns;
  private final long waitNanos;

  SizedWork(long computeNanos, long waitNanos) {
    turns = Math.round(computeNanos * Rate.PER_NANO);
    this.waitNanos = waitNanos;
  }

  /**
   * Turns of {@link #compute} in a nanosecond: of this class, not of the enum, which is not made
   * yet.
   */
  private static final class Rate {
    static final double PER_NANO = calibrate();
  }

  private static double calibrate() {
    long turns = 2_000_000;
    double best = 0;
    for (int i = 0; i < 20; i++) {
      long start = System.nanoTime();
      long sum = compute(turns, i);
      long nanos = System.nanoTime() - start + (sum == 1 ? 1 : 0);
      best = Math.max(best, (double) turns / nanos);
    }
    return best;
  }

  private static long compute(long turns, long seed) {
    long x = seed | 1;
    for (long i = 0; i < turns; i++) {
      x ^= x << 13;
      x ^= x >>> 7;
      x ^= x << 17;
    }
    return x;
  }

  /** Runs one. */
  long run() {
    for (long end = System.nanoTime() + waitNanos, left = waitNanos; left > 0; ) {
      LockSupport.parkNanos(left);
      left = end - System.nanoTime();
    }
    return compute(turns, System.nanoTime());
  }

  String label() {
    return switch (this) {
      case CPU -> "0.5 ms of computing";
      case IO -> "0.05 ms of computing, 1.95 ms of waiting";
      case MIXED -> "0.4 ms of computing, 1.6 ms of waiting";
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
