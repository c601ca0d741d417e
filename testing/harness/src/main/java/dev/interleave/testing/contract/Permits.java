// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * A counter guarded by a lock, and a condition for it to be positive. A condition may wake up for
 * no reason, so waiting always stands in a loop: what is tested is who gets a permit.
 */
final class Permits {
  private final Lock lock;
  private final Condition condition;
  private int permits;

  Permits(Lock lock) {
    this.lock = lock;
    this.condition = lock.newCondition();
  }

  /** Waits for a permit and takes it; the lock must be held and is held afterwards. */
  void takeHolding(Await how) throws InterruptedException {
    while (permits == 0) {
      how.on(condition);
    }
    permits--;
  }

  /** Waits for a permit and takes it. */
  void take(Await how) throws InterruptedException {
    lock.lock();
    try {
      takeHolding(how);
    } finally {
      lock.unlock();
    }
  }

  /** Adds a permit and wakes one waiter; the lock must be held. */
  void giveHolding() {
    permits++;
    condition.signal();
  }

  /** Adds a permit and wakes one waiter. */
  void give() {
    lock.lock();
    try {
      giveHolding();
    } finally {
      lock.unlock();
    }
  }

  /** Adds several permits and wakes all waiters. */
  void giveToAll(int count) {
    lock.lock();
    try {
      permits += count;
      condition.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Fails unless the permits are used up. */
  void assertNoneLeft() {
    lock.lock();
    try {
      assertTrue(permits == 0, () -> permits + " permits left");
    } finally {
      lock.unlock();
    }
  }
}
