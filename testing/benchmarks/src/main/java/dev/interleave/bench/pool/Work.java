// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.pool;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.infra.Blackhole;

/** Makes tasks that take a given time of the processor. */
final class Work {
  private static final int MILLIS = 300;
  private static final int TOKENS = 10_000;

  private Work() {}

  /** A task that may be run by many at the same time. */
  static Runnable of(int nanos) {
    if (nanos == 0) {
      return () -> {};
    }
    long tokens = Math.max(1, Math.round(nanos / nanosPerToken()));
    return () -> Blackhole.consumeCPU(tokens);
  }

  /** Measured here, as it differs from one machine to the next: the best of many tries. */
  private static double nanosPerToken() {
    double best = Double.MAX_VALUE;
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MILLIS);
    while (System.nanoTime() - end < 0) { // most of it for the compiler
      long start = System.nanoTime();
      Blackhole.consumeCPU(TOKENS);
      best = Math.min(best, (System.nanoTime() - start) / (double) TOKENS);
    }
    return best;
  }
}
