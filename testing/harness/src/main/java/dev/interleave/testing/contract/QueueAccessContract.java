// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** What one thread by itself finds when it puts elements into a queue and has them out again. */
abstract class QueueAccessContract extends QueueContract {

  /** What went in by any form is inside, and comes out by any form. */
  @ContractTest
  public void everyFormInsertsAndEveryFormRemoves(Actors actors) throws InterruptedException {
    alone(
        actors,
        () -> {
          for (Insertion in : Insertion.ALL) {
            for (Removal out : Removal.ALL) {
              BlockingQueue<Long> queue = smallQueue();
              String what = in + ", then " + out;
              assertTrue(in.into(queue, 7), what);
              assertEquals(1, queue.size(), what);
              assertFalse(queue.isEmpty(), what);
              assertTrue(queue.contains(7L), what);
              assertEquals(7, queue.peek(), what);
              assertEquals(7, queue.element(), what);
              assertEquals(7, out.from(queue), what);
              assertEquals(0, queue.size(), what);
              assertTrue(queue.isEmpty(), what);
              assertFalse(queue.contains(7L), what);
            }
          }
        });
  }

  /** An empty queue has nothing, and each method says so in its own way. */
  @ContractTest
  public void emptyQueueHasNothing(Actors actors) throws InterruptedException {
    alone(
        actors,
        () -> {
          BlockingQueue<Long> queue = queue();
          for (int used = 0; used < 2; used++) {
            assertTrue(queue.isEmpty(), "isEmpty()");
            assertEquals(0, queue.size(), "size()");
            assertNull(queue.poll(), "poll()");
            assertNull(queue.peek(), "peek()");
            assertThrows(NoSuchElementException.class, queue::remove);
            assertThrows(NoSuchElementException.class, queue::element);
            assertFalse(queue.contains(7L), "contains");
            Iterator<Long> iterator = queue.iterator();
            assertFalse(iterator.hasNext(), "hasNext()");
            assertThrows(NoSuchElementException.class, iterator::next);
            assertEquals(0, queue.toArray().length, "toArray()");
            assertEquals(0, queue.drainTo(new ArrayList<>()), "drainTo");
            assertTrue(queue.offer(7L), "offer"); // and once more when it has been used
            assertEquals(7, queue.poll(), "poll()");
          }
        });
  }

  /** A full queue takes no more by any form that does not wait, and is left as it was. */
  @ContractTest
  public void fullQueueTakesNoMore(Actors actors) throws InterruptedException {
    assumeBounded();
    alone(
        actors,
        () -> {
          for (int capacity = smallestCapacity(); capacity <= smallestCapacity() + 16; capacity++) {
            BlockingQueue<Long> queue = full(capacity);
            List<Long> before = new ArrayList<>(queue);
            for (int round = 0; round < 2; round++) {
              assertFalse(queue.offer(1L), "offer to a full queue");
              assertThrows(IllegalStateException.class, () -> queue.add(1L));
              assertFalse(queue.offer(1L, 0, TimeUnit.SECONDS), "timed offer to a full queue");
            }
            assertEquals(capacity, queue.size(), "size() of a full queue");
            assertHolds(queue, before);
            assertTrue(queue.offer(1L), "offer to a queue that was full once");
            assertHolds(queue, 1L);
          }
        });
  }

  /** The remaining capacity is what may still be inserted, and endless without a bound. */
  @ContractTest
  public void remainingCapacityIsWhatCanBeInserted(Actors actors) throws InterruptedException {
    alone(
        actors,
        () -> {
          int capacity = smallestCapacity() + 4;
          BlockingQueue<Long> queue = create(capacity);
          for (int lap = 0; lap < 3; lap++) {
            for (int inside = 0; inside <= capacity; inside++) {
              int expected = bounded() ? capacity - inside : Integer.MAX_VALUE;
              assertEquals(expected, queue.remainingCapacity(), inside + " inside");
              if (inside < capacity) {
                queue.put((long) inside);
              }
            }
            for (int inside = capacity; inside > 0; inside--) {
              int expected = bounded() ? capacity - inside : Integer.MAX_VALUE;
              assertEquals(expected, queue.remainingCapacity(), inside + " inside");
              queue.take();
            }
          }
        });
  }

  /** Elements come out in the order of the queue, however far its ends have moved on. */
  @ContractTest
  public void elementsComeOutInOrder(Actors actors) throws InterruptedException {
    assumeTrue(order() != QueueOrder.UNSPECIFIED, "no order is promised");
    alone(
        actors,
        () -> {
          List<Long> elements = List.of(3L, 1L, 4L, 2L, 5L);
          List<Long> expected = order().of(elements);
          BlockingQueue<Long> queue = create(Math.max(elements.size(), smallestCapacity()));
          for (int lap = 0; lap < 8; lap++) {
            for (int i = 0; i < elements.size(); i++) {
              Insertion.ALL.get((lap + i) % Insertion.ALL.size()).into(queue, elements.get(i));
            }
            if (order().isOrderOfIteration()) {
              assertEquals(expected, new ArrayList<>(queue), "as an iterator sees them");
              assertEquals(expected, Arrays.asList(queue.toArray()), "toArray()");
            }
            List<Long> removed = new ArrayList<>();
            for (int i = 0; i < elements.size(); i++) {
              Long head = queue.peek();
              Removal out = Removal.ALL.get((lap + i) % Removal.ALL.size());
              removed.add(out.from(queue));
              assertEquals(head, removed.get(i), "peek() before " + out);
            }
            assertTrue(queue.isEmpty(), "isEmpty() after the last");
            assertEquals(expected, removed, "as they came out");
            queue.put(0L); // so that the next lap begins one place further
            queue.take();
          }
        });
  }

  /** Null is refused everywhere, whether the queue is empty or full, and leaves no trace. */
  @ContractTest
  @SuppressWarnings("NullAway") // that is the test
  public void nullIsRefused(Actors actors) throws InterruptedException {
    alone(
        actors,
        () -> {
          for (BlockingQueue<Long> queue : List.of(queue(), full(smallestCapacity()))) {
            List<Long> before = new ArrayList<>(queue);
            assertAll(
                () -> assertThrows(NullPointerException.class, () -> queue.add(null), "add"),
                () -> assertThrows(NullPointerException.class, () -> queue.offer(null), "offer"),
                () -> assertThrows(NullPointerException.class, () -> queue.put(null), "put"),
                () ->
                    assertThrows(
                        NullPointerException.class,
                        () -> queue.offer(null, 1, TimeUnit.DAYS),
                        "timed offer"),
                () -> assertThrows(NullPointerException.class, () -> queue.addAll(null), "addAll"),
                () -> assertThrows(NullPointerException.class, () -> queue.drainTo(null), "drain"),
                () ->
                    assertThrows(
                        NullPointerException.class, () -> queue.drainTo(null, 1), "drain some"),
                () ->
                    assertThrows(
                        NullPointerException.class, () -> queue.toArray((Long[]) null), "toArray"),
                () ->
                    assertThrows(NullPointerException.class, () -> queue.forEach(null), "forEach"));
            assertHolds(queue, before);
          }
          BlockingQueue<Long> roomy = queue();
          assertThrows(
              NullPointerException.class, () -> roomy.addAll(Arrays.asList((Long) null)), "addAll");
          assertHolds(roomy);
        });
  }

  /** Null is never inside: to ask for it finds nothing, or is refused. */
  @ContractTest
  @SuppressWarnings("NullAway") // that is the test
  public void nullIsNeverInside(Actors actors) throws InterruptedException {
    alone(
        actors,
        () -> {
          BlockingQueue<Long> queue = queueFrom(1, 3);
          assertFalse(falseOrRefused(() -> queue.contains(null)), "contains(null)");
          if (removesInside()) {
            assertFalse(falseOrRefused(() -> queue.remove(null)), "remove(null)");
          }
          assertHolds(queue, 1L, 2L, 3L);
        });
  }

  /** Two queues know nothing of each other. */
  @ContractTest
  public void anotherQueueIsAnotherQueue(Actors actors) throws InterruptedException {
    alone(
        actors,
        () -> {
          BlockingQueue<Long> mine = queue();
          BlockingQueue<Long> other = queue();
          mine.put(1L);
          assertTrue(other.isEmpty(), "another queue is empty");
          other.put(2L);
          assertEquals(2, other.take());
          assertHolds(mine, 1L);
        });
  }

  private static boolean falseOrRefused(Callable<Boolean> question) throws Exception {
    try {
      return question.call();
    } catch (NullPointerException refused) {
      return false; // Collection allows it
    }
  }
}
