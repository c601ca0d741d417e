// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.testing.contract.ThreadKind;

/** The kinds of thread that a pool may have. */
enum PoolKind {
  PLATFORM,
  VIRTUAL;

  /** Of the library's and the JVM's own, which end later or never. */
  static final String CLOCKS = "ForkJoinPool-\\d+-delayScheduler|.*-unparker|interleave-pool-.*";

  /** A pool of exactly so many threads that are never idle for long enough to end. */
  MonitoredPool.Builder of(int threads) {
    MonitoredPool.Builder pool = MonitoredPool.builder("jobs");
    return this == VIRTUAL ? pool.virtual(threads) : pool.threads(threads, threads);
  }

  ThreadKind clients() {
    return this == VIRTUAL ? ThreadKind.VIRTUAL : ThreadKind.PLATFORM;
  }
}
