// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import dev.interleave.Deadline;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Where those stand who wait for a {@link RingStore} to be idle.
 *
 * <p>A moment at which it was is told by how many items had been put in by then. Who sees one tells
 * it some time later; so a waiter goes by the number, not by the telling: a moment with at least as
 * many items as there were when its call began is one since then, or nothing was put in between,
 * and it was idle when the call began.
 */
final class IdleGate {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition idle = lock.newCondition();
  private final LongSupplier idleAt;
  private final LongSupplier puts;

  /** Has consumers call {@link #look} while somebody waits. */
  private final WaitLine watched;

  /** The latest idle moment that was told. */
  private long lastIdle = -1;

  private int waiting;

  /**
   * Waits for a store.
   *
   * @param idleAt how many items had been put in when it was idle, if it is now; -1 if it is not
   * @param puts how many items have been put in
   */
  IdleGate(LongSupplier idleAt, LongSupplier puts, WaitLine watched) {
    this.idleAt = idleAt;
    this.puts = puts;
    this.watched = watched;
  }

  /** The store may be idle now: if somebody waits for that, and it is, lets all of them go. */
  void look() {
    if (!watched.isWatched()) {
      return;
    }
    long moment = idleAt.getAsLong();
    if (moment >= 0) {
      tell(moment);
    }
  }

  /** The store was idle when so many items had been put in. */
  void tell(long moment) {
    lock.lock();
    try {
      lastIdle = Math.max(lastIdle, moment);
      idle.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean await(Deadline deadline) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    long begin = puts.getAsLong();
    lock.lock();
    try {
      if (waiting++ == 0) {
        watched.watch(true);
      }
      // Watched first, looked at then: who makes it idle does so first, and looks then.
      while (lastIdle < begin && idleAt.getAsLong() < 0) {
        long left = deadline.remainingNanos();
        if (left == 0) {
          return false;
        }
        if (deadline.isNone()) {
          idle.await();
        } else {
          idle.awaitNanos(left);
        }
      }
      return true;
    } finally {
      if (--waiting == 0) {
        watched.watch(false);
      }
      lock.unlock();
    }
  }
}
