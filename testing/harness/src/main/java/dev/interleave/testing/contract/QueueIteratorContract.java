// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.BlockingQueue;

/** What an iterator sees of a queue that changes meanwhile, and what it does to it. */
abstract class QueueIteratorContract extends QueueBulkContract {
  private static final int ELEMENTS = 6;

  /** An iterator shows each element once, and then no more. */
  @ContractTest
  public void iteratorShowsEachOnce(Actors actors) throws InterruptedException {
    alone(
        actors,
        () -> {
          BlockingQueue<Long> queue = queueFrom(1, ELEMENTS);
          for (int round = 0; round < 2; round++) { // an iterator changes nothing
            List<Long> seen = new ArrayList<>();
            Iterator<Long> iterator = queue.iterator();
            while (iterator.hasNext()) {
              assertTrue(iterator.hasNext(), "hasNext() once more");
              seen.add(iterator.next());
              assertTrue(seen.size() <= ELEMENTS, () -> "too many: " + seen);
            }
            assertThrows(NoSuchElementException.class, iterator::next);
            assertEquals(List.of(1L, 2L, 3L, 4L, 5L, 6L), seen.stream().sorted().toList());
          }
        });
  }

  /** An iterator removes what it showed last, once. */
  @ContractTest
  public void iteratorRemovesWhatItShowedLast(Actors actors) throws InterruptedException {
    assumeRemovesInside();
    alone(
        actors,
        () -> {
          for (int place = 1; place <= ELEMENTS; place++) {
            BlockingQueue<Long> queue = queueFrom(1, ELEMENTS);
            Iterator<Long> iterator = queue.iterator();
            assertThrows(IllegalStateException.class, iterator::remove, "before the first");
            Set<Long> left = new HashSet<>(queue);
            Long last = -1L;
            for (int i = 0; i < place; i++) {
              last = iterator.next();
            }
            iterator.remove();
            left.remove(last);
            assertThrows(IllegalStateException.class, iterator::remove, "once more");
            for (int i = place; i < ELEMENTS; i++) {
              assertTrue(left.contains(iterator.next()), "after the removal");
            }
            assertFalse(iterator.hasNext(), "hasNext() after the last");
            assertHolds(queue, List.copyOf(left));
          }
          BlockingQueue<Long> queue = queueFrom(1, ELEMENTS);
          Iterator<Long> all = queue.iterator();
          for (int i = 0; i < ELEMENTS; i++) {
            all.next();
            all.remove();
          }
          assertFalse(all.hasNext(), "hasNext() after the last");
          assertHolds(queue);
        });
  }

  /** What an iterator is to remove may be gone already: then it removes nothing. */
  @ContractTest
  public void iteratorDoesNotRemoveWhatIsGone(Actors actors) throws InterruptedException {
    assumeRemovesInside();
    alone(
        actors,
        () -> {
          BlockingQueue<Long> queue = queueFrom(1, ELEMENTS);
          Iterator<Long> iterator = queue.iterator();
          Long shown = iterator.next();
          assertTrue(queue.remove(shown), "remove");
          iterator.remove();
          Set<Long> left = new HashSet<>(List.of(1L, 2L, 3L, 4L, 5L, 6L));
          left.remove(shown);
          assertHolds(queue, List.copyOf(left));
        });
  }

  /**
   * An iterator never throws because the queue has changed. It shows once what was there all the
   * time, at most once what came or went, and nothing else; what hasNext() promised, next() keeps.
   */
  @ContractTest
  public void iteratorSurvivesEveryChange(Actors actors) throws InterruptedException {
    alone(
        actors,
        () -> {
          for (Change change : Change.values()) {
            if (change.interior && !removesInside()) {
              continue;
            }
            for (int shown = 0; shown <= ELEMENTS; shown++) {
              for (int asked = 0; asked < 2; asked++) {
                assertWeaklyConsistent(change, shown, asked > 0);
              }
            }
          }
        });
  }

  private void assertWeaklyConsistent(Change change, int before, boolean ask) throws Exception {
    String what = change + " after " + before + (ask ? " and hasNext()" : "");
    BlockingQueue<Long> queue = queueFrom(1, ELEMENTS);
    Set<Long> ever = new HashSet<>(queue);
    Iterator<Long> iterator = queue.iterator();
    List<Long> seen = new ArrayList<>();
    for (int i = 0; i < before; i++) {
      seen.add(iterator.next());
    }
    boolean promised = ask && iterator.hasNext();
    change.in(queue);
    Set<Long> stayed = new HashSet<>(queue);
    ever.addAll(queue);
    stayed.removeIf(element -> element > ELEMENTS);
    if (promised) {
      seen.add(iterator.next());
    }
    while (iterator.hasNext()) {
      seen.add(iterator.next());
      assertTrue(seen.size() <= 2 * ELEMENTS, () -> what + ": no end after " + seen);
    }
    assertEquals(new HashSet<>(seen).size(), seen.size(), () -> what + ": twice in " + seen);
    assertTrue(ever.containsAll(seen), () -> what + ": never inside, of " + seen);
    assertTrue(seen.containsAll(stayed), () -> what + ": " + stayed + " stayed, seen " + seen);
    assertFalse(iterator.hasNext(), what + ": the end does not last");
  }

  /** Something that happens to a queue of the numbers from 1 to {@link #ELEMENTS}. */
  private enum Change {
    INSERT(false) {
      @Override
      void in(BlockingQueue<Long> queue) {
        queue.addAll(List.of(7L, 8L));
      }
    },
    TAKE_ONE(false) {
      @Override
      void in(BlockingQueue<Long> queue) throws InterruptedException {
        queue.take();
      }
    },
    TAKE_MANY_AND_INSERT(false) {
      @Override
      void in(BlockingQueue<Long> queue) {
        queue.drainTo(new ArrayList<>(), ELEMENTS - 1);
        queue.addAll(List.of(7L, 8L, 9L));
      }
    },
    CLEAR(false) {
      @Override
      void in(BlockingQueue<Long> queue) {
        queue.clear();
      }
    },
    REPLACE_ALL_SEVERAL_TIMES(false) {
      @Override
      void in(BlockingQueue<Long> queue) {
        for (long element = 7; element < 7 + 5 * ELEMENTS; element++) {
          queue.poll();
          queue.add(element);
        }
      }
    },
    REMOVE_INSIDE(true) {
      @Override
      void in(BlockingQueue<Long> queue) {
        queue.remove(3L);
        queue.remove(4L);
      }
    },
    REMOVE_LAST(true) {
      @Override
      void in(BlockingQueue<Long> queue) {
        queue.remove(6L);
      }
    },
    REMOVE_BY_ANOTHER_ITERATOR(true) {
      @Override
      void in(BlockingQueue<Long> queue) {
        Iterator<Long> iterator = queue.iterator();
        for (int i = 0; i < 3; i++) {
          iterator.next();
        }
        iterator.remove();
      }
    },
    REMOVE_IF(true) {
      @Override
      void in(BlockingQueue<Long> queue) {
        queue.removeIf(element -> element % 2 == 0);
      }
    };

    private final boolean interior;

    Change(boolean interior) {
      this.interior = interior;
    }

    abstract void in(BlockingQueue<Long> queue) throws InterruptedException;
  }
}
