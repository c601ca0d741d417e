// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.lock;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.StampedLock;

/**
 * A plain field behind a lock. A JVM that measures loads one implementation only, so the calls are
 * inlined whichever it is.
 */
interface LockedLong {
  /** Reads the field under the read lock. */
  long read();

  /** Writes the field under the write lock. */
  void write(long value);

  /** Adds one under the write lock and returns how long it waited for the lock, in ns. */
  long timedIncrement();

  /** Behind two locks of the JDK's interface. */
  final class OfLocks implements LockedLong {
    private final PaddedLong cell = new PaddedLong();
    private final Lock readLock;
    private final Lock writeLock;

    OfLocks(ReadWriteLock lock) {
      this(lock.readLock(), lock.writeLock());
    }

    OfLocks(Lock readLock, Lock writeLock) {
      this.readLock = readLock;
      this.writeLock = writeLock;
    }

    @Override
    public long read() {
      readLock.lock();
      try {
        return cell.value;
      } finally {
        readLock.unlock();
      }
    }

    @Override
    public void write(long value) {
      writeLock.lock();
      try {
        cell.value = value;
      } finally {
        writeLock.unlock();
      }
    }

    @Override
    public long timedIncrement() {
      long start = System.nanoTime();
      writeLock.lock();
      try {
        long waited = System.nanoTime() - start;
        cell.value++;
        return waited;
      } finally {
        writeLock.unlock();
      }
    }
  }

  /** Behind a stamped lock by its own methods, which are its fastest. */
  final class OfStampedLock implements LockedLong {
    private final PaddedLong cell = new PaddedLong();
    private final StampedLock lock = new StampedLock();

    @Override
    public long read() {
      long stamp = lock.readLock();
      try {
        return cell.value;
      } finally {
        lock.unlockRead(stamp);
      }
    }

    @Override
    public void write(long value) {
      long stamp = lock.writeLock();
      try {
        cell.value = value;
      } finally {
        lock.unlockWrite(stamp);
      }
    }

    @Override
    public long timedIncrement() {
      long start = System.nanoTime();
      long stamp = lock.writeLock();
      try {
        long waited = System.nanoTime() - start;
        cell.value++;
        return waited;
      } finally {
        lock.unlockWrite(stamp);
      }
    }
  }

  /** Behind a monitor. */
  final class OfMonitor implements LockedLong {
    private final PaddedLong cell = new PaddedLong();
    private final Object monitor = new Object();

    @Override
    public long read() {
      synchronized (monitor) {
        return cell.value;
      }
    }

    @Override
    public void write(long value) {
      synchronized (monitor) {
        cell.value = value;
      }
    }

    @Override
    public long timedIncrement() {
      long start = System.nanoTime();
      synchronized (monitor) {
        long waited = System.nanoTime() - start;
        cell.value++;
        return waited;
      }
    }
  }
}
