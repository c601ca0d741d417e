// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;

/** The four ways to acquire a {@link Lock}. */
enum Acquire {
  LOCK {
    @Override
    boolean on(Lock lock) {
      lock.lock();
      return true;
    }
  },
  LOCK_INTERRUPTIBLY {
    @Override
    boolean on(Lock lock) throws InterruptedException {
      lock.lockInterruptibly();
      return true;
    }
  },
  TRY_LOCK {
    @Override
    boolean on(Lock lock) {
      return lock.tryLock();
    }
  },
  /** With a time limit that is never reached. */
  TIMED_TRY_LOCK {
    @Override
    boolean on(Lock lock) throws InterruptedException {
      return lock.tryLock(1, TimeUnit.DAYS);
    }
  };

  static final List<Acquire> ALL = List.of(values());
  static final List<Acquire> WAITING = List.of(LOCK, LOCK_INTERRUPTIBLY, TIMED_TRY_LOCK);
  static final List<Acquire> INTERRUPTIBLE = List.of(LOCK_INTERRUPTIBLY, TIMED_TRY_LOCK);

  /** Acquires the lock and returns true, or returns false if it was not to be had. */
  abstract boolean on(Lock lock) throws InterruptedException;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
