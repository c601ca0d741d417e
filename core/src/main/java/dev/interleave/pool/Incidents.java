// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what an operator should know: the listener and recordings all of it, the log what points at
 * a mistake, once per cause. Called with no lock held.
 */
final class Incidents {
  private static final Logger LOG = LoggerFactory.getLogger(MonitoredPool.class);

  private final String pool;
  private final @Nullable PoolListener listener;
  private final AtomicBoolean starvationLogged = new AtomicBoolean();

  Incidents(String pool, @Nullable PoolListener listener) {
    this.pool = pool;
    this.listener = listener;
  }

  void rejected(String task, String why) {
    PoolIncidentEvent.commit(pool, "rejected", task, why);
    tell(to -> to.rejected(task, why));
  }

  void timedOut(String task, boolean begun, String how) {
    PoolIncidentEvent.commit(pool, "timed out", task, how);
    tell(to -> to.timedOut(task, begun));
  }

  void failed(String task, Throwable thrown) {
    PoolIncidentEvent.commit(pool, "failed", task, thrown.toString());
    tell(to -> to.failed(task, thrown));
  }

  void stuck(InFlight task) {
    LOG.warn("Pool {} has a task that does not end: {}", pool, task);
    PoolIncidentEvent.commit(pool, "stuck", task.task(), task.toString());
    tell(to -> to.stuck(task));
  }

  void starved(String task, String report) {
    if (starvationLogged.compareAndSet(false, true)) {
      LOG.warn("{} (further ones of this pool are counted, and not logged)", report);
    }
    PoolIncidentEvent.commit(pool, "starved", task, report);
    tell(to -> to.starved(report));
  }

  void broken(Throwable cause) {
    LOG.error("Pool {} accepts nothing any more: its initializer failed", pool, cause);
    PoolIncidentEvent.commit(pool, "broken", "", cause.toString());
    tell(to -> to.broken(cause));
  }

  private void tell(Consumer<PoolListener> how) {
    if (listener != null) {
      try {
        how.accept(listener);
      } catch (Throwable e) { // not swallowed, and not the caller's
        uncaught(e);
      }
    }
  }

  /** Hands what nobody catches to the thread's handler, and lets the thread go on. */
  static void uncaught(Throwable thrown) {
    Thread current = Thread.currentThread();
    try {
      current.getUncaughtExceptionHandler().uncaughtException(current, thrown);
    } catch (Throwable ignored) {
      // As the JVM does with what such a handler throws: there is nobody left to tell.
    }
  }
}
