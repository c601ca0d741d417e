// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What one thread waits at for its next run, and others wake it by. A ring is remembered. */
final class Alarm extends FromAnyone {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ringing = lock.newCondition();
  private boolean rung;

  Alarm(String name) {
    super(name, "periodic service");
  }

  /** Wakes who waits; who comes next does not wait, if nobody does. */
  void ring() {
    lock.lock();
    try {
      rung = true;
      ringing.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until it rings, but no longer than so many nanoseconds. */
  void await(long nanos) throws InterruptedException {
    Wait wait = Waits.enter(this, "its next run", Wait.Exit.TIMEOUT);
    try {
      lock.lockInterruptibly();
      try {
        long left = nanos;
        while (!rung && left > 0) {
          left = ringing.awaitNanos(left);
        }
        rung = false;
      } finally {
        lock.unlock();
      }
    } catch (InterruptedException e) {
      throw Waits.causedBy(wait, e);
    } finally {
      wait.leave();
    }
  }
}
