// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import java.util.concurrent.locks.ReadWriteLock;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/**
 * Two plain fields that hold one value, guarded by a lock: linearizable if the lock excludes and
 * makes visible. Two, because a reader that a writer does not exclude sees either the old or the
 * new value of a single field, both of which are right.
 *
 * <p>The methods that return are the operations of {@link RegisterLincheckModel}.
 */
@Param(name = "value", gen = IntGen.class, conf = "0:2")
public abstract class LockedRegisterLincheck {
  private final ReadWriteLock lock;
  private int value;
  private int copy;

  LockedRegisterLincheck(ReadWriteLock lock) {
    this.lock = lock;
  }

  /**
   * Reads twice: if the lock is biased, the first read makes a slot that the second goes through.
   */
  @Operation
  public int read() {
    readOnce();
    return readOnce();
  }

  private int readOnce() {
    lock.readLock().lock();
    try {
      return get();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Reads, within a nested hold. */
  @Operation
  public int readNested() {
    lock.readLock().lock();
    try {
      return readOnce();
    } finally {
      lock.readLock().unlock();
    }
  }

  @Operation
  public void write(@Param(name = "value") int newValue) {
    lock.writeLock().lock();
    try {
      set(newValue);
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Operation
  public boolean compareAndSet(
      @Param(name = "value") int expected, @Param(name = "value") int newValue) {
    lock.writeLock().lock();
    try {
      if (get() != expected) {
        return false;
      }
      set(newValue);
      return true;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Writes, and reads what it wrote after a downgrade. */
  @Operation
  public int increment() {
    lock.writeLock().lock();
    try {
      set(get() + 1);
      lock.readLock().lock();
    } finally {
      lock.writeLock().unlock();
    }
    try {
      return get();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Tries, and waits only if that fails: whatever a failed attempt leaves behind is in its way. */
  @Operation
  public int readTrying() {
    if (!lock.readLock().tryLock()) {
      lock.readLock().lock();
    }
    try {
      return get();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** As {@link #readTrying}, writing. */
  @Operation
  public int addTrying(@Param(name = "value") int more) {
    if (!lock.writeLock().tryLock()) {
      lock.writeLock().lock();
    }
    try {
      set(get() + more);
      return get();
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** The value, or one that nobody ever wrote if the fields differ. */
  private int get() {
    int first = value;
    return first == copy ? first : Integer.MIN_VALUE;
  }

  private void set(int newValue) {
    value = newValue;
    copy = newValue;
  }
}
