// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Submitters that wait for a place. Each that is woken tries again, and if it has left and there is
 * room for more, it wakes the next, as does whoever makes room.
 *
 * <p>No wake-up is lost: a waiter first says so in {@code waiting} (volatile) and then looks; who
 * makes room counts first, passes a full fence, and then looks at {@code waiting} (Dekker).
 */
final class RoomLine {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final BooleanSupplier hasRoom;

  /** Guarded by the lock. */
  private int count;

  /** The same, for those who do not have the lock. */
  private volatile int waiting;

  RoomLine(BooleanSupplier hasRoom) {
    this.hasRoom = hasRoom;
  }

  /** Whether somebody waits; to be asked after a full fence. */
  boolean isWanted() {
    return waiting != 0;
  }

  /** Waits until there seems to be room; false if there is none when the time is up. */
  boolean await(long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      count++;
      waiting = count;
      try {
        long left = nanos;
        while (!hasRoom.getAsBoolean()) {
          if (left <= 0) {
            return false;
          }
          left = room.awaitNanos(left);
        }
        return true;
      } finally {
        count--;
        waiting = count;
        if (count > 0) {
          room.signal(); // who cannot go on waits again
        }
      }
    } finally {
      lock.unlock();
    }
  }

  void signal() {
    lock.lock();
    try {
      room.signal();
    } finally {
      lock.unlock();
    }
  }

  void signalAll() {
    lock.lock();
    try {
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
