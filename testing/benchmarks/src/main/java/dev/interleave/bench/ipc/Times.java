// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.ipc;

import java.util.Arrays;
import java.util.Map;

/** Times of round trips, of which those in the middle and the worst are asked for. */
final class Times {
  private final long[] nanos;
  private int count;

  Times(int most) {
    nanos = new long[most];
  }

  /** Keeps the first so many. */
  void add(long time) {
    if (count < nanos.length) {
      nanos[count++] = time;
    }
  }

  boolean isFull() {
    return count == nanos.length;
  }

  void clear() {
    count = 0;
  }

  /** In microseconds. */
  Map<String, Double> figures() {
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return Map.of(
        "median", at(sorted, 0.5),
        "p99", at(sorted, 0.99),
        "p99.9", at(sorted, 0.999),
        "trips", (double) count);
  }

  private static double at(long[] sorted, double part) {
    return sorted.length == 0
        ? Double.NaN
        : sorted[(int) Math.min(sorted.length - 1, Math.floor(part * sorted.length))] / 1e3;
  }
}
