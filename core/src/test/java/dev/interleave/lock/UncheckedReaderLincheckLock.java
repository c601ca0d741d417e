// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * The protocol of {@link ReadWriteSync} with one slot and its central step left out: the reader
 * takes the slot, but does not look again whether the lock is biased still. Reentrant for the
 * reader in the slot, so that the missing look is its only flaw; {@link LockedRegisterLincheck} has
 * to find it out.
 */
final class UncheckedReaderLincheckLock implements ReadWriteLock {
  private final ReadWriteLock counting = new ReentrantReadWriteLock();
  private final AtomicReference<@Nullable Thread> slot = new AtomicReference<>();
  private volatile boolean biased = true;

  /** Holds of the reader in the slot beyond its first; its own. */
  private int nested;

  @Override
  public Lock readLock() {
    return new OnlyLock() {
      @Override
      public void lock() {
        if (slot.get() == Thread.currentThread()) {
          nested++;
        } else if (!(biased && slot.compareAndSet(null, Thread.currentThread()))) {
          counting.readLock().lock();
        }
      }

      @Override
      public void unlock() {
        if (slot.get() != Thread.currentThread()) {
          counting.readLock().unlock();
        } else if (nested > 0) {
          nested--;
        } else {
          slot.set(null);
        }
      }
    };
  }

  @Override
  public Lock writeLock() {
    return new OnlyLock() {
      @Override
      public void lock() {
        counting.writeLock().lock();
        biased = false;
        while (slot.get() != null) {
          Thread.onSpinWait();
        }
      }

      @Override
      public void unlock() {
        counting.writeLock().unlock();
      }
    };
  }

  /** A lock that {@link LockedRegisterLincheck} can use. */
  private abstract static class OnlyLock implements Lock {
    @Override
    public final boolean tryLock() {
      return false;
    }

    @Override
    public final void lockInterruptibly() {
      throw new UnsupportedOperationException();
    }

    @Override
    public final boolean tryLock(long time, TimeUnit unit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public final Condition newCondition() {
      throw new UnsupportedOperationException();
    }
  }
}
