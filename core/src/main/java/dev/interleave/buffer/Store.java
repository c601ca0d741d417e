// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import dev.interleave.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where a {@link BoundedBuffer} keeps its items, and where its threads wait: the part that differs
 * between a ring and a structure under a lock. What all buffers have in common, such as what is
 * thrown when, is decided by the buffer.
 *
 * <p>Nobody calls code of the user while others wait for it: comparators excepted, no method here
 * runs any with a lock held.
 *
 * @param <E> the items
 */
abstract class Store<E> {
  /** What became of an insertion. */
  enum Put {
    ACCEPTED,
    /** It was full, at one moment during the call. */
    FULL,
    CLOSED
  }

  /** An item inside, as an iterator knows it, so that it can remove this one and no equal one. */
  interface Entry<E> {
    E item();
  }

  final Meter meter;

  Store(Meter meter) {
    this.meter = meter;
  }

  final String name() {
    return meter.name();
  }

  /** Inserts if there is room; overtakes those who wait. */
  abstract Put offer(E item, long weight);

  /**
   * Inserts, and waits for room until the deadline, after which the answer is FULL.
   *
   * @throws InterruptedException if the thread is interrupted, before or during a wait
   */
  abstract Put put(E item, long weight, Deadline deadline) throws InterruptedException;

  /**
   * Inserts, and lets the oldest items go as long as there is no room. Each of them leaves at a
   * moment when there was none.
   *
   * @param evicted where those go
   */
  abstract Put force(E item, long weight, List<? super E> evicted);

  /**
   * Takes the head if there is one; overtakes those who wait.
   *
   * @param leased whether to count a lease, at the moment when the item leaves
   */
  abstract @Nullable E poll(boolean leased);

  /**
   * Takes the head, and waits for one until the deadline.
   *
   * @param leased as in {@link #poll}
   * @return null if the time is up, or if this is closed and drained
   * @throws InterruptedException if the thread is interrupted, before or during a wait
   */
  abstract @Nullable E take(boolean leased, Deadline deadline) throws InterruptedException;

  /**
   * Takes from the head what is there, at most so many, and no more than what was inside at one
   * moment during the call.
   *
   * @return how many
   */
  abstract int drain(List<? super E> into, int max);

  abstract @Nullable E peek();

  abstract int size();

  abstract int capacity();

  /** How many more items would go in, as far as their number is concerned; not negative. */
  abstract int room();

  /** All that is inside at one moment, in the order in which it would come out. */
  abstract List<Entry<E>> entries();

  /**
   * Removes those of these entries that are inside still, all at one moment.
   *
   * @return how many
   */
  abstract int removeAll(List<Entry<E>> entries);

  /** Removes this entry if it is inside still. */
  final boolean remove(Entry<E> entry) {
    return removeAll(List.of(entry)) > 0;
  }

  /**
   * Removes the first one that fits. May ask more than once about an item: who found one that was
   * gone before it could be removed looks again, as there may have been another one all the time.
   *
   * @return false if there was none at one moment during the call
   */
  final boolean removeFirst(Predicate<Object> fits) {
    boolean missed;
    do {
      missed = false;
      for (Entry<E> entry : entries()) {
        if (fits.test(entry.item())) {
          if (remove(entry)) {
            return true;
          }
          missed = true;
        }
      }
    } while (missed);
    return false;
  }

  /** Removes all that fit, and are inside still after they were asked about. */
  final boolean removeIf(Predicate<? super E> fits) {
    List<Entry<E>> chosen = new ArrayList<>();
    for (Entry<E> entry : entries()) {
      if (fits.test(entry.item())) {
        chosen.add(entry);
      }
    }
    return removeAll(chosen) > 0;
  }

  /** Refuses what comes from now on, and wakes all who wait. Idempotent; the first reason stays. */
  abstract void close(@Nullable Throwable cause);

  abstract boolean isClosed();

  /** Whether it is closed and empty, and so will stay empty. */
  abstract boolean isDrained();

  /** The reason given when it was closed. */
  abstract @Nullable Throwable cause();

  /** A lease is done. */
  abstract void release();

  /**
   * Waits until there has been a moment during the call at which nothing was inside and no lease
   * open.
   *
   * @return false if the time was up before
   */
  abstract boolean awaitIdle(Deadline deadline) throws InterruptedException;

  /**
   * Sets another capacity.
   *
   * @throws UnsupportedOperationException if it is fixed
   */
  abstract void resize(int capacity);

  abstract BufferStats stats();
}
