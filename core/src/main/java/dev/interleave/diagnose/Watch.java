// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Calls an action again and again for as long as somebody waits, on a platform daemon thread of its
 * own, so that it runs even when all carriers of virtual threads are busy. While nobody waits the
 * thread is parked without a time; before anybody did there is none.
 *
 * <p>Thread-safe.
 */
final class Watch {
  private final String name;
  private final long periodNanos;
  private final Runnable action;
  private final Object lock = new Object();

  /** Whether the thread comes back by itself. */
  private volatile boolean awake;

  private volatile boolean closed;
  private volatile @Nullable Thread thread;

  Watch(String name, long periodNanos, Runnable action) {
    this.name = name;
    this.periodNanos = periodNanos;
    this.action = action;
  }

  /** Somebody waits. Cheap if that is known. */
  void wake() {
    if (awake || closed) {
      return;
    }
    awake = true;
    Thread there = thread;
    if (there == null) {
      start();
    } else {
      LockSupport.unpark(there);
    }
  }

  private void start() {
    synchronized (lock) {
      if (thread == null && !closed) {
        thread = Thread.ofPlatform().daemon().name(name).start(this::run);
      }
    }
  }

  /** The thread ends soon. Idempotent. */
  void close() {
    synchronized (lock) {
      closed = true;
      Thread there = thread;
      if (there != null) {
        LockSupport.unpark(there);
      }
    }
  }

  private void run() {
    while (!closed) {
      if (!awake) {
        LockSupport.park(this);
        continue;
      }
      long end = System.nanoTime() + periodNanos;
      for (long left = periodNanos; left > 0 && !closed; left = end - System.nanoTime()) {
        LockSupport.parkNanos(this, left);
      }
      if (closed) {
        return;
      }
      if (Waits.isEmpty()) {
        awake = false; // whoever enters from now on sees it; who entered before is seen here
        awake = !Waits.isEmpty();
      } else {
        act();
      }
    }
  }

  private void act() {
    try {
      action.run();
    } catch (Throwable e) { // a listener's: the watch goes on
      Waits.uncaught(e);
    }
  }
}
