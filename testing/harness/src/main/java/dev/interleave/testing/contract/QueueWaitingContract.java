// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Who waits for room or for an element, until it comes, for how long, and how it is called off. */
abstract class QueueWaitingContract extends QueueIteratorContract {
  private static final long MICROS = 20_000;

  /** Each form that waits on an empty queue does wait, and gets what comes by any form. */
  @ContractTest
  public void waitingConsumerGetsWhatComes(Actors actors) throws InterruptedException {
    Actor consumer = actors.actor("consumer");
    Actor producer = actors.actor("producer");
    for (Removal out : Removal.WAITING) {
      for (Insertion in : Insertion.ALL) {
        BlockingQueue<Long> queue = smallQueue();
        Step<@Nullable Long> waiting = consumer.startCall(() -> out.from(queue));
        waiting.awaitBlocked();
        assertTrue(producer.ask(() -> in.into(queue, 7)), () -> in + ", one waits in " + out);
        assertEquals(7, waiting.result(), () -> out + " after " + in);
        producer.run(() -> assertHolds(queue));
      }
    }
  }

  /** Each form that waits at a full queue does wait, and gets in when room comes by any form. */
  @ContractTest
  public void waitingProducerGetsInWhenRoomComes(Actors actors) throws InterruptedException {
    assumeBounded();
    Actor consumer = actors.actor("consumer");
    Actor producer = actors.actor("producer");
    for (Insertion in : Insertion.WAITING) {
      for (Freeing way : Freeing.plain(removesInside())) {
        BlockingQueue<Long> queue = full(smallestCapacity());
        Step<Boolean> waiting = producer.startCall(() -> in.into(queue, 7));
        waiting.awaitBlocked();
        assertEquals(smallestCapacity(), queue.size(), "size() of a full queue, one waits");
        consumer.run(() -> way.in(queue));
        assertTrue(waiting.result(), () -> in + " after " + way);
        List<Long> inside = new ArrayList<>();
        consumer.run(() -> queue.drainTo(inside));
        assertTrue(inside.remove(7L), () -> in + " after " + way + ", but inside is " + inside);
        assertTrue(inside.stream().allMatch(element -> element < 0), inside::toString);
      }
    }
  }

  /** The timed poll of an empty queue returns null, not before its time, and takes nothing. */
  @ContractTest
  public void timedPollGivesUpAfterItsTime(Actors actors) throws InterruptedException {
    BlockingQueue<Long> queue = queue();
    long waited =
        actors
            .actor("consumer")
            .call(() -> {
              long start = System.nanoTime();
              assertNull(queue.poll(MICROS, TimeUnit.MICROSECONDS), "poll of an empty queue");
              return System.nanoTime() - start;
            });
    assertNotBefore(waited);
    alone(
        actors,
        () -> {
          queue.put(7L);
          assertHolds(queue, 7L);
        });
  }

  /** The timed offer to a full queue returns false, not before its time, and leaves nothing. */
  @ContractTest
  public void timedOfferGivesUpAfterItsTime(Actors actors) throws InterruptedException {
    assumeBounded();
    BlockingQueue<Long> queue = full(smallestCapacity());
    List<Long> before = new ArrayList<>(queue);
    long waited =
        actors
            .actor("producer")
            .call(() -> {
              long start = System.nanoTime();
              assertFalse(queue.offer(7L, MICROS, TimeUnit.MICROSECONDS), "offer to a full queue");
              return System.nanoTime() - start;
            });
    assertNotBefore(waited);
    alone(actors, () -> assertHolds(queue, before));
  }

  /** With no time left, the timed forms do what can be done at once, and do not wait. */
  @ContractTest
  public void zeroOrNegativeTimeDoesNotWait(Actors actors) throws InterruptedException {
    alone(
        actors,
        () -> {
          for (long time : new long[] {0, -1, Long.MIN_VALUE}) {
            for (TimeUnit unit : List.of(TimeUnit.NANOSECONDS, TimeUnit.DAYS)) {
              String what = time + " " + unit;
              BlockingQueue<Long> queue = smallQueue();
              assertNull(queue.poll(time, unit), () -> "poll of an empty queue, " + what);
              assertTrue(queue.offer(7L, time, unit), () -> "offer to an empty queue, " + what);
              assertEquals(7, queue.poll(time, unit), () -> "poll, " + what);
              if (bounded()) {
                BlockingQueue<Long> full = full(smallestCapacity());
                List<Long> before = new ArrayList<>(full);
                assertFalse(full.offer(7L, time, unit), () -> "offer to a full queue, " + what);
                assertHolds(full, before);
              }
            }
          }
        });
  }

  /** The longest time that can be asked for does not overflow. */
  @ContractTest
  public void longestTimeDoesNotOverflow(Actors actors) throws InterruptedException {
    Actor waiter = actors.actor("waiter");
    Actor other = actors.actor("other");
    for (TimeUnit unit : List.of(TimeUnit.NANOSECONDS, TimeUnit.DAYS)) {
      BlockingQueue<Long> empty = smallQueue();
      Step<@Nullable Long> polling = waiter.startCall(() -> empty.poll(Long.MAX_VALUE, unit));
      polling.awaitBlocked();
      other.run(() -> empty.put(7L));
      assertEquals(7, polling.result(), () -> "poll(Long.MAX_VALUE, " + unit + ")");
      if (bounded()) {
        BlockingQueue<Long> full = full(smallestCapacity());
        Step<Boolean> offering = waiter.startCall(() -> full.offer(7L, Long.MAX_VALUE, unit));
        offering.awaitBlocked();
        other.run(full::take);
        assertTrue(offering.result(), () -> "offer(Long.MAX_VALUE, " + unit + ")");
      }
    }
  }

  /** The timed forms refuse null for the unit, and do nothing then. */
  @ContractTest
  @SuppressWarnings("NullAway") // that is the test
  public void nullUnitIsRefused(Actors actors) throws InterruptedException {
    Actor actor = actors.actor("actor");
    BlockingQueue<Long> queue = queueFrom(1, 2);
    actor.start(() -> queue.poll(1, null)).failure(NullPointerException.class);
    actor.run(() -> assertHolds(queue, 1L, 2L));
    actor.start(() -> queue.poll(1, null)).failure(NullPointerException.class);
    if (bounded()) {
      actor.start(() -> queue.offer(7L, 1, null)).failure(NullPointerException.class);
      actor.run(() -> assertHolds(queue));
    }
  }

  /** Who is interrupted already and would have to wait does not, and leaves no trace. */
  @ContractTest
  public void interruptBeforeTheWaitThrowsAndIsCleared(Actors actors) throws InterruptedException {
    Actor waiter = actors.actor("waiter");
    Actor other = actors.actor("other");
    for (Removal out : Removal.WAITING) {
      BlockingQueue<Long> queue = smallQueue();
      assertInterrupted(waiter.startCall(() -> interrupted(() -> out.from(queue))));
      other.run(() -> queue.put(7L));
      other.run(() -> assertHolds(queue, 7L));
    }
    if (bounded()) {
      for (Insertion in : Insertion.WAITING) {
        BlockingQueue<Long> queue = full(smallestCapacity());
        List<Long> before = new ArrayList<>(queue);
        assertInterrupted(waiter.startCall(() -> interrupted(() -> in.into(queue, 7))));
        other.run(() -> assertHolds(queue, before));
      }
    }
  }

  /** Who is interrupted already gets neither element nor room, even if there is some. */
  @ContractTest
  public void interruptBeforeEntryThrowsAndIsCleared(Actors actors) throws InterruptedException {
    assumeTrue(interruptibleWithoutWaiting(), "only who waits need heed an interrupt");
    Actor waiter = actors.actor("waiter");
    Actor other = actors.actor("other");
    for (Removal out : Removal.WAITING) {
      BlockingQueue<Long> queue = queueOf(7);
      assertInterrupted(waiter.startCall(() -> interrupted(() -> out.from(queue))));
      other.run(() -> assertHolds(queue, 7L));
    }
    if (bounded()) {
      for (Insertion in : Insertion.WAITING) {
        BlockingQueue<Long> queue = smallQueue();
        assertInterrupted(waiter.startCall(() -> interrupted(() -> in.into(queue, 7))));
        other.run(() -> assertHolds(queue));
      }
    }
  }

  /** A consumer that is interrupted while it waits leaves empty-handed, its status cleared. */
  @ContractTest
  public void interruptOfAWaitingConsumerThrowsAndIsCleared(Actors actors)
      throws InterruptedException {
    Actor waiter = actors.actor("waiter");
    Actor other = actors.actor("other");
    for (Removal out : Removal.WAITING) {
      BlockingQueue<Long> queue = smallQueue();
      Step<@Nullable Long> waiting = waiter.startCall(() -> out.from(queue));
      waiting.awaitBlocked();
      waiter.interrupt();
      assertInterrupted(waiting);
      other.run(() -> queue.put(7L));
      other.run(() -> assertHolds(queue, 7L));
    }
  }

  /** A producer that is interrupted while it waits has inserted nothing, its status cleared. */
  @ContractTest
  public void interruptOfAWaitingProducerThrowsAndIsCleared(Actors actors)
      throws InterruptedException {
    assumeBounded();
    Actor waiter = actors.actor("waiter");
    Actor other = actors.actor("other");
    for (Insertion in : Insertion.WAITING) {
      BlockingQueue<Long> queue = full(smallestCapacity());
      List<Long> before = new ArrayList<>(queue);
      Step<Boolean> waiting = waiter.startCall(() -> in.into(queue, 7));
      waiting.awaitBlocked();
      waiter.interrupt();
      assertInterrupted(waiting);
      other.run(() -> assertHolds(queue, before));
    }
  }

  /** What does not wait pays no heed to an interrupt, and leaves the status as it is. */
  @ContractTest
  public void whatDoesNotWaitLeavesTheInterruptAlone(Actors actors) throws InterruptedException {
    Actor actor = actors.actor("actor");
    BlockingQueue<Long> queue = create(smallestCapacity() + 3);
    assertUnheeded(actor, "offer", () -> assertTrue(queue.offer(1L)));
    assertUnheeded(actor, "add", () -> assertTrue(queue.add(2L)));
    assertUnheeded(actor, "addAll", () -> assertTrue(queue.addAll(List.of(3L))));
    assertUnheeded(actor, "size", () -> assertEquals(3, queue.size()));
    assertUnheeded(actor, "remainingCapacity", queue::remainingCapacity);
    assertUnheeded(actor, "peek", queue::peek);
    assertUnheeded(actor, "contains", () -> assertTrue(queue.contains(3L)));
    assertUnheeded(actor, "toArray", () -> assertEquals(3, queue.toArray().length));
    assertUnheeded(actor, "iterator", () -> queue.iterator().next());
    assertUnheeded(actor, "poll", queue::poll);
    assertUnheeded(actor, "remove", queue::remove);
    assertUnheeded(actor, "drainTo", () -> assertEquals(1, queue.drainTo(new ArrayList<>())));
    assertUnheeded(actor, "poll of an empty queue", () -> assertNull(queue.poll()));
    assertUnheeded(actor, "clear", queue::clear);
    if (bounded()) {
      BlockingQueue<Long> full = full(smallestCapacity());
      assertUnheeded(actor, "offer to a full queue", () -> assertFalse(full.offer(1L)));
    }
  }

  private static void assertUnheeded(Actor actor, String what, Task task)
      throws InterruptedException {
    Step<?> step =
        actor.start(() -> {
          Thread.currentThread().interrupt();
          task.run();
        });
    step.result();
    assertTrue(step.endedInterrupted(), () -> what + " cleared the interrupt status");
  }

  private static <T extends @Nullable Object> T interrupted(Callable<T> action) throws Exception {
    Thread.currentThread().interrupt();
    return action.call();
  }

  private static void assertNotBefore(long waitedNanos) {
    assertTrue(
        waitedNanos >= TimeUnit.MICROSECONDS.toNanos(MICROS),
        () -> "gave up after " + waitedNanos + " ns");
  }
}
