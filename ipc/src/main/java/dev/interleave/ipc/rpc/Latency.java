// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import dev.interleave.pool.PoolStats;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/**
 * A histogram of times with an error of at most 1/16, as {@link PoolStats.Times} promises: sixteen
 * buckets for each power of two. Thread-safe; to record is two additions and a maximum.
 */
final class Latency {
  private static final int SUB_BITS = 4;
  private static final int SUB = 1 << SUB_BITS;

  private final AtomicLongArray buckets = new AtomicLongArray((Long.SIZE - SUB_BITS) * SUB);
  private final LongAdder total = new LongAdder();
  private final LongAccumulator max = new LongAccumulator(Math::max, 0);

  void record(long nanos) {
    long time = Math.max(0, nanos);
    buckets.incrementAndGet(bucket(time));
    total.add(time);
    max.accumulate(time);
  }

  static int bucket(long time) {
    if (time < SUB) {
      return (int) time;
    }
    int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(time) - SUB_BITS;
    return (shift + 1) * SUB + (int) (time >>> shift) - SUB;
  }

  /** The greatest time in a bucket. */
  static long upper(int bucket) {
    if (bucket < SUB) {
      return bucket;
    }
    int shift = bucket / SUB - 1;
    return ((long) (bucket % SUB + SUB + 1) << shift) - 1;
  }

  PoolStats.Times times() {
    long[] counts = new long[buckets.length()];
    long count = 0;
    for (int i = 0; i < counts.length; i++) {
      counts[i] = buckets.get(i);
      count += counts[i];
    }
    long greatest = max.get();
    return new PoolStats.Times(
        count,
        Duration.ofNanos(count == 0 ? 0 : total.sum() / count),
        quantile(counts, count, greatest, 0.5),
        quantile(counts, count, greatest, 0.9),
        quantile(counts, count, greatest, 0.99),
        Duration.ofNanos(greatest));
  }

  private static Duration quantile(long[] counts, long count, long greatest, double part) {
    long rank = (long) Math.ceil(count * part);
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= rank && seen > 0) {
        return Duration.ofNanos(Math.min(upper(i), greatest));
      }
    }
    return Duration.ZERO;
  }
}
