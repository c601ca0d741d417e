// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The read-write lock of the handbook that this library replaces, in Java, with its defects:
 *
 * <ul>
 *   <li>Two conditions with two different locks guard the same two fields, so a reader and a writer
 *       may enter at once.
 *   <li>The last reader notifies the readers' condition, never the writers': a waiting writer is
 *       lost.
 *   <li>A release without a hold makes the number of readers negative.
 *   <li>Readers always come first, so a writer may starve.
 *   <li>Nobody owns a hold, and a writer that enters again waits for itself.
 * </ul>
 *
 * <p>The original has only the blocking forms; the others follow its pattern.
 */
final class HandbookReadWriteLock implements ReadWriteLock {
  private final boolean wakesWriters;
  private final Lock readLock = new ReentrantLock();
  private final Condition readReady = readLock.newCondition();
  private final Lock writeLock = new ReentrantLock();
  private final Condition writeReady = writeLock.newCondition();

  // Volatile as the original's fields are in effect: the defects are not those of visibility.
  private volatile int readers;
  private volatile boolean writerActive;

  private final Lock read = new Reading();
  private final Lock write = new Writing();

  /**
   * Makes one.
   *
   * @param wakesWriters whether the second defect is mended, so that it does not hide the first
   */
  HandbookReadWriteLock(boolean wakesWriters) {
    this.wakesWriters = wakesWriters;
  }

  @Override
  public Lock readLock() {
    return read;
  }

  @Override
  public Lock writeLock() {
    return write;
  }

  private abstract static class Form implements Lock {
    private final Lock guard;
    private final Condition ready;

    Form(Lock guard, Condition ready) {
      this.guard = guard;
      this.ready = ready;
    }

    abstract boolean mayEnter();

    abstract void enter();

    @Override
    public void lock() {
      guard.lock();
      try {
        while (!mayEnter()) {
          ready.awaitUninterruptibly();
        }
        checkedEnter();
      } finally {
        guard.unlock();
      }
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
      tryLock(1, TimeUnit.DAYS); // longer stops other waits of virtual threads before JDK 25
    }

    @Override
    public boolean tryLock() {
      guard.lock();
      try {
        if (mayEnter()) {
          checkedEnter();
          return true;
        }
        return false;
      } finally {
        guard.unlock();
      }
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
      long left = unit.toNanos(time);
      guard.lockInterruptibly();
      try {
        while (!mayEnter()) {
          if (left <= 0) {
            return false;
          }
          left = ready.awaitNanos(left);
        }
        checkedEnter();
        return true;
      } finally {
        guard.unlock();
      }
    }

    /** Between the check and the entry lies the window of the first defect; here it is wide. */
    @SuppressWarnings("ThreadPriorityCheck")
    private void checkedEnter() {
      Thread.yield();
      enter();
    }

    @Override
    public Condition newCondition() {
      throw new UnsupportedOperationException();
    }
  }

  private final class Reading extends Form {
    Reading() {
      super(readLock, readReady);
    }

    @Override
    boolean mayEnter() {
      return !writerActive;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // guarded among readers
    void enter() {
      readers++;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // guarded among readers
    public void unlock() {
      readLock.lock();
      try {
        readers--;
        if (readers == 0) {
          readReady.signalAll();
        }
      } finally {
        readLock.unlock();
      }
      if (wakesWriters) {
        writeLock.lock();
        try {
          writeReady.signalAll();
        } finally {
          writeLock.unlock();
        }
      }
    }
  }

  private final class Writing extends Form {
    Writing() {
      super(writeLock, writeReady);
    }

    @Override
    boolean mayEnter() {
      return !writerActive && readers <= 0;
    }

    @Override
    void enter() {
      writerActive = true;
    }

    @Override
    public void unlock() {
      writeLock.lock();
      try {
        writerActive = false;
        writeReady.signalAll();
      } finally {
        writeLock.unlock();
      }
      readLock.lock();
      try {
        readReady.signalAll();
      } finally {
        readLock.unlock();
      }
    }
  }
}
