// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

/**
 * All that a pool has counted so far, with the buckets of its histograms, so that what was between
 * two looks can be told.
 *
 * @param nanos when, since the first look
 * @param stats what the pool says
 * @param waits how often each bucket was hit
 * @param runs the same of the runs
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
record PoolLook(long nanos, PoolStats stats, long[] waits, long[] runs) {
  static PoolLook at(MonitoredPool pool, long nanos) {
    return new PoolLook(nanos, pool.stats(), pool.counts(Ledger::waits), pool.counts(Ledger::runs));
  }

  /** How many tasks have ended, in whatever way. */
  long ended() {
    return stats.completed() + failures() + stats.cancelled() + stats.discarded();
  }

  /** How many have failed or timed out. */
  long failures() {
    return stats.failed() + stats.timedOut();
  }
}
