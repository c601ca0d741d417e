// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.pool;

import java.util.Arrays;

/** How long submissions took, of one thread. The newest are kept. */
final class Latencies {
  /** One in so many is timed, as the clock takes about as long as a submission. */
  static final int ONE_IN_MASK = 7;

  private static final int KEPT = 1 << 18;

  private final int[] nanos = new int[KEPT];
  private int count;

  void add(long took) {
    nanos[count++ & (KEPT - 1)] = (int) Math.min(took, Integer.MAX_VALUE);
  }

  /** Forgets all. */
  void clear() {
    count = 0;
  }

  int count() {
    return Math.min(count, KEPT);
  }

  /** In microseconds; the part is from 0 to 1. */
  double quantile(double part) {
    int[] sorted = Arrays.copyOf(nanos, count());
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1, Math.round(part * sorted.length))] / 1e3;
  }
}
