// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import org.jspecify.annotations.Nullable;

/**
 * One moment of a pool on a dashboard, and what was since the one before.
 *
 * @param seconds since the dashboard was made
 * @param live threads
 * @param max threads at most
 * @param active tasks that run
 * @param queued tasks that wait
 * @param endedPerSecond tasks that have ended since the sample before
 * @param failedPerSecond those of them that failed or timed out
 * @param rejectedPerSecond tasks that were not admitted since then
 * @param waitMicros how long tasks waited that began since then: half of them at most, 99 of 100 at
 *     most
 * @param runMicros how long they ran
 */
record PoolSample(
    double seconds,
    double live,
    double max,
    double active,
    double queued,
    double endedPerSecond,
    double failedPerSecond,
    double rejectedPerSecond,
    Middle waitMicros,
    Middle runMicros) {

  /** Two percentiles, in microseconds. */
  record Middle(double p50, double p99) {
    static final Middle NONE = new Middle(0, 0);

    static Middle of(long[] before, long[] after) {
      return new Middle(
          LogHistogram.quantile(before, after, 50).toNanos() / 1e3,
          LogHistogram.quantile(before, after, 99).toNanos() / 1e3);
    }
  }

  /**
   * What a look has seen.
   *
   * @param before the look before it; null if it is the first, which has no rates
   */
  static PoolSample of(@Nullable PoolLook before, PoolLook now) {
    PoolStats stats = now.stats();
    PoolLook since = before == null ? now : before;
    double seconds = Math.max(1e-9, (now.nanos() - since.nanos()) / 1e9);
    return new PoolSample(
        now.nanos() / 1e9,
        stats.live(),
        stats.max(),
        stats.active(),
        stats.queued(),
        (now.ended() - since.ended()) / seconds,
        (now.failures() - since.failures()) / seconds,
        (stats.rejected().total() - since.stats().rejected().total()) / seconds,
        before == null ? Middle.NONE : Middle.of(since.waits(), now.waits()),
        before == null ? Middle.NONE : Middle.of(since.runs(), now.runs()));
  }
}
