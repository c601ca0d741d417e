// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.testing;

import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A bounded buffer as one meets it: the one in the Javadoc of {@link Condition}, with one word
 * wrong, twice.
 */
@SuppressWarnings("WaitNotInLoop") // that is what is wrong; the compiler of the build would say so
final class BrokenBuffer<E> implements Buffer<E> {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notFull = lock.newCondition();
  private final Condition notEmpty = lock.newCondition();

  // Guarded by lock.
  private final Object[] items;
  private int putIndex;
  private int takeIndex;
  private int count;

  BrokenBuffer(int capacity) {
    items = new Object[capacity];
  }

  @Override
  public void put(E item) throws InterruptedException {
    Objects.requireNonNull(item, "item");
    lock.lock();
    try {
      if (count == items.length) {
        notFull.await();
      }
      items[putIndex] = item;
      putIndex = (putIndex + 1) % items.length;
      count++;
      notEmpty.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public E take() throws InterruptedException {
    lock.lock();
    try {
      if (count == 0) {
        notEmpty.await();
      }
      return next();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable E poll() {
    lock.lock();
    try {
      return count == 0 ? null : next();
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("unchecked") // only put() puts something in
  private E next() {
    E item = (E) items[takeIndex];
    takeIndex = (takeIndex + 1) % items.length;
    count--;
    notFull.signal();
    return item;
  }
}
