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

  /**
   * Whether somebody waits who has not been told that there is room: who makes more of it while
   * that one is about to wake up need not take the lock.
   */
  private volatile boolean waiting;

  RoomLine(BooleanSupplier hasRoom) {
    this.hasRoom = hasRoom;
  }

  /** Whether somebody waits; to be asked after a full fence. */
  boolean isWanted() {
    return waiting;
  }

  /** Waits until there seems to be room; false if there is none when the time is up. */
  boolean await(long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      count++;
      try {
        long left = nanos;
        while (true) {
          waiting = true;
          if (hasRoom.getAsBoolean()) {
            return true;
          }
          if (left <= 0) {
            return false;
          }
          left = room.awaitNanos(left);
        }
      } finally {
        count--;
        waiting = false;
        if (count > 0) {
          room.signal(); // who cannot go on says again that it waits
        }
      }
    } finally {
      lock.unlock();
    }
  }

  void signal() {
    lock.lock();
    try {
      waiting = false;
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
