// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.interleave.Deadline;
import dev.interleave.buffer.BoundedBuffer.Order;
import dev.interleave.buffer.BoundedBuffer.Overflow;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import dev.interleave.testing.contract.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The defects of the systems in the catalogue, C01 to C06 and C12, each of which we do not have.
 */
class CatalogDefectsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Deadline NOW = Deadline.after(Duration.ZERO);

  // ------------------------------------------------------------------ C01

  /** A tie of priorities went on to compare the payloads, which cannot be compared. */
  @Test
  void c01TiesOfPrioritiesCompareNoPayloads() {
    record Job(int priority, Object payload) {}
    BoundedBuffer<Job> jobs =
        BoundedBuffer.<Job>builder(10)
            .order(Order.priority(Comparator.comparingInt(Job::priority)))
            .build();
    Object first = new Object();
    Object second = new Object();
    jobs.add(new Job(1, first));
    jobs.add(new Job(1, second));
    jobs.add(new Job(0, "urgent"));
    assertThat(jobs.remove().payload()).isEqualTo("urgent");
    assertThat(jobs.remove().payload()).isSameAs(first);
    assertThat(jobs.remove().payload()).isSameAs(second);
  }

  /** All three disciplines are bounded: 5, 3 and 10 places. */
  @Test
  void c01EveryDisciplineKeepsItsBound() {
    List<BoundedBuffer<Integer>> buffers =
        List.of(
            new BoundedBuffer<>(5),
            BoundedBuffer.<Integer>builder(3).order(Order.LIFO).build(),
            BoundedBuffer.<Integer>builder(10)
                .order(Order.<Integer>priority(Comparator.naturalOrder()))
                .build());
    for (BoundedBuffer<Integer> buffer : buffers) {
      int accepted = 0;
      while (buffer.offer(accepted)) {
        accepted++;
      }
      assertThat(accepted).isEqualTo(buffer.capacity());
    }
  }

  /** There was no close: nobody could be told that no more would come. */
  @ParameterizedTest
  @EnumSource
  void c01ABufferCanBeClosed(ThreadKind threads) throws Exception {
    BoundedBuffer<Integer> buffer = new BoundedBuffer<>(5);
    try (Actors actors = new Actors(threads, PATIENCE)) {
      Step<@Nullable Integer> waiting = actors.actor("consumer").startCall(buffer::takeOrNull);
      waiting.awaitBlocked();
      buffer.close();
      assertThat(waiting.result()).isNull();
    }
  }

  /** Nothing was said about who comes first; now it can be asked for. */
  @ParameterizedTest
  @EnumSource
  void c01AFairBufferServesInOrderOfArrival(ThreadKind threads) throws Exception {
    BoundedBuffer<Integer> buffer = BoundedBuffer.<Integer>builder(5).fair(true).build();
    try (Actors actors = new Actors(threads, PATIENCE)) {
      List<Step<Integer>> waiting = new ArrayList<>();
      for (Actor consumer : actors.actors(4, "consumer")) {
        Step<Integer> step = consumer.startCall(buffer::take);
        step.awaitBlocked();
        waiting.add(step);
      }
      for (int i = 0; i < 4; i++) {
        buffer.put(i);
      }
      for (int i = 0; i < 4; i++) {
        assertThat(waiting.get(i).result()).isEqualTo(i);
      }
    }
  }

  // ------------------------------------------------------------------ C02

  /** Full, timed out, closed and interrupted are told apart. */
  @ParameterizedTest
  @EnumSource
  void c02FullTimedOutClosedAndInterruptedAreFourOutcomes(ThreadKind threads) throws Exception {
    BoundedBuffer<Integer> buffer = BoundedBuffer.<Integer>builder(2).name("orders").build();
    buffer.put(1);
    buffer.put(2);
    assertThatIllegalStateException()
        .isThrownBy(() -> buffer.add(3))
        .withMessage("orders is full, capacity 2: it refuses 3")
        .isNotInstanceOf(BufferClosedException.class);
    assertThat(buffer.offer(3, 1, TimeUnit.MILLISECONDS)).isFalse();
    try (Actors actors = new Actors(threads, PATIENCE)) {
      Actor producer = actors.actor("producer");
      Step<?> interrupted = producer.start(() -> buffer.put(3));
      interrupted.awaitBlocked();
      producer.interrupt();
      interrupted.failure(InterruptedException.class);
      Step<?> closed = producer.start(() -> buffer.put(3));
      closed.awaitBlocked();
      buffer.close();
      closed.failure(BufferClosedException.class);
    }
  }

  /** The fourth put of three waited for ever, and the main thread with it. */
  @Test
  void c02APutNeedNotWaitForEver() throws Exception {
    BoundedBuffer<Integer> buffer = new BoundedBuffer<>(3);
    for (int i = 0; i < 3; i++) {
      buffer.put(i);
    }
    assertThat(buffer.offer(3, 10, TimeUnit.MILLISECONDS)).isFalse();
    assertThat(buffer.size()).isEqualTo(3);
  }

  // ------------------------------------------------------------------ C03, C04

  /** A slow producer was taken for the end of the stream, when an idle timeout stood for it. */
  @ParameterizedTest
  @EnumSource
  void c03ASlowProducerIsNoEnd(ThreadKind threads) throws Exception {
    BoundedBuffer<Integer> buffer = new BoundedBuffer<>(5);
    assertThat(buffer.poll(1, TimeUnit.MILLISECONDS)).as("slow").isNull();
    try (Actors actors = new Actors(threads, PATIENCE)) {
      Step<Integer> consumer = actors.actor("consumer").startCall(buffer::take);
      consumer.awaitBlocked();
      buffer.put(7);
      assertThat(consumer.result()).isEqualTo(7);
    }
    buffer.close();
    assertThatExceptionOfType(BufferClosedException.class)
        .as("the end")
        .isThrownBy(() -> buffer.poll(1, TimeUnit.DAYS));
  }

  /** One pill stops one consumer; the others wait for ever. */
  @ParameterizedTest
  @EnumSource
  void c04OneCloseStopsAllConsumers(ThreadKind threads) throws Exception {
    BoundedBuffer<Integer> buffer = new BoundedBuffer<>(5);
    try (Actors actors = new Actors(threads, PATIENCE)) {
      List<Step<@Nullable Integer>> consumers = new ArrayList<>();
      for (Actor consumer : actors.actors(5, "consumer")) {
        consumers.add(consumer.startCall(buffer::takeOrNull));
      }
      for (Step<?> consumer : consumers) {
        consumer.awaitBlocked();
      }
      buffer.close();
      for (Step<@Nullable Integer> consumer : consumers) {
        assertThat(consumer.result()).isNull();
      }
    }
  }

  /** A pill in the stream can be an item: the close is no item. */
  @Test
  void c04NoItemIsTakenForTheEnd() throws Exception {
    BoundedBuffer<String> buffer = new BoundedBuffer<>(5);
    buffer.put("STOP");
    buffer.put("終止任务");
    buffer.close();
    assertThat(buffer.takeOrNull()).isEqualTo("STOP");
    assertThat(buffer.takeOrNull()).isEqualTo("終止任务");
    assertThat(buffer.takeOrNull()).isNull();
  }

  /** A stop flag that was seen first had the work in front of it dropped. */
  @ParameterizedTest
  @EnumSource
  void c04WhatIsInFrontOfTheCloseIsDone(BufferKind kind) throws Exception {
    BoundedBuffer<Integer> buffer = kind.create(10);
    for (int i = 0; i < 10; i++) {
      buffer.put(i);
    }
    buffer.close();
    int done = 0;
    while (buffer.takeOrNull() != null) {
      done++;
    }
    assertThat(done).isEqualTo(10);
  }

  // ------------------------------------------------------------------ C05

  /** Six puts into five places with nobody to take: a monitor showed it, and the program hung. */
  @ParameterizedTest
  @EnumSource
  void c05AMonitorSeesWhoIsStuck(ThreadKind threads) throws Exception {
    BoundedBuffer<Integer> buffer = new BoundedBuffer<>(5);
    try (Actors actors = new Actors(threads, PATIENCE)) {
      Step<?> main =
          actors
              .actor("main")
              .start(() -> {
                for (int i = 0; i < 6; i++) {
                  buffer.put(i);
                }
              });
      main.awaitBlocked();
      BufferStats stats = buffer.stats();
      assertThat(stats.size()).isEqualTo(5);
      assertThat(stats.blockedProducers()).isEqualTo(1);
      assertThat(stats.blockedConsumers()).isZero();
      buffer.close();
      main.failure(BufferClosedException.class);
      assertThat(buffer.stats().blockedProducers()).isZero();
    }
  }

  /** {@code while (!empty()) get()}: what was seen was gone by then. One call does both. */
  @ParameterizedTest
  @EnumSource
  void c05EmptyingNeedsNoLook(BufferKind kind) {
    BoundedBuffer<Integer> buffer = kind.create(5);
    buffer.addAll(List.of(1, 2, 3));
    assertThat(buffer.drainTo(new ArrayList<>())).isEqualTo(3);
    assertThat(buffer.poll()).as("empty is an answer, not a race").isNull();
  }

  // ------------------------------------------------------------------ C06

  /** A join that could not give up. */
  @Test
  void c06AwaitIdleHasATime() throws Exception {
    BoundedBuffer<Integer> jobs = new BoundedBuffer<>(8);
    jobs.put(1);
    assertThat(jobs.awaitIdle(Deadline.after(Duration.ofMillis(1)))).isFalse();
  }

  /** A task that failed was never done, and the join hung. */
  @ParameterizedTest
  @EnumSource
  void c06ATaskThatFailsIsDone(BufferKind kind) throws Exception {
    BoundedBuffer<Integer> jobs = kind.create(8);
    jobs.put(1);
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(() -> {
          try (Lease<Integer> lease = jobs.lease()) {
            throw new ArithmeticException("task " + lease.item());
          }
        });
    assertThat(jobs.awaitIdle(NOW)).isTrue();
  }

  /** One acknowledgement too many is refused, and does not count for another task. */
  @ParameterizedTest
  @EnumSource
  void c06OverAcknowledgementIsRefused(BufferKind kind) throws Exception {
    BoundedBuffer<Integer> jobs = kind.create(8);
    jobs.put(1);
    jobs.put(2);
    Lease<Integer> first = jobs.lease();
    Lease<Integer> second = jobs.lease();
    first.close();
    assertThatIllegalStateException()
        .isThrownBy(first::close)
        .withMessage("The lease of an item of jobs was closed before: " + first.item());
    assertThat(jobs.awaitIdle(NOW)).as("the second is open").isFalse();
    second.close();
    assertThat(jobs.awaitIdle(NOW)).isTrue();
  }

  /** Empty is not done: the join waits for what was taken and is under way. */
  @ParameterizedTest
  @EnumSource
  void c06EmptyIsNotDone(ThreadKind threads) throws Exception {
    BoundedBuffer<Integer> jobs = new BoundedBuffer<>(8);
    jobs.put(1);
    Lease<Integer> lease = jobs.lease();
    try (Actors actors = new Actors(threads, PATIENCE)) {
      Step<Boolean> join = actors.actor("main").startCall(() -> jobs.awaitIdle(Deadline.none()));
      join.awaitBlocked();
      lease.close();
      assertThat(join.result()).isTrue();
    }
  }

  /** Workers waited two seconds for nothing before they ended; a close ends them at once. */
  @ParameterizedTest
  @EnumSource
  void c06WorkersEndWithTheClose(ThreadKind threads) throws Exception {
    BoundedBuffer<Integer> jobs = new BoundedBuffer<>(8);
    try (Actors actors = new Actors(threads, PATIENCE)) {
      List<Step<?>> workers = new ArrayList<>();
      for (Actor worker : actors.actors(3, "worker")) {
        workers.add(
            worker.start(() -> {
              for (Lease<Integer> lease = jobs.leaseOrNull();
                  lease != null;
                  lease = jobs.leaseOrNull()) {
                lease.close();
              }
            }));
      }
      for (int i = 0; i < 8; i++) {
        jobs.put(i);
      }
      assertThat(jobs.awaitIdle(Deadline.after(PATIENCE))).isTrue();
      jobs.close();
      for (Step<?> worker : workers) {
        worker.result();
      }
    }
  }

  // ------------------------------------------------------------------ C12

  /**
   * A producer was woken where a consumer was meant, as both waited for one condition with
   * notify(). (The crowd that this stalled is in {@link BufferStressTest}.)
   */
  @ParameterizedTest
  @EnumSource
  void c12ASignalReachesTheSideItIsMeantFor(ThreadKind threads) throws Exception {
    for (BufferKind kind : BufferKind.values()) {
      BoundedBuffer<Integer> buffer = kind.create(1);
      buffer.put(0);
      try (Actors actors = new Actors(threads, PATIENCE)) {
        List<Step<?>> producers = new ArrayList<>();
        for (Actor producer : actors.actors(4, "producer")) {
          producers.add(producer.start(() -> buffer.put(1)));
        }
        for (Step<?> producer : producers) {
          producer.awaitBlocked();
        }
        for (Actor consumer : actors.actors(5, "consumer")) {
          consumer.startCall(buffer::take).result();
        }
        for (Step<?> producer : producers) {
          producer.result();
        }
      }
    }
  }

  /** 24 items put and 12 taken, with 5 places: the main thread never came back. */
  @ParameterizedTest
  @EnumSource
  void c12ProducersEndWhenConsumersHave(ThreadKind threads) throws Exception {
    BoundedBuffer<Integer> buffer = new BoundedBuffer<>(5);
    try (Actors actors = new Actors(threads, PATIENCE)) {
      List<Step<?>> producers = new ArrayList<>();
      for (Actor producer : actors.actors(3, "producer")) {
        producers.add(
            producer.start(() -> {
              for (int i = 0; i < 8; i++) {
                buffer.put(i);
              }
            }));
      }
      List<Step<?>> consumers = new ArrayList<>();
      for (Actor consumer : actors.actors(2, "consumer")) {
        consumers.add(
            consumer.start(() -> {
              for (int i = 0; i < 6; i++) {
                buffer.take();
              }
            }));
      }
      for (Step<?> consumer : consumers) {
        consumer.result();
      }
      // Not by the producers' states: one that the last take has woken still looks blocked.
      Waiting.until(() -> buffer.size() == 5, PATIENCE, () -> "not full again: " + buffer);
      assertThat(buffer.closeNow()).hasSize(5);
      int failed = 0;
      for (Step<?> producer : producers) {
        try {
          producer.result();
        } catch (AssertionError e) {
          producer.failure(BufferClosedException.class);
          failed++;
        }
      }
      assertThat(failed).as("who had more").isPositive();
      assertThat(buffer.stats().puts()).isEqualTo(17);
      assertThat(buffer.stats().takes()).isEqualTo(17);
    }
  }

  /** What is dropped is never dropped in silence. */
  @Test
  void c24NothingIsDroppedInSilence() throws Exception {
    BoundedBuffer<Integer> buffer =
        BoundedBuffer.<Integer>builder(10).overflow(Overflow.DROP_OLDEST).build();
    for (int i = 0; i < 25; i++) {
      buffer.put(i);
    }
    assertThat(buffer.stats().dropped()).isEqualTo(15);
    assertThat(buffer.peek()).isEqualTo(15);
  }
}
