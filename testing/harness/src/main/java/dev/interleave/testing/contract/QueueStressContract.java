// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

/** Many at once, in all forms: nothing is lost, doubled, out of order, or too much. */
abstract class QueueStressContract extends QueueWakeUpContract {
  private static final int RACERS = 4;
  private static final long LAST = -1;
  private static final int STAYING = 5;

  /** Every element comes out once, in the order of its producer, with all written before it. */
  @ContractTest
  public void nothingIsLostOrDoubled(Actors actors) throws InterruptedException {
    BlockingQueue<Long> queue = queue();
    Ledger ledger = Traffic.run(queue, Traffic.Crew.of(actors), stressTime(), false);
    ledger.assertNothingLost(Traffic.left(queue));
    if (order() == QueueOrder.FIFO) {
      ledger.assertInOrderOfEachProducer();
    }
  }

  /** So it is with timeouts and interrupts in all places: what was not accepted never comes out. */
  @ContractTest
  public void timeoutsAndInterruptsLoseNothing(Actors actors) throws InterruptedException {
    BlockingQueue<Long> queue = queue();
    Ledger ledger = Traffic.run(queue, Traffic.Crew.of(actors), stressTime(), true);
    ledger.assertNothingLost(Traffic.left(queue));
    if (order() == QueueOrder.FIFO) {
      ledger.assertInOrderOfEachProducer();
    }
  }

  /** At no time is more inside than there is room for. */
  @ContractTest
  public void boundIsNeverPassed(Actors actors) throws InterruptedException {
    assumeBounded();
    int capacity = Math.max(2, smallestCapacity());
    BlockingQueue<Long> queue = create(capacity);
    AtomicLong removals = new AtomicLong(); // counted before they begin
    AtomicLong insertions = new AtomicLong(); // counted when they are done
    actors.race(
        actors.actors(RACERS, "racer"),
        stressTime(),
        (racer, round) -> {
          // More insertions than removals, so that it is full most of the time.
          if (racer == 0) {
            removals.incrementAndGet();
            if (queue.poll() == null) {
              removals.decrementAndGet();
            }
          } else if (queue.offer((long) racer << 32 | round)) {
            insertions.incrementAndGet();
          }
          long inside = insertions.get() - removals.get();
          assertTrue(inside <= capacity, () -> "at least " + inside + " inside of " + capacity);
          int size = queue.size();
          assertTrue(size >= 0 && size <= capacity, () -> "size() " + size + " of " + capacity);
          int room = queue.remainingCapacity();
          assertTrue(room >= 0 && room <= capacity, () -> "room for " + room + " of " + capacity);
        });
    assertEquals(insertions.get() - removals.get(), queue.size(), "size() in the end");
  }

  /** An element that several want to remove goes to one of them. */
  @ContractTest
  public void everyElementIsRemovedOnce(Actors actors) throws InterruptedException {
    assumeRemovesInside();
    BlockingQueue<Long> queue = create(Math.max(16, smallestCapacity()));
    AtomicLong inserted = new AtomicLong();
    AtomicLong removed = new AtomicLong();
    List<Actor> racers = actors.actors(RACERS, "racer");
    actors.race(
        racers,
        stressTime(),
        (racer, round) -> {
          long element = round % 8;
          if (queue.offer(element)) {
            inserted.incrementAndGet();
          }
          boolean gone =
              switch ((racer + round / 8) % 3) {
                case 0 -> queue.remove(element);
                case 1 -> queue.poll() != null;
                default -> queue.drainTo(new ArrayList<>(), 1) == 1;
              };
          if (gone) {
            removed.incrementAndGet();
          }
        });
    alone(
        actors,
        () -> {
          List<Long> left = Traffic.left(queue);
          assertEquals(inserted.get(), removed.get() + left.size(), "removed, or left inside");
        });
  }

  /** While others come and go, an iterator shows once what stays, and nothing twice. */
  @ContractTest
  public void iteratorsShowWhatStays(Actors actors) throws InterruptedException {
    assumeRemovesInside();
    BlockingQueue<Long> queue = create(STAYING + RACERS + smallestCapacity());
    List<Long> staying = LongStream.range(0, STAYING).boxed().toList();
    alone(actors, () -> queue.addAll(staying));
    actors.race(
        actors.actors(RACERS, "racer"),
        stressTime(),
        (racer, round) -> {
          if (racer % 2 == 0) {
            Long mine = (racer + 1L) << 32 | round;
            queue.put(mine);
            assertTrue(queue.contains(mine), "contains what was inserted");
            assertTrue(queue.remove(mine), "remove what was inserted");
            return;
          }
          List<Long> seen = new ArrayList<>();
          for (Long element : queue) {
            seen.add(element);
          }
          assertEquals(seen.size(), new HashSet<>(seen).size(), () -> "twice in " + seen);
          assertTrue(seen.containsAll(staying), () -> staying + " stay, but seen " + seen);
        });
    alone(actors, () -> assertHolds(queue, staying));
  }

  /** Two hand an element to and fro: whoever waits for it is woken, every time. */
  @ContractTest
  public void handOverNeverStalls(Actors actors) throws InterruptedException {
    BlockingQueue<Long> there = smallQueue();
    BlockingQueue<Long> back = smallQueue();
    Actor near = actors.actor("near");
    Actor far = actors.actor("far");
    Step<?> echo =
        far.start(() -> {
          long element;
          do {
            element = there.take();
            back.put(element);
          } while (element != LAST);
        });
    long limit = Waiting.nanos(stressTime());
    near.run(() -> {
      long start = System.nanoTime();
      for (long i = 0; System.nanoTime() - start < limit; i++) {
        there.put(i);
        assertEquals(i, back.take());
      }
      there.put(LAST);
      assertEquals(LAST, back.take());
    });
    echo.result();
  }

  /** Several on each side of one place: each put is followed by a take, and no one is forgotten. */
  @ContractTest
  public void crowdOnBothSidesNeverStalls(Actors actors) throws InterruptedException {
    BlockingQueue<Long> queue = smallQueue();
    List<Actor> producers = actors.actors(RACERS, "producer");
    List<Actor> consumers = actors.actors(RACERS, "consumer");
    List<Step<Long>> taking =
        consumers.stream()
            .map(consumer ->
                consumer.startCall(() -> {
                  long taken = 0;
                  while (queue.take() != LAST) {
                    taken++;
                  }
                  return taken;
                }))
            .toList();
    AtomicLong put = new AtomicLong();
    actors.race(
        producers,
        stressTime(),
        (racer, round) -> {
          queue.put((long) round);
          put.incrementAndGet();
        });
    alone(
        actors,
        () -> {
          // Not before all others are out: the order is another one in other queues.
          Waiting.until(queue::isEmpty, patience(), () -> "no one takes what is left: " + queue);
          for (int i = 0; i < RACERS; i++) {
            queue.put(LAST);
          }
        });
    long taken = 0;
    for (Step<Long> step : taking) {
      taken += step.result();
    }
    assertEquals(put.get(), taken, "taken");
  }
}
