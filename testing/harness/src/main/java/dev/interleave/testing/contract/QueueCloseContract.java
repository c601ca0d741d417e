// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a queue that can be closed: nothing goes in any more, what is inside comes out,
 * and then those who would wait for more are told.
 */
abstract class QueueCloseContract extends QueueStressContract {
  private static final long SEED = 33;
  private static final long LONGEST_PAUSE_NANOS = 2_000_000;

  /**
   * Tells whether the queue can be closed. It then is an {@link AutoCloseable} whose {@code
   * close()} throws nothing, and after it
   *
   * <ul>
   *   <li>{@code put}, {@code offer} in both forms, {@code add} and {@code addAll} throw the {@link
   *       #closedException()};
   *   <li>{@code take} and the timed {@code poll} return what is left, and throw it when nothing
   *       is;
   *   <li>{@code poll}, {@code drainTo} and all else find what is left, and then nothing;
   *   <li>those who waited have been woken, to the same outcome.
   * </ul>
   *
   * @return false unless overridden
   */
  protected boolean closeable() {
    return false;
  }

  /**
   * Returns what those get who use the queue after it has been closed.
   *
   * @return {@link IllegalStateException} unless overridden
   */
  protected Class<? extends RuntimeException> closedException() {
    return IllegalStateException.class;
  }

  /** After close() nothing goes in by any form, empty or full, and what is inside stays. */
  @ContractTest
  public void closedQueueTakesNoMore(Actors actors) throws InterruptedException {
    assumeCloseable();
    alone(
        actors,
        () -> {
          for (BlockingQueue<Long> queue : List.of(queue(), full(smallestCapacity()))) {
            List<Long> before = new ArrayList<>(queue);
            close(queue);
            for (Insertion in : Insertion.ALL) {
              assertThrows(closedException(), () -> in.into(queue, 7), in::toString);
            }
            assertThrows(closedException(), () -> queue.offer(7L, 0, TimeUnit.SECONDS));
            assertThrows(closedException(), () -> queue.addAll(List.of(7L)));
            assertEquals(before.size(), queue.size(), "size()");
            assertEquals(before, new ArrayList<>(queue), "inside");
            assertHolds(queue, before);
          }
        });
  }

  /** After close() each form of removal finds what is left; then one that would wait throws. */
  @ContractTest
  public void closedQueueIsDrained(Actors actors) throws InterruptedException {
    assumeCloseable();
    alone(
        actors,
        () -> {
          for (Removal out : Removal.ALL) {
            BlockingQueue<Long> queue = queueFrom(1, 2);
            close(queue);
            long sum = 0;
            for (int i = 0; i < 2; i++) {
              Long element = out.from(queue);
              sum += element == null ? 0 : element;
            }
            assertEquals(3, sum, () -> out + " of what was left");
            for (int i = 0; i < 2; i++) { // it stays like that
              assertThrows(closedException(), queue::take);
              assertThrows(closedException(), () -> queue.poll(1, TimeUnit.DAYS));
              assertNull(queue.poll(), "poll() of a closed queue");
              assertNull(queue.peek(), "peek() of a closed queue");
              assertEquals(0, queue.drainTo(new ArrayList<>()), "drainTo of a closed queue");
            }
          }
          BlockingQueue<Long> queue = queueFrom(1, 3);
          close(queue);
          List<Long> drained = new ArrayList<>();
          assertEquals(2, queue.drainTo(drained, 2), "drainTo of a closed queue, limit 2");
          assertEquals(1, queue.drainTo(drained), "drainTo of a closed queue");
          assertEquals(3, drained.size(), "drained");
          assertThrows(closedException(), queue::take);
        });
  }

  /** close() wakes all who wait for an element. */
  @ContractTest
  public void closeWakesConsumers(Actors actors) throws InterruptedException {
    assumeCloseable();
    BlockingQueue<Long> queue = queue();
    List<Step<@Nullable Long>> waiting = new ArrayList<>();
    for (Actor consumer : actors.actors(4, "consumer")) {
      Removal out = Removal.WAITING.get(waiting.size() % Removal.WAITING.size());
      waiting.add(consumer.startCall(() -> out.from(queue)));
    }
    for (Step<?> step : waiting) {
      step.awaitBlocked();
    }
    actors.actor("closer").run(() -> close(queue));
    for (Step<?> step : waiting) {
      step.failure(closedException());
    }
  }

  /** close() wakes all who wait for room, and what they had is not inside. */
  @ContractTest
  public void closeWakesProducers(Actors actors) throws InterruptedException {
    assumeCloseable();
    assumeBounded();
    BlockingQueue<Long> queue = full(smallestCapacity());
    List<Long> before = new ArrayList<>(queue);
    List<Step<Boolean>> waiting = new ArrayList<>();
    for (Actor producer : actors.actors(4, "producer")) {
      Insertion in = Insertion.WAITING.get(waiting.size() % Insertion.WAITING.size());
      waiting.add(producer.startCall(() -> in.into(queue, 7)));
    }
    for (Step<?> step : waiting) {
      step.awaitBlocked();
    }
    Actor closer = actors.actor("closer");
    closer.run(() -> close(queue));
    for (Step<?> step : waiting) {
      step.failure(closedException());
    }
    closer.run(() -> assertHolds(queue, before));
  }

  /** close() may be called again, and by many at once. */
  @ContractTest
  public void closeIsIdempotent(Actors actors) throws InterruptedException {
    assumeCloseable();
    BlockingQueue<Long> queue = queueFrom(1, 2);
    List<Step<@Nullable Void>> closing =
        actors.actors(4, "closer").stream()
            .map(closer -> closer.start(() -> close(queue)))
            .toList();
    for (Step<?> step : closing) {
      step.result();
    }
    alone(
        actors,
        () -> {
          close(queue);
          assertHolds(queue, 1L, 2L);
          close(queue);
          assertThrows(closedException(), queue::take);
        });
  }

  /** close() needs no wait, not even in a thread that is interrupted, whose status it leaves. */
  @ContractTest
  public void closeLeavesTheInterruptAlone(Actors actors) throws InterruptedException {
    assumeCloseable();
    BlockingQueue<Long> queue = queueFrom(1, 2);
    Actor closer = actors.actor("closer");
    Step<?> closing =
        closer.start(() -> {
          Thread.currentThread().interrupt();
          close(queue);
        });
    closing.result();
    assertTrue(closing.endedInterrupted(), "close() cleared the interrupt status");
    closer.run(() -> assertThrows(closedException(), () -> queue.put(7L)));
  }

  /** Closed in full traffic: what was accepted comes out, what was refused does not. */
  @ContractTest
  public void closeInFullTrafficLosesNothing(Actors actors) throws InterruptedException {
    assumeCloseable();
    Traffic.Crew crew = Traffic.Crew.of(actors);
    SplittableRandom random = new SplittableRandom(SEED);
    long start = System.nanoTime();
    do {
      BlockingQueue<Long> queue = queue();
      long pause = random.nextLong(LONGEST_PAUSE_NANOS);
      Ledger ledger =
          Traffic.runUntilClosed(
              queue,
              crew,
              closedException(),
              () -> {
                LockSupport.parkNanos(pause); // another moment each time
                close(queue);
              });
      ledger.assertNothingLost(Traffic.left(queue));
    } while (System.nanoTime() - start < Waiting.nanos(stressTime()));
  }

  private void assumeCloseable() {
    assumeTrue(closeable(), "not to be closed");
  }

  private static void close(BlockingQueue<Long> queue) throws Exception {
    if (!(queue instanceof AutoCloseable closeable)) {
      throw new AssertionError("said to be closeable, but no AutoCloseable: " + queue.getClass());
    }
    closeable.close();
  }
}
