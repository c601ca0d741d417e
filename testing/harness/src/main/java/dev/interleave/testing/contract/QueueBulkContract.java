// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.ref.WeakReference;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;

/** What a queue does with many elements at once, and with those beyond its head. */
abstract class QueueBulkContract extends QueueAccessContract {

  /** drainTo takes all, in order, and adds them to what the collection holds already. */
  @ContractTest
  public void drainTakesAll(Actors actors) throws InterruptedException {
    alone(
        actors,
        () -> {
          BlockingQueue<Long> queue = queueFrom(1, 3);
          List<Long> drained = new ArrayList<>(List.of(0L));
          assertEquals(3, queue.drainTo(drained), "drainTo");
          assertDrained(1, 3, drained.subList(1, drained.size()));
          assertEquals(0, drained.get(0), "what was there before");
          assertHolds(queue);
          assertEquals(0, queue.drainTo(drained), "drainTo when nothing is left");
          queue.put(9L);
          assertHolds(queue, 9L);
        });
  }

  /** drainTo with a limit takes no more than that, and none if it is zero or negative. */
  @ContractTest
  public void drainTakesNoMoreThanItsLimit(Actors actors) throws InterruptedException {
    alone(
        actors,
        () -> {
          for (int limit : new int[] {Integer.MIN_VALUE, -1, 0, 1, 2, 3, 4, Integer.MAX_VALUE}) {
            BlockingQueue<Long> queue = queueFrom(1, 3);
            List<Long> rest = new ArrayList<>();
            List<Long> drained = new ArrayList<>();
            int expected = Math.max(0, Math.min(limit, 3));
            assertEquals(expected, queue.drainTo(drained, limit), "drainTo, limit " + limit);
            assertEquals(expected, drained.size(), "drained, limit " + limit);
            assertEquals(3 - expected, queue.size(), "size(), limit " + limit);
            queue.drainTo(rest);
            drained.addAll(rest);
            assertDrained(1, 3, drained);
          }
        });
  }

  /** A queue cannot be drained into itself. */
  @ContractTest
  public void drainToItselfIsRefused(Actors actors) throws InterruptedException {
    alone(
        actors,
        () -> {
          BlockingQueue<Long> queue = queueFrom(1, 3);
          assertThrows(IllegalArgumentException.class, () -> queue.drainTo(queue));
          assertThrows(IllegalArgumentException.class, () -> queue.drainTo(queue, 1));
          assertHolds(queue, 1L, 2L, 3L);
        });
  }

  /**
   * If the collection refuses an element, that one and those after it may be lost or not, but the
   * queue goes on to work: for others, too.
   */
  @ContractTest
  public void drainThatFailsLeavesAWorkingQueue(Actors actors) throws InterruptedException {
    int capacity = smallestCapacity() + 3;
    BlockingQueue<Long> queue = full(capacity);
    Actor drainer = actors.actor("drainer");
    drainer.start(() -> queue.drainTo(new Picky(2))).failure(IllegalStateException.class);
    drainer.start(() -> queue.drainTo(new Picky(0), 1)).failure(IllegalStateException.class);
    Actor other = actors.actor("other");
    int inside = other.call(queue::size);
    assertTrue(inside >= 0 && inside <= capacity, () -> "inside after all: " + inside);
    other.run(() -> {
      int room = bounded() ? capacity - inside : capacity;
      for (long i = 0; i < room; i++) {
        assertTrue(queue.offer(i), "offer to a queue that is not full");
      }
      assertEquals(!bounded(), queue.offer(9L), "offer to a full queue");
    });
    Step<Integer> drained = drainer.startCall(() -> queue.drainTo(new ArrayList<>()));
    assertEquals(bounded() ? capacity : inside + capacity + 1, drained.result(), "drained at last");
  }

  /** addAll adds all; a queue cannot be added to itself. */
  @ContractTest
  @SuppressWarnings("ModifyingCollectionWithItself") // that is the test
  public void addAllAddsAll(Actors actors) throws InterruptedException {
    alone(
        actors,
        () -> {
          BlockingQueue<Long> queue = queueFrom(1, 3);
          assertTrue(queue.addAll(List.of(4L, 5L)), "addAll");
          assertFalse(queue.addAll(List.of()), "addAll of nothing");
          assertThrows(IllegalArgumentException.class, () -> queue.addAll(queue));
          assertTrue(queue.containsAll(List.of(1L, 5L)), "containsAll");
          assertFalse(queue.containsAll(List.of(1L, 6L)), "containsAll");
          List<Long> drained = new ArrayList<>();
          queue.drainTo(drained);
          assertDrained(1, 5, drained);
        });
  }

  /** addAll of more than there is room for is refused, and does not pass the bound. */
  @ContractTest
  public void addAllKeepsToTheBound(Actors actors) throws InterruptedException {
    assumeBounded();
    alone(
        actors,
        () -> {
          int capacity = smallestCapacity() + 1;
          BlockingQueue<Long> queue = create(capacity);
          List<Long> tooMany = new ArrayList<>();
          for (long i = 0; i <= capacity; i++) {
            tooMany.add(i);
          }
          assertThrows(IllegalStateException.class, () -> queue.addAll(tooMany));
          int size = queue.size();
          assertTrue(size <= capacity, () -> "size() " + size + ", capacity " + capacity);
          assertEquals(capacity - size, queue.remainingCapacity(), "remainingCapacity()");
        });
  }

  /** remove(Object) removes one of the equal ones, wherever it is, and makes room. */
  @ContractTest
  public void removeTakesOutOne(Actors actors) throws InterruptedException {
    assumeRemovesInside();
    alone(
        actors,
        () -> {
          for (long element = 1; element <= 4; element++) {
            Long removed = element;
            BlockingQueue<Long> queue = create(Math.max(4, smallestCapacity()));
            queue.addAll(List.of(1L, 2L, 3L, 4L));
            int room = queue.remainingCapacity();
            assertTrue(queue.remove(removed), () -> "remove " + removed);
            assertFalse(queue.contains(removed), () -> "contains " + removed);
            assertFalse(queue.remove(removed), () -> "remove " + removed + " once more");
            assertEquals(bounded() ? room + 1 : room, queue.remainingCapacity(), "room");
            assertTrue(queue.offer(5L), "offer to where it was");
            List<Long> left = new ArrayList<>(List.of(1L, 2L, 3L, 4L, 5L));
            left.remove(removed);
            assertComesOut(queue, left);
          }
          BlockingQueue<Long> twins = queueOf(7, 7);
          assertTrue(twins.remove(7L), "remove one of two");
          assertHolds(twins, 7L);
        });
  }

  /** removeIf, removeAll and retainAll remove just those, and say whether there were any. */
  @ContractTest
  public void bulkRemovalTakesOutThoseAsked(Actors actors) throws InterruptedException {
    assumeRemovesInside();
    alone(
        actors,
        () -> {
          BlockingQueue<Long> queue = queueFrom(1, 9);
          assertFalse(queue.removeIf(element -> element > 9), "removeIf none");
          assertTrue(queue.removeIf(element -> element % 3 == 0), "removeIf some");
          assertFalse(queue.removeAll(List.of(3L, 10L)), "removeAll, none of them inside");
          assertTrue(queue.removeAll(List.of(1L, 9L)), "removeAll");
          assertFalse(queue.retainAll(List.of(2L, 4L, 5L, 7L, 8L)), "retainAll, just those inside");
          assertTrue(queue.retainAll(List.of(2L, 7L, 8L)), "retainAll");
          assertComesOut(queue, List.of(2L, 7L, 8L));
          queue.put(1L);
          assertTrue(queue.removeIf(element -> true), "removeIf all");
          assertHolds(queue);
        });
  }

  /** clear removes all, and the room is there again. */
  @ContractTest
  public void clearRemovesAll(Actors actors) throws InterruptedException {
    alone(
        actors,
        () -> {
          int capacity = smallestCapacity() + 2;
          BlockingQueue<Long> queue = full(capacity);
          for (int round = 0; round < 2; round++) {
            queue.clear();
            assertHolds(queue);
            assertEquals(bounded() ? capacity : Integer.MAX_VALUE, queue.remainingCapacity());
            for (long i = 0; i < capacity; i++) {
              assertTrue(queue.offer(i), "offer to a queue that has been cleared");
            }
          }
        });
  }

  /** The arrays of a queue are copies, of the type that was asked for. */
  @ContractTest
  @SuppressWarnings("CollectionToArraySafeParameter") // that is the test
  public void arraysAreCopies(Actors actors) throws InterruptedException {
    alone(
        actors,
        () -> {
          BlockingQueue<Long> queue = queueFrom(1, 3);
          Object[] all = queue.toArray();
          assertSame(Object[].class, all.getClass(), "toArray()");
          assertNotSame(all, queue.toArray(), "toArray() twice");
          Long[] given = queue.toArray(new Long[0]);
          assertEquals(Arrays.asList(all), Arrays.asList(given), "of its own, and too small a one");
          Long[] exact = new Long[3];
          assertSame(exact, queue.toArray(exact), "exact size");
          assertEquals(Arrays.asList(all), Arrays.asList(exact), "exact size");
          Long[] large = {9L, 9L, 9L, 9L, 9L};
          assertSame(large, queue.toArray(large), "too large");
          assertEquals(Arrays.asList(all), Arrays.asList(large).subList(0, 3), "too large");
          assertNull(large[3], "after the last");
          assertThrows(ArrayStoreException.class, () -> queue.toArray(new String[0]));
          Arrays.fill(all, 0L);
          assertHolds(queue, 1L, 2L, 3L);
        });
  }

  /** forEach, streams and the text of a queue show all that is inside. */
  @ContractTest
  public void everyViewShowsAll(Actors actors) throws InterruptedException {
    alone(
        actors,
        () -> {
          BlockingQueue<Long> queue = queueFrom(101, 103);
          List<Long> each = new ArrayList<>();
          queue.forEach(each::add);
          List<Long> all = List.of(101L, 102L, 103L);
          assertEquals(all, each.stream().sorted().toList(), "forEach");
          assertEquals(all, queue.stream().sorted().toList(), "stream()");
          assertEquals(all, queue.parallelStream().sorted().toList(), "parallelStream()");
          for (Long element : all) {
            assertTrue(queue.toString().contains(element.toString()), queue::toString);
          }
          assertHolds(queue, all);
        });
  }

  /** An element that came out, by whatever form, is no longer held by the queue. */
  @ContractTest
  public void removedElementIsForgotten(Actors actors) throws InterruptedException {
    assumeTrue(forgetsRemoved(), "what has been removed may be kept for a while");
    Actor user = actors.actor("user");
    List<Removal> removals = new ArrayList<>();
    for (Freeing way : Freeing.all(removesInside())) {
      BlockingQueue<Long> queue = queue();
      WeakReference<Long> element = user.call(() -> insertNew(queue));
      user.run(() -> way.in(queue));
      removals.add(new Removal(way, queue, element));
    }
    // One collection for all of them: it takes longer than everything else here.
    Waiting.until(
        () -> {
          System.gc();
          return removals.stream().allMatch(Removal::isForgotten);
        },
        patience(),
        () ->
            "still there after these, for all that was collected: "
                + removals.stream().filter(removal -> !removal.isForgotten()).toList());
  }

  /** An element that came out of a queue. */
  private record Removal(Freeing way, BlockingQueue<Long> queue, WeakReference<Long> element) {
    boolean isForgotten() {
      return element.refersTo(null);
    }

    @Override
    public String toString() {
      return way + " of " + queue;
    }
  }

  /** The same for a queue that was full, and for those who waited to put something in. */
  @ContractTest
  public void elementOfAWaiterIsForgotten(Actors actors) throws InterruptedException {
    assumeTrue(forgetsRemoved(), "what has been removed may be kept for a while");
    assumeBounded();
    BlockingQueue<Long> queue = full(smallestCapacity());
    Actor waiter = actors.actor("waiter");
    List<WeakReference<Long>> reference = new ArrayList<>();
    Step<?> waiting = waiter.start(() -> putNew(queue, reference));
    waiting.awaitBlocked();
    waiter.interrupt();
    waiting.failure(InterruptedException.class);
    WeakReference<Long> element = reference.get(0);
    // The exception holds no elements; a queue that keeps the node of the waiter does.
    Waiting.until(
        () -> {
          System.gc();
          return element.refersTo(null);
        },
        patience(),
        () -> "the element of a waiter that gave up is kept by " + queue);
  }

  /** A new object, of which no one but the queue knows. */
  private static WeakReference<Long> insertNew(BlockingQueue<Long> queue) {
    Long element = fresh();
    assertTrue(queue.offer(element), "offer to an empty queue");
    return weak(element);
  }

  private static void putNew(BlockingQueue<Long> queue, List<WeakReference<Long>> reference)
      throws InterruptedException {
    Long element = fresh();
    reference.add(weak(element));
    queue.put(element);
  }

  /** A negative number, as all that is inside before a test begins, and in no cache of boxes. */
  private static Long fresh() {
    return -1_000_000_007L;
  }

  private static <T> WeakReference<T> weak(T element) {
    return new WeakReference<>(element);
  }

  /** Fails unless these are the numbers from one to another; in order, if the queue has one. */
  private void assertDrained(long first, long last, List<Long> drained) {
    List<Long> inserted = new ArrayList<>();
    for (long i = first; i <= last; i++) {
      inserted.add(i);
    }
    assertInOrder(inserted, drained);
  }

  /** Fails unless these, inserted in this order, come out. */
  private void assertComesOut(BlockingQueue<Long> queue, List<Long> inserted) {
    assertEquals(inserted.size(), queue.size(), "size()");
    List<Long> removed = new ArrayList<>();
    for (int i = 0; i < inserted.size(); i++) {
      removed.add(queue.poll());
    }
    assertNull(queue.poll(), "poll() after the last");
    assertInOrder(inserted, removed);
  }

  private void assertInOrder(List<Long> inserted, List<Long> removed) {
    if (order() == QueueOrder.UNSPECIFIED) {
      assertEquals(inserted.stream().sorted().toList(), removed.stream().sorted().toList());
    } else {
      assertEquals(order().of(inserted), removed, "as they came out, " + order());
    }
  }

  /** Takes some elements and no more. */
  private static final class Picky extends AbstractList<Long> {
    private final List<Long> elements = new ArrayList<>();
    private final int limit;

    Picky(int limit) {
      this.limit = limit;
    }

    @Override
    public boolean add(Long element) {
      if (elements.size() == limit) {
        throw new IllegalStateException("no more than " + limit);
      }
      return elements.add(element);
    }

    @Override
    public Long get(int index) {
      return elements.get(index);
    }

    @Override
    public int size() {
      return elements.size();
    }
  }
}
