// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock;
import dev.interleave.lock.BiasedReadWriteLock.Preference;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;

/**
 * Two plain fields that are equal except while a writer is in, the lock that says so, and a meeting
 * point from which two threads start their race together.
 */
abstract class GuardedPair {
  /** What {@link #readPairs} saw: the state before all writes. */
  static final int BEFORE = 0;

  /** Writes came while it read. */
  static final int BETWEEN = 1;

  /** The state after some write, all the time. */
  static final int AFTER = 2;

  /** A pair half written, or one older than a pair seen before. */
  static final int BROKEN = -1;

  /** Reads per race: about as long as one write under contention. */
  static final int READS = 8;

  /** More than the reads without a write after which the lock arms itself, several times over. */
  private static final int READS_THAT_ARM = 64;

  static {
    FirstWait.getOver();
  }

  final BiasedReadWriteLock lock;
  int left;
  int right;

  private final AtomicInteger arrivals = new AtomicInteger();

  GuardedPair(BiasedReadWriteLock lock) {
    this.lock = lock;
  }

  /** A lock that only counts its readers. */
  static BiasedReadWriteLock counting() {
    return BiasedReadWriteLock.builder().biased(false).build();
  }

  /**
   * A lock that a thread has read often enough to bias it; others {@link #takeSlot} of their own.
   */
  static BiasedReadWriteLock armed(Preference preference) {
    BiasedReadWriteLock lock = BiasedReadWriteLock.builder().preference(preference).build();
    arm(lock);
    return lock;
  }

  static void arm(BiasedReadWriteLock lock) {
    for (int i = 0; i < READS_THAT_ARM; i++) {
      lock.read().close();
    }
    if (!lock.stats().biased()) {
      throw new IllegalStateException("not biased: the test would prove nothing; " + lock.stats());
    }
  }

  /** A lock that was biased until so many writes came in a row that they did not give it back. */
  static BiasedReadWriteLock disarmed() {
    BiasedReadWriteLock lock = armed(Preference.WRITERS);
    for (int i = 0; i < READS_THAT_ARM; i++) {
      lock.write().close();
    }
    if (lock.stats().biased()) {
      throw new IllegalStateException("biased: the test would prove nothing; " + lock.stats());
    }
    return lock;
  }

  /** Makes the calling thread's next read of an armed lock one that goes through its own slot. */
  final void takeSlot() {
    lock.read().close(); // by the counter; adds the slot
    lock.read().close();
  }

  /** Waits until both threads are here. */
  final void meet() {
    meet(2);
  }

  /** Waits until there were {@code total} calls. */
  final void meet(int total) {
    arrivals.incrementAndGet();
    while (arrivals.get() < total) {
      Thread.onSpinWait();
    }
  }

  /** Adds one to both fields under the write lock, {@code times} times. */
  final void writePairs(int times) {
    for (int i = 0; i < times; i++) {
      lock.writeLock().lock();
      try {
        addOne();
      } finally {
        lock.writeLock().unlock();
      }
    }
  }

  /** Adds one to both fields, with a moment between; for a thread that holds the write lock. */
  final void addOne() {
    left++;
    Thread.onSpinWait();
    right++;
  }

  /** Reads both fields under the read lock {@code times} times, and says what it saw. */
  final int readPairs(int times) {
    int first = -1;
    int last = -1;
    for (int i = 0; i < times; i++) {
      int l;
      int r;
      lock.readLock().lock();
      try {
        l = left;
        Thread.onSpinWait();
        r = right;
      } finally {
        lock.readLock().unlock();
      }
      if (l != r || l < last) {
        return BROKEN;
      }
      first = i == 0 ? l : first;
      last = l;
    }
    return verdict(first, last);
  }

  /** What a sequence of whole pairs amounts to that begins with {@code first}. */
  static int verdict(int first, int last) {
    if (first != last) {
      return BETWEEN;
    }
    return last == 0 ? BEFORE : AFTER;
  }

  /** Some hundred nanoseconds. */
  static void linger() {
    for (int i = 0; i < 10; i++) {
      Thread.onSpinWait();
    }
  }

  static boolean tryFor(Lock lock, long nanos) {
    try {
      return lock.tryLock(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
  }

  /** Whether the lock is free; then the calling thread has had it in either mode for a moment. */
  final boolean isFree() {
    if (!lock.writeLock().tryLock()) {
      return false;
    }
    lock.writeLock().unlock();
    if (!lock.readLock().tryLock()) {
      return false;
    }
    lock.readLock().unlock();
    return lock.holders().isEmpty();
  }
}
