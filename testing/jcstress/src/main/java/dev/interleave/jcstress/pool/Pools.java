// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.pool;

import dev.interleave.pool.MonitoredPool;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What the tests of this package have in common. */
abstract class Pools {
  final AtomicInteger runs = new AtomicInteger();
  final MonitoredPool pool;

  Pools(MonitoredPool pool) {
    this.pool = pool;
  }

  /** Of threads that end as soon as they have nothing to do. */
  static MonitoredPool elastic(int max) {
    return MonitoredPool.builder("jobs").virtual(max).keepAlive(Duration.ZERO).build();
  }

  /** Of threads that sleep when they have nothing to do. */
  static MonitoredPool sleepy(int max) {
    return MonitoredPool.builder("jobs").virtual(max).keepAlive(Duration.ofHours(1)).build();
  }

  /** Whether the task was accepted. */
  final boolean submits() {
    try {
      pool.execute(runs::incrementAndGet);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** How many of so many tasks have run, waited for as long as that may be worth it. */
  @SuppressWarnings("ThreadPriorityCheck") // correct without yielding, which lets workers run
  final int runsOf(int tasks, boolean patient) {
    long patience = patient ? TimeUnit.SECONDS.toNanos(20) : 0;
    long start = System.nanoTime();
    while (runs.get() < tasks && System.nanoTime() - start <= patience) {
      Thread.yield();
    }
    return runs.get();
  }

  /** What a future has come to: {@code done}, {@code failed} or {@code cancelled}. */
  static String outcome(CompletableFuture<String> future) {
    return switch (future.state()) {
      case SUCCESS -> future.resultNow();
      case FAILED -> "failed";
      case CANCELLED -> "cancelled";
      case RUNNING -> "open";
    };
  }

  /**
   * A task that looks for a while whether it is interrupted, as an interrupt that was meant for
   * another one may come late.
   */
  static boolean isInterrupted() {
    long start = System.nanoTime();
    while (System.nanoTime() - start < 100_000) {
      if (Thread.currentThread().isInterrupted()) {
        return true;
      }
      Thread.onSpinWait();
    }
    return false;
  }

  /** A task that waits for the other one of two. */
  static void meet(CountDownLatch here, CountDownLatch there) {
    here.countDown();
    try {
      there.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
  }
}
