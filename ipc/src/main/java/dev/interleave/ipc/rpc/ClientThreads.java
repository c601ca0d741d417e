// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import dev.interleave.Timers;
import dev.interleave.lifecycle.Threads;
import dev.interleave.pool.MonitoredPool;
import dev.interleave.pool.Rejection;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/**
 * What all clients of this JVM share: one clock, and some threads for what depends on futures.
 *
 * <p>Neither the clock nor a thread that reads ever runs what users do when a future completes, as
 * that may block: the deadlines of all clients would pass unnoticed, or the replies of one not be
 * read. So what finds all threads busy and all places taken gets a virtual thread of its own, and
 * keeps a place in its client's {@link PendingTable} until it has ended: a client whose completions
 * hang has its calls rejected in the end, and there are never more of these threads than calls may
 * be pending.
 *
 * <p>Thread-safe.
 */
final class ClientThreads {
  /**
   * For what users do when a future completes. Platform threads, so that a timeout is felt also
   * when all carriers of virtual threads are busy. Throws {@link RejectedExecutionException} when
   * all are busy and all places taken: see {@link #apart}.
   */
  static final Executor COMPLETIONS =
      MonitoredPool.builder("interleave-rpc-client")
          .threads(0, 32)
          .queueCapacity(4096)
          .rejection(Rejection.ABORT)
          .daemon(true)
          .timingOneIn(64)
          .build();

  private static final Threads APART = Threads.virtual("interleave-rpc-client-apart-{n}").build();

  private static final Timers CLOCK =
      new Timers(Threads.platform("interleave-rpc-clock").daemon(true).build());

  private ClientThreads() {}

  /** Runs something short when the time has passed. */
  static Future<?> after(long nanos, Runnable action) {
    return CLOCK.after(nanos, action);
  }

  /**
   * Runs something on {@link #COMPLETIONS}, or else {@link #apart}; never on the calling thread.
   */
  static void execute(PendingTable places, Runnable task) {
    try {
      COMPLETIONS.execute(task);
    } catch (RejectedExecutionException e) {
      apart(places, task);
    }
  }

  /**
   * Runs something on a thread of its own.
   *
   * @param places where it takes a place until it has ended
   * @throws OutOfMemoryError if there can be no such thread; the task does not run then
   */
  static void apart(PendingTable places, Runnable task) {
    places.hold();
    boolean started = false;
    try {
      APART
          .newThread(() -> {
            try {
              task.run();
            } finally {
              places.release();
            }
          })
          .start();
      started = true;
    } finally {
      if (!started) {
        places.release();
      }
    }
  }
}
