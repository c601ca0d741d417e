// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.testing.contract.ThreadKind;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Semaphore;

/** The executors that batches run on. */
enum ExecutorKind {
  FIXED {
    @Override
    ExecutorService of(int threads) {
      return Executors.newFixedThreadPool(threads);
    }
  },
  FORK_JOIN {
    @Override
    ExecutorService of(int threads) {
      return new ForkJoinPool(threads);
    }
  },
  VIRTUAL {
    @Override
    ExecutorService of(int threads) {
      Semaphore permits = new Semaphore(threads, true);
      return Executors.newThreadPerTaskExecutor(task ->
          Thread.ofVirtual()
              .unstarted(() -> {
                permits.acquireUninterruptibly();
                try {
                  task.run();
                } finally {
                  permits.release();
                }
              }));
    }
  },
  MONITORED {
    @Override
    ExecutorService of(int threads) {
      return PoolKind.PLATFORM.of(threads).build();
    }
  },
  MONITORED_VIRTUAL {
    @Override
    ExecutorService of(int threads) {
      return PoolKind.VIRTUAL.of(threads).build();
    }
  };

  /** Of the library's and the JVM's own, which end later or never. */
  static final String CLOCKS = PoolKind.CLOCKS + "|ForkJoinPool-.*";

  /** Runs so many tasks at the same time, and keeps the others waiting. */
  abstract ExecutorService of(int threads);

  ThreadKind callers() {
    return this == VIRTUAL || this == MONITORED_VIRTUAL ? ThreadKind.VIRTUAL : ThreadKind.PLATFORM;
  }
}
