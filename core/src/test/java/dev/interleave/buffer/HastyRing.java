// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import java.util.AbstractQueue;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A ring that says "empty" when the item at its head is claimed and not published yet, although
 * another one behind it is: what the protocol of {@link RingStore} waits for. {@link
 * BufferLincheck} has to find it out. It never closes, and does not remove inside.
 */
final class HastyRing extends AbstractQueue<Integer> {
  private static final int CAPACITY = 2;

  private final AtomicLong tail = new AtomicLong();
  private final AtomicLong head = new AtomicLong();
  private final AtomicReferenceArray<@Nullable Integer> slots =
      new AtomicReferenceArray<>(CAPACITY);

  @Override
  public boolean offer(Integer item) {
    while (true) {
      long to = tail.get();
      if (to - head.get() >= CAPACITY) {
        return false;
      }
      if (slots.get((int) (to % CAPACITY)) == null && tail.compareAndSet(to, to + 1)) {
        slots.set((int) (to % CAPACITY), item);
        return true;
      }
    }
  }

  @Override
  public @Nullable Integer poll() {
    while (true) {
      long from = head.get();
      Integer item = slots.get((int) (from % CAPACITY));
      if (item == null) {
        return null;
      }
      if (head.compareAndSet(from, from + 1)) {
        slots.set((int) (from % CAPACITY), null);
        return item;
      }
    }
  }

  @Override
  public @Nullable Integer peek() {
    return slots.get((int) (head.get() % CAPACITY));
  }

  @Override
  public int size() {
    return (int) (tail.get() - head.get());
  }

  @Override
  public Iterator<Integer> iterator() {
    throw new UnsupportedOperationException();
  }
}
