// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import dev.interleave.Timers;
import dev.interleave.lifecycle.Threads;
import java.util.concurrent.Future;

/**
 * The deadlines of asynchronous requests of all servers of this JVM: one clock, which only starts a
 * thread for what is due. Those of others are kept by the pool in which they run.
 *
 * <p>When a deadline passes, the future of a method is cancelled, and that runs what its users do
 * then, which may block: neither may the clock wait for that, nor does the server's pool have room
 * for sure, as it may be full of just what is late. So it gets a virtual thread of its own, and so
 * it does when a client cancels: what reads a connection may not wait either. Of these there are
 * never more than two for each asynchronous request.
 *
 * <p>Thread-safe. The clock's thread is there only as long as it is needed, see {@link Timers}.
 */
final class ServerClock {
  private static final Timers CLOCK =
      new Timers(Threads.platform("interleave-rpc-server-clock").daemon(true).build());

  private static final Threads LATE = Threads.virtual("interleave-rpc-server-late-{n}").build();

  private ServerClock() {}

  /** Runs something on a thread of its own when the time has passed. */
  static Future<?> after(long nanos, Runnable action) {
    return CLOCK.after(nanos, () -> apart(action));
  }

  /** Runs something on a thread of its own: what users do when a future is cancelled. */
  static void apart(Runnable action) {
    LATE.newThread(action).start();
  }
}
