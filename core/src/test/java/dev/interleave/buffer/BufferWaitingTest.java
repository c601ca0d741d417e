// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.buffer.BoundedBuffer.Overflow;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import dev.interleave.testing.contract.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Waits at a buffer: how each of them ends, who sees them, and who comes first. */
class BufferWaitingTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(20);

  private static Stream<Arguments> kinds() {
    return Stream.of(BufferKind.values())
        .flatMap(
            kind -> Stream.of(ThreadKind.values()).map(threads -> Arguments.of(kind, threads)));
  }

  /** Each call that waits for an item, with the outcome in words. */
  private enum Taking {
    TAKE {
      @Override
      Object of(BoundedBuffer<Integer> buffer, Deadline deadline) throws InterruptedException {
        return buffer.take();
      }
    },
    POLL {
      @Override
      @Nullable Object of(BoundedBuffer<Integer> buffer, Deadline deadline)
          throws InterruptedException {
        return buffer.poll(deadline);
      }
    },
    BATCH {
      @Override
      Object of(BoundedBuffer<Integer> buffer, Deadline deadline) throws InterruptedException {
        return buffer.takeBatch(9, deadline);
      }
    },
    LEASE {
      @Override
      @Nullable Object of(BoundedBuffer<Integer> buffer, Deadline deadline)
          throws InterruptedException {
        return buffer.lease(deadline);
      }
    };

    abstract @Nullable Object of(BoundedBuffer<Integer> buffer, Deadline deadline)
        throws InterruptedException;
  }

  // ------------------------------------------------------------------ time, interrupt, close

  @ParameterizedTest
  @MethodSource("kinds")
  void whoWaitsForAnItemIsInterruptedAndTakesNothing(BufferKind kind, ThreadKind threads)
      throws Exception {
    try (Actors actors = new Actors(threads, PATIENCE)) {
      for (Taking taking : Taking.values()) {
        BoundedBuffer<Integer> buffer = kind.create(1);
        Actor consumer = actors.actor("consumer " + taking);
        Step<?> waiting = consumer.startCall(() -> taking.of(buffer, Deadline.none()));
        waiting.awaitBlocked();
        consumer.interrupt();
        waiting.failure(InterruptedException.class);
        assertThat(waiting.endedInterrupted()).isFalse();
        buffer.add(1);
        assertThat(buffer.poll()).as("nobody waits for it any more").isEqualTo(1);
        assertThat(buffer.stats().consumerWaits().interrupted()).isEqualTo(1);
        assertThat(buffer.stats().leased()).isZero();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void whoWaitsForRoomIsInterruptedAndPutsNothing(BufferKind kind, ThreadKind threads)
      throws Exception {
    try (Actors actors = new Actors(threads, PATIENCE)) {
      BoundedBuffer<Integer> buffer = kind.create(1);
      buffer.add(1);
      Actor producer = actors.actor("producer");
      Step<?> waiting = producer.start(() -> buffer.put(2));
      waiting.awaitBlocked();
      producer.interrupt();
      waiting.failure(InterruptedException.class);
      assertThat(buffer).containsExactly(1);
      buffer.take();
      assertThat(buffer).as("nobody waits for room any more").isEmpty();
      assertThat(buffer.stats().producerWaits().interrupted()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void timedCallsGiveUpInTime(BufferKind kind, ThreadKind threads) throws Exception {
    try (Actors actors = new Actors(threads, PATIENCE)) {
      BoundedBuffer<Integer> buffer = kind.create(1);
      LongSupplier takers = () -> buffer.stats().consumerWaits().timedOut();
      LongSupplier givers = () -> buffer.stats().producerWaits().timedOut();
      actors
          .actor("user")
          .run(() -> {
            long start = System.nanoTime();
            await(takers, time -> buffer.poll(Deadline.after(time)) == null);
            await(takers, time -> buffer.poll(time.toNanos(), TimeUnit.NANOSECONDS) == null);
            await(takers, time -> buffer.takeBatch(3, Deadline.after(time)).isEmpty());
            await(takers, time -> buffer.lease(Deadline.after(time)) == null);
            buffer.put(1);
            int offers =
                await(givers, time -> !buffer.offer(2, Deadline.after(time)))
                    + await(givers, time -> !buffer.offer(2, time.toNanos(), TimeUnit.NANOSECONDS));
            assertThat(buffer.awaitIdle(Deadline.after(SHORT))).isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(7 * SHORT.toNanos());
            assertThat(buffer.stats().rejected()).isEqualTo(offers);
          });
      assertThat(buffer.stats().consumerWaits().timedOut()).isEqualTo(4);
      assertThat(buffer.stats().producerWaits().timedOut()).isEqualTo(2);
    }
  }

  private interface TimedCall {
    boolean givesUpAfter(Duration time) throws Exception;
  }

  /**
   * Calls until the time was enough to begin to wait: before, there is no wait to count.
   *
   * @return how many calls that took
   */
  private static int await(LongSupplier timedOut, TimedCall call) throws Exception {
    long before = timedOut.getAsLong();
    int calls = 0;
    for (Duration time = SHORT; timedOut.getAsLong() == before; time = time.multipliedBy(2)) {
      assertThat(time).as("not enough to begin to wait").isLessThan(PATIENCE);
      assertThat(call.givesUpAfter(time)).isTrue();
      calls++;
    }
    assertThat(timedOut.getAsLong()).isEqualTo(before + 1);
    return calls;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void closeTellsAllWhoWaitWhy(BufferKind kind, ThreadKind threads) throws Exception {
    Exception why = new Exception("no more");
    try (Actors actors = new Actors(threads, PATIENCE)) {
      BoundedBuffer<Integer> empty = kind.create(1);
      List<Step<?>> waiting = new ArrayList<>();
      for (Taking taking : Taking.values()) {
        waiting.add(
            actors.actor("consumer " + taking).startCall(() -> taking.of(empty, Deadline.none())));
        waiting.add(
            actors
                .actor("timed consumer " + taking)
                .startCall(() -> taking.of(empty, Deadline.after(PATIENCE))));
      }
      BoundedBuffer<Integer> full = kind.create(1);
      full.add(1);
      waiting.add(actors.actor("producer").start(() -> full.put(2)));
      waiting.add(
          actors.actor("timed producer").startCall(() -> full.offer(3, Deadline.after(PATIENCE))));
      for (Step<?> step : waiting) {
        step.awaitBlocked();
      }
      int consumers = 2 * Taking.values().length;
      Waiting.until(
          () -> empty.stats().blockedConsumers() == consumers,
          PATIENCE,
          () -> "not " + consumers + " blocked: " + empty.stats());
      Waiting.until(
          () -> full.stats().blockedProducers() == 2,
          PATIENCE,
          () -> "not 2 blocked: " + full.stats());
      empty.close(why);
      full.close(why);
      for (Step<?> step : waiting) {
        assertThat(step.failure(BufferClosedException.class)).hasCause(why);
      }
      assertThat(full).containsExactly(1);
    }
  }

  /** The first in line is woken; if it gives up at that very time, the next one is. */
  @ParameterizedTest
  @MethodSource("kinds")
  void whoeverLeavesTheLinePassesItsSignalOn(BufferKind kind, ThreadKind threads) throws Exception {
    try (Actors actors = new Actors(threads, PATIENCE)) {
      for (int round = 0; round < 100; round++) {
        BoundedBuffer<Integer> buffer = kind.create(1);
        Actor first = actors.actor("first-" + round);
        Step<@Nullable Integer> takes = first.startCall(buffer::takeOrNull);
        takes.awaitBlocked();
        Step<@Nullable Integer> next = actors.actor("next-" + round).startCall(buffer::takeOrNull);
        next.awaitBlocked();
        Step<?> put = actors.actor("producer-" + round).start(() -> buffer.put(1));
        first.interrupt(); // together with the signal, or before it, or after it
        put.result();
        takes.awaitBlockedOrDone();
        if (takes.isDone() && !next.isDone()) {
          buffer.close();
        }
        boolean interrupted = interrupted(takes);
        if (interrupted) {
          assertThat(next.result()).as("the first had gone").isEqualTo(1);
        } else {
          buffer.close();
          assertThat(next.result()).isNull();
        }
      }
    }
  }

  private static boolean interrupted(Step<@Nullable Integer> step) throws InterruptedException {
    try {
      assertThat(step.result()).isEqualTo(1);
      return false;
    } catch (AssertionError e) {
      step.failure(InterruptedException.class);
      return true;
    }
  }

  // ------------------------------------------------------------------ heavy items

  /** Light items that come later do not overtake a heavy one for ever, nor let it wait. */
  @ParameterizedTest
  @EnumSource
  void lightItemsDoNotOvertakeAHeavyOne(ThreadKind threads) throws Exception {
    BoundedBuffer<Integer> buffer =
        BoundedBuffer.<Integer>builder(100).weigher(Integer::longValue, 10).build();
    buffer.add(4);
    buffer.add(4);
    try (Actors actors = new Actors(threads, PATIENCE)) {
      Step<?> heavy = actors.actor("heavy").start(() -> buffer.put(8));
      heavy.awaitBlocked();
      Step<?> light = actors.actor("light").start(() -> buffer.put(1));
      light.awaitBlocked(); // although there is room for it
      assertThat(buffer.take()).isEqualTo(4);
      heavy.awaitBlocked();
      assertThat(buffer.take()).isEqualTo(4);
      heavy.result();
      light.result();
      assertThat(buffer).containsExactly(8, 1);
    }
  }

  /** One removal makes room for several who wait. */
  @ParameterizedTest
  @EnumSource
  void aHeavyItemThatLeavesLetsSeveralIn(ThreadKind threads) throws Exception {
    BoundedBuffer<Integer> buffer =
        BoundedBuffer.<Integer>builder(100).weigher(Integer::longValue, 10).build();
    buffer.add(10);
    try (Actors actors = new Actors(threads, PATIENCE)) {
      List<Step<?>> waiting = new ArrayList<>();
      for (Actor producer : actors.actors(4, "producer")) {
        waiting.add(producer.start(() -> buffer.put(2)));
      }
      for (Step<?> step : waiting) {
        step.awaitBlocked();
      }
      buffer.take();
      for (Step<?> step : waiting) {
        step.result();
      }
      assertThat(buffer).containsExactly(2, 2, 2, 2);
    }
  }

  /** More room by another capacity lets those in who wait, as many as there is room for. */
  @ParameterizedTest
  @EnumSource
  void resizeWakesProducers(ThreadKind threads) throws Exception {
    BoundedBuffer<Integer> buffer = BufferKind.RESIZABLE.create(1);
    buffer.add(0);
    try (Actors actors = new Actors(threads, PATIENCE)) {
      List<Step<?>> waiting = new ArrayList<>();
      for (Actor producer : actors.actors(3, "producer")) {
        waiting.add(producer.start(() -> buffer.put(1)));
      }
      for (Step<?> step : waiting) {
        step.awaitBlocked();
      }
      buffer.resize(4);
      for (Step<?> step : waiting) {
        step.result();
      }
      assertThat(buffer.remainingCapacity()).isZero();
    }
  }

  // ------------------------------------------------------------------ who sees it

  @ParameterizedTest
  @MethodSource("kinds")
  void whoWaitsIsInTheRegistry(BufferKind kind, ThreadKind threads) throws Exception {
    try (Actors actors = new Actors(threads, PATIENCE)) {
      BoundedBuffer<Integer> buffer = kind.create(1);
      Actor consumer = actors.actor("consumer");
      Step<?> taking = consumer.startCall(buffer::take);
      taking.awaitBlocked();
      Wait wait = Objects.requireNonNull(Waits.of(consumer.thread()), "registered");
      assertThat(wait.resource().name()).isEqualTo("jobs");
      assertThat(wait.resource().kind()).isEqualTo("buffer");
      assertThat(wait.wants()).isEqualTo("take");
      assertThat(wait.isTimed()).isFalse();
      buffer.put(1);
      taking.result();
      assertThat(Waits.of(consumer.thread())).isNull();

      buffer.put(2);
      Actor producer = actors.actor("producer");
      Step<?> putting = producer.startCall(() -> buffer.offer(3, Deadline.after(PATIENCE)));
      putting.awaitBlocked();
      wait = Objects.requireNonNull(Waits.of(producer.thread()), "registered");
      assertThat(wait.wants()).isEqualTo("put");
      assertThat(wait.isTimed()).isTrue();
      buffer.close();
      putting.failure(BufferClosedException.class);
      assertThat(Waits.of(producer.thread())).isNull();
    }
  }

  /** A detector that ends a wait is the cause of the interrupt. */
  @ParameterizedTest
  @MethodSource("kinds")
  void aWaitThatWasEndedSaysWhy(BufferKind kind, ThreadKind threads) throws Exception {
    try (Actors actors = new Actors(threads, PATIENCE)) {
      BoundedBuffer<Integer> buffer = kind.create(1);
      Actor consumer = actors.actor("consumer");
      Step<?> taking = consumer.startCall(buffer::take);
      taking.awaitBlocked();
      Wait wait = Waits.of(consumer.thread());
      IllegalStateException why = new IllegalStateException("chosen");
      assertThat(wait != null && wait.end(why)).isTrue();
      assertThat(taking.failure(InterruptedException.class)).hasCause(why);
      assertThat(taking.endedInterrupted()).isFalse();
    }
  }

  @Test
  void waitsAndLossesAreEvents(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("events.jfr");
    BoundedBuffer<Integer> buffer =
        BoundedBuffer.<Integer>builder(1).name("orders").overflow(Overflow.DROP_OLDEST).build();
    BoundedBuffer<Integer> other = BoundedBuffer.<Integer>builder(1).name("bills").build();
    try (Recording recording = new Recording()) {
      recording.enable("dev.interleave.BufferWait").withThreshold(Duration.ZERO);
      recording.enable("dev.interleave.BufferLoss");
      recording.start();
      assertThat(buffer.poll(Deadline.after(Duration.ofSeconds(1)))).isNull();
      buffer.put(1);
      buffer.put(2);
      other.add(1);
      assertThat(other.offer(2)).isFalse();
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    assertThat(events)
        .filteredOn(event -> event.getEventType().getName().equals("dev.interleave.BufferWait"))
        .singleElement()
        .satisfies(event -> {
          assertThat(event.getString("buffer")).isEqualTo("orders");
          assertThat(event.getString("side")).isEqualTo("consumer");
          assertThat(event.getString("outcome")).isEqualTo("timed out");
          assertThat(event.getDuration()).isPositive(); // the deadline is older than the wait
        });
    assertThat(events)
        .filteredOn(event -> event.getEventType().getName().equals("dev.interleave.BufferLoss"))
        .extracting(event -> event.getString("buffer") + " " + event.getString("kind"))
        .containsExactlyInAnyOrder("orders dropped", "bills rejected");
  }
}
