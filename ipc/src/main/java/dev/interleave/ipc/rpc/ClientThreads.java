// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import dev.interleave.lifecycle.Threads;
import dev.interleave.pool.MonitoredPool;
import dev.interleave.pool.Rejection;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** What all clients of this JVM share: one clock, and some threads for what depends on futures. */
final class ClientThreads {
  /**
   * For what users do when a future completes. Platform threads, so that a timeout is felt also
   * when all carriers of virtual threads are busy; who comes when all are, does it itself.
   */
  static final Executor COMPLETIONS =
      MonitoredPool.builder("interleave-rpc-client")
          .threads(0, 32)
          .queueCapacity(4096)
          .rejection(Rejection.CALLER_RUNS)
          .daemon(true)
          .timingOneIn(64)
          .build();

  private static final ScheduledThreadPoolExecutor CLOCK =
      new ScheduledThreadPoolExecutor(
          1, Threads.platform("interleave-rpc-clock").daemon(true).build());

  static {
    CLOCK.setRemoveOnCancelPolicy(true); // so it holds no more than there are pending calls
  }

  private ClientThreads() {}

  /** Runs something short when the time has passed. */
  static Future<?> after(long nanos, Runnable action) {
    return CLOCK.schedule(action, nanos, TimeUnit.NANOSECONDS);
  }
}
