// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.testing.contract.ThreadKind;
import java.util.ArrayDeque;
import java.util.Queue;
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
      Turns turns = new Turns(threads);
      return Executors.newThreadPerTaskExecutor(task -> {
        Semaphore turn = turns.next(); // in the order of the submissions, not of the starts
        return Thread.ofVirtual()
            .unstarted(() -> {
              turn.acquireUninterruptibly();
              try {
                task.run();
              } finally {
                turns.end();
              }
            });
      });
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

  /** So many at a time have their turn, the first that asked before the others. */
  private static final class Turns {
    private final Queue<Semaphore> waiting = new ArrayDeque<>();
    private int free;

    Turns(int free) {
      this.free = free;
    }

    /** What has a permit when it is its turn. */
    synchronized Semaphore next() {
      Semaphore turn = new Semaphore(0);
      if (free > 0) {
        free--;
        turn.release();
      } else {
        waiting.add(turn);
      }
      return turn;
    }

    synchronized void end() {
      Semaphore first = waiting.poll();
      if (first == null) {
        free++;
      } else {
        first.release();
      }
    }
  }

  /** Of the library's and the JVM's own, which end later or never. */
  static final String CLOCKS = PoolKind.CLOCKS + "|ForkJoinPool-.*";

  /** Runs so many tasks at the same time, and keeps the others waiting. */
  abstract ExecutorService of(int threads);

  ThreadKind callers() {
    return this == VIRTUAL || this == MONITORED_VIRTUAL ? ThreadKind.VIRTUAL : ThreadKind.PLATFORM;
  }
}
