// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import dev.interleave.Deadline;
import dev.interleave.lock.KeyLocks.How;
import dev.interleave.lock.LockHolder.Mode;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * One side of the lock of one key, as a {@link Lock}. It is only a name: it holds on to no entry,
 * and all views of equal keys are the same lock.
 *
 * @param <K> the keys
 */
final class KeyView<K> implements Lock {
  private final KeyLocks<K> locks;
  private final K key;

  /** Of the key when this was made; by it the key is found even if it has been changed since. */
  private final int hash;

  private final Mode mode;

  KeyView(KeyLocks<K> locks, K key, Mode mode) {
    this.locks = locks;
    this.key = key;
    this.hash = key.hashCode();
    this.mode = mode;
  }

  @Override
  public void lock() {
    try {
      boolean unused = locks.lock(key, hash, mode, How.UNINTERRUPTIBLY, Deadline.none());
    } catch (InterruptedException e) {
      throw new AssertionError(e); // it was not to be interrupted
    }
  }

  @Override
  public void lockInterruptibly() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    boolean unused = locks.lock(key, hash, mode, How.UNTIL, Deadline.none());
  }

  @Override
  public boolean tryLock() {
    try {
      return locks.lock(key, hash, mode, How.TRY, Deadline.none());
    } catch (InterruptedException e) {
      throw new AssertionError(e); // it does not wait
    }
  }

  @Override
  public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
    long nanos = unit.toNanos(time);
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return nanos <= 0
        ? locks.lock(key, hash, mode, How.TRY, Deadline.none())
        : locks.lock(key, hash, mode, How.UNTIL, Deadline.after(Duration.ofNanos(nanos)));
  }

  @Override
  public void unlock() {
    locks.unlock(key, hash, mode);
  }

  @Override
  public Condition newCondition() {
    if (mode == Mode.READ) {
      throw new UnsupportedOperationException(
          "The read lock of " + locks.nameOf(key) + " has no conditions");
    }
    return new KeyCondition<>(locks, key, hash);
  }

  /** The key, the side, and who holds it. */
  @Override
  public String toString() {
    var holders = locks.holders(key, hash);
    return (mode == Mode.READ ? "read lock of " : "lock of ")
        + locks.nameOf(key)
        + (holders.isEmpty() ? ", free" : ", held for " + LockHolder.list(holders));
  }
}
