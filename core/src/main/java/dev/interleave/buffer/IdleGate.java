// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import dev.interleave.Deadline;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** Where those stand who wait for a {@link RingStore} to be idle. */
final class IdleGate {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition idle = lock.newCondition();
  private final BooleanSupplier isIdle;

  /** Has consumers call {@link #look} while somebody waits. */
  private final WaitLine watched;

  private long moments;
  private int waiting;

  IdleGate(BooleanSupplier isIdle, WaitLine watched) {
    this.isIdle = isIdle;
    this.watched = watched;
  }

  /** The store may be idle now: if somebody waits for that, and it is, lets all of them go. */
  void look() {
    if (watched.isWatched() && isIdle.getAsBoolean()) {
      lock.lock();
      try {
        moments++;
        idle.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  boolean await(Deadline deadline) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    lock.lock();
    try {
      if (waiting++ == 0) {
        watched.watch(true);
      }
      long before = moments;
      // Watched first, looked at then: who makes it idle does so first, and looks then.
      while (moments == before && !isIdle.getAsBoolean()) {
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
