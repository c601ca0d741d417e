// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** A queue of at most two pairs of letters, which goes wrong in one way, and always then. */
@NullMarked
final class FlawedQueue {
  private static final int CAPACITY = 2;

  private final Flaw flaw;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notEmpty = lock.newCondition();
  private final Condition notFull = lock.newCondition();
  private final ArrayDeque<String> items = new ArrayDeque<>();
  private String lastTaken = "";

  enum Flaw {
    NONE,
    /** What is put into a queue that is not empty is lost. */
    LOSES_ITEM,
    /** What was taken is taken once more. */
    DUPLICATES_ITEM,
    /** Of two items the later one is taken first. */
    SWAPS_ITEMS,
    /** The second letter of an item is that of the one before it. */
    TEARS_ITEM,
    /** A timed poll does not even look. */
    SAYS_EMPTY,
    /** A third item goes in. */
    OVERFLOWS,
    /** Whoever waits for an item is not woken. */
    DOES_NOT_WAKE
  }

  FlawedQueue(Flaw flaw) {
    this.flaw = flaw;
  }

  void put(String item) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (items.size() == CAPACITY && flaw != Flaw.OVERFLOWS) {
        notFull.await();
      }
      if (flaw != Flaw.LOSES_ITEM || items.isEmpty()) {
        items.addLast(
            flaw == Flaw.TEARS_ITEM && !items.isEmpty()
                ? "" + item.charAt(0) + items.getLast().charAt(1)
                : item);
      }
      if (flaw != Flaw.DOES_NOT_WAKE) {
        notEmpty.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  String take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (flaw == Flaw.DUPLICATES_ITEM && !lastTaken.isEmpty()) {
        return lastTaken;
      }
      while (items.isEmpty()) {
        notEmpty.await();
      }
      notFull.signal();
      lastTaken = flaw == Flaw.SWAPS_ITEMS ? items.removeLast() : items.removeFirst();
      return lastTaken;
    } finally {
      lock.unlock();
    }
  }

  @Nullable String poll(long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = flaw == Flaw.SAYS_EMPTY ? 0 : nanos;
      while (items.isEmpty() && left > 0) {
        left = notEmpty.awaitNanos(left);
      }
      return flaw == Flaw.SAYS_EMPTY ? null : items.pollFirst();
    } finally {
      lock.unlock();
    }
  }

  @Nullable String poll() throws InterruptedException {
    return poll(TimeUnit.MILLISECONDS.toNanos(1));
  }
}
