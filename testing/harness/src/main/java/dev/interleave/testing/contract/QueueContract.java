// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.stream.LongStream;

/** What a kit for queues has to know about the queue, and what its parts share. */
abstract class QueueContract extends Contract {
  static final int CAPACITY = 3;

  /**
   * Makes an empty queue that no one else uses.
   *
   * @param capacity how many elements it must hold, and no more than that if {@link #bounded()};
   *     not less than {@link #smallestCapacity()}
   * @return the queue to be tested
   */
  protected abstract BlockingQueue<Long> create(int capacity);

  /**
   * Tells whether the queue holds as many elements as it was made for and no more. If not, it holds
   * any number of them, and no one ever waits to put one in.
   *
   * @return true unless overridden
   */
  protected boolean bounded() {
    return true;
  }

  /**
   * Returns the least capacity that a queue can be made with. A hand-over is tested with this one.
   *
   * @return 1 unless overridden
   */
  protected int smallestCapacity() {
    return 1;
  }

  /**
   * Returns the order in which elements come out.
   *
   * @return {@link QueueOrder#FIFO} unless overridden
   */
  protected QueueOrder order() {
    return QueueOrder.FIFO;
  }

  /**
   * Tells whether elements elsewhere than at the head can be removed: by {@code remove(Object)},
   * {@code removeIf}, {@code removeAll}, {@code retainAll} and the {@code remove} of an iterator.
   * If not, no test calls these.
   *
   * @return true unless overridden
   */
  protected boolean removesInside() {
    return true;
  }

  /**
   * Tells whether those who wait on one side, all by the same method, are served in the order of
   * their arrival.
   *
   * @return false unless overridden
   */
  protected boolean fair() {
    return false;
  }

  /**
   * Tells whether a method that may wait throws {@link InterruptedException} to a thread that is
   * interrupted already, even where it would not have to wait. {@link BlockingQueue} leaves it
   * open; if it is not promised, it is not tested.
   *
   * @return true unless overridden
   */
  protected boolean interruptibleWithoutWaiting() {
    return true;
  }

  /**
   * Tells whether an element that has been removed may be collected as garbage while the queue
   * lives on. {@link BlockingQueue} does not say so, but who stores large elements relies on it.
   *
   * @return true unless overridden
   */
  protected boolean forgetsRemoved() {
    return true;
  }

  /** Aborts the test if the queue is never full. */
  final void assumeBounded() {
    assumeTrue(bounded(), "unbounded: never full");
  }

  /** Aborts the test if elements inside cannot be removed. */
  final void assumeRemovesInside() {
    assumeTrue(removesInside(), "elements beyond the head cannot be removed");
  }

  final BlockingQueue<Long> queue() {
    return create(Math.max(CAPACITY, smallestCapacity()));
  }

  /** Returns a queue of the smallest capacity. */
  final BlockingQueue<Long> smallQueue() {
    return create(smallestCapacity());
  }

  /** Returns a queue of a capacity that is full of negative numbers. */
  final BlockingQueue<Long> full(int capacity) {
    BlockingQueue<Long> queue = create(capacity);
    for (long i = -capacity; i < 0; i++) {
      assertTrue(queue.offer(i), "offer to a queue that is not full");
    }
    return queue;
  }

  /** Returns a queue with some elements and room for as many. */
  final BlockingQueue<Long> queueOf(long... elements) {
    BlockingQueue<Long> queue = create(Math.max(2 * elements.length, smallestCapacity()));
    for (long element : elements) {
      assertTrue(queue.offer(element), "offer to a queue that is not full");
    }
    return queue;
  }

  /** Returns a queue with all from one number to another, inclusive, and room for as many. */
  final BlockingQueue<Long> queueFrom(long first, long last) {
    return queueOf(LongStream.rangeClosed(first, last).toArray());
  }

  /** Does something to a queue in a thread of the kind to be tested. */
  static void alone(Actors actors, Task test) throws InterruptedException {
    actors.actor("user").run(test);
  }

  /** Fails unless these elements, and no others, are inside and come out; it is empty then. */
  static void assertHolds(BlockingQueue<Long> queue, Long... elements) {
    assertHolds(queue, List.of(elements));
  }

  static void assertHolds(BlockingQueue<Long> queue, List<Long> elements) {
    assertEquals(elements.size(), queue.size(), "size()");
    assertEquals(elements.isEmpty(), queue.isEmpty(), "isEmpty()");
    List<Long> found = new ArrayList<>();
    for (Long element = queue.poll(); element != null; element = queue.poll()) {
      found.add(element);
      if (found.size() > elements.size()) {
        break;
      }
    }
    assertEquals(elements.stream().sorted().toList(), found.stream().sorted().toList(), "inside");
    assertEquals(0, queue.size(), "size() after all were polled");
  }

  static void assertInterrupted(Step<?> step) throws InterruptedException {
    step.failure(InterruptedException.class);
    assertFalse(
        step.endedInterrupted(), "InterruptedException thrown, but interrupt status still set");
  }
}
