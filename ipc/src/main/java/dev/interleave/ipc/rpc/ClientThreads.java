// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import dev.interleave.Timers;
import dev.interleave.lifecycle.Threads;
import dev.interleave.pool.MonitoredPool;
import dev.interleave.pool.Rejection;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;

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

  private static final Timers CLOCK =
      new Timers(Threads.platform("interleave-rpc-clock").daemon(true).build());

  private ClientThreads() {}

  /** Runs something short when the time has passed. */
  static Future<?> after(long nanos, Runnable action) {
    return CLOCK.after(nanos, action);
  }
}
