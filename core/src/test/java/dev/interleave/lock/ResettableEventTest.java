// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.interleave.Deadline;
import dev.interleave.testing.Stress;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResettableEventTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration TIME =
      Duration.ofMillis(Boolean.getBoolean("interleave.thorough") ? 5_000 : 400);
  private static final int CROWD = 5;

  private final ResettableEvent event = new ResettableEvent("green");

  private static List<Step<?>> crowd(Actors actors, ResettableEvent event) throws Exception {
    List<Step<?>> waiting = new ArrayList<>();
    for (Actor actor : actors.actors(CROWD, "waiter")) {
      waiting.add(actor.start(event::await));
    }
    for (Step<?> step : waiting) {
      step.awaitBlocked();
    }
    return waiting;
  }

  @Test
  void setItLetsThroughUntilReset() throws Exception {
    assertThat(event.isSet()).isFalse();
    event.set();
    assertThat(event.isSet()).isTrue();
    event.await();
    event.await();
    assertThat(event.await(0, TimeUnit.SECONDS)).isTrue();
    assertThat(event.await(Deadline.after(Duration.ZERO))).isTrue();
    event.reset();
    assertThat(event.isSet()).isFalse();
    assertThat(event.await(0, TimeUnit.SECONDS)).isFalse();
    assertThat(event.await(-1, TimeUnit.DAYS)).isFalse();
    assertThat(event.await(Deadline.after(Duration.ZERO))).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void setWakesAll(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      List<Step<?>> waiting = crowd(actors, event);
      event.set();
      for (Step<?> step : waiting) {
        step.result();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPulseWakesAllWhoWaitAndNobodyElse(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      event.pulse(); // lets nobody through
      List<Step<?>> waiting = crowd(actors, event);
      event.pulse();
      for (Step<?> step : waiting) {
        step.result();
      }
      assertThat(event.isSet()).isFalse();
      Step<?> late = actors.actor("late").start(event::await);
      late.awaitBlocked();
      event.pulse();
      late.result();
    }
  }

  /** The flag is reset long before they run: they were let through all the same. */
  @ParameterizedTest
  @EnumSource
  void resetDoesNotHoldBackWhoWasLetThrough(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      for (int i = 0; i < 50; i++) {
        List<Step<?>> waiting = new ArrayList<>();
        ResettableEvent fresh = new ResettableEvent();
        Actor actor = actors.actor("waiter-" + i);
        waiting.add(actor.start(fresh::await));
        waiting.get(0).awaitBlocked();
        fresh.set();
        fresh.reset();
        waiting.get(0).result();
      }
    }
  }

  @Test
  void aPulseOfASetEventResetsIt() {
    event.set();
    event.pulse();
    assertThat(event.isSet()).isFalse();
  }

  @Test
  void setAndResetAreIdempotent() {
    event.reset();
    event.set();
    event.set();
    event.reset();
    event.reset();
    assertThat(event.isSet()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void timeRunsOutAndNothingIsLeft(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor actor = actors.actor("waiter");
      long start = System.nanoTime();
      assertThat(actor.ask(() -> event.await(20, TimeUnit.MILLISECONDS))).isFalse();
      assertThat(actor.ask(() -> event.await(Deadline.after(Duration.ofMillis(20))))).isFalse();
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(40_000_000);
      assertThat(event.waiters()).isZero();
      Step<Boolean> longest = actor.startCall(() -> event.await(Long.MAX_VALUE, TimeUnit.DAYS));
      longest.awaitBlocked();
      event.pulse();
      assertThat(longest.result()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void interruptsEndTheWaitAndNothingIsLeft(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor actor = actors.actor("waiter");
      Step<?> waiting = actor.start(event::await);
      waiting.awaitBlocked();
      assertThat(event.waiters()).isOne();
      assertThat(event).hasToString("ResettableEvent[green, reset, 1 waiting]");
      actor.interrupt();
      waiting.failure(InterruptedException.class);
      assertThat(waiting.endedInterrupted()).isFalse();
      assertThat(event.waiters()).isZero();
      event.set();
      actor
          .start(() -> {
            Thread.currentThread().interrupt();
            event.await(); // though it is set
          })
          .failure(InterruptedException.class);
    }
  }

  /** Neither an unpark out of the blue nor an old one lets anybody through. */
  @ParameterizedTest
  @EnumSource
  void noSpuriousReturn(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor actor = actors.actor("waiter");
      Step<?> waiting = actor.start(event::await);
      for (int i = 0; i < 100; i++) {
        waiting.awaitBlocked();
        LockSupport.unpark(actor.thread());
      }
      waiting.awaitBlocked();
      event.set();
      waiting.result();
    }
  }

  @Test
  @SuppressWarnings("NullAway") // that is the test
  void argumentsAreChecked() {
    assertThatNullPointerException().isThrownBy(() -> new ResettableEvent(null));
    assertThatIllegalArgumentException().isThrownBy(() -> new ResettableEvent(" "));
    assertThatNullPointerException().isThrownBy(() -> event.await(null));
    assertThatExceptionOfType(NullPointerException.class).isThrownBy(() -> event.await(1, null));
  }

  @Test
  void itSaysWhatItIs() {
    assertThat(new ResettableEvent().name()).startsWith("event-");
    assertThat(event).hasToString("ResettableEvent[green, reset]");
    event.set();
    assertThat(event).hasToString("ResettableEvent[green, set]");
  }

  // ------------------------------------------------------------------ races

  @SuppressWarnings("ThreadPriorityCheck") // a virtual thread that spins keeps its carrier
  private static void untilWaiting(ResettableEvent event, int waiters) {
    while (event.waiters() < waiters) {
      Thread.yield();
    }
  }

  /** Set and reset at once against one that comes to wait: it is through, or a pulse gets it. */
  @ParameterizedTest
  @EnumSource
  void noPulseIsMissed(ThreadKind kind) throws Exception {
    Stress.on(ResettableEvent::new)
        .actor("waits", ResettableEvent::await)
        .actor(
            "pulses until it is through",
            e -> {
              untilWaiting(e, 1);
              e.pulse(); // one, and no other
            })
        .threads(kind)
        .run(TIME)
        .assertHolds();
  }

  @ParameterizedTest
  @EnumSource
  void setAndResetLetThroughWhoWaits(ThreadKind kind) throws Exception {
    Stress.on(ResettableEvent::new)
        .actor("waits", ResettableEvent::await)
        .actor("waits too", ResettableEvent::await)
        .actor(
            "sets and resets",
            e -> {
              untilWaiting(e, 2);
              e.set();
              e.reset();
            })
        .threads(kind)
        .run(TIME)
        .assertHolds();
  }

  /** As many times as it was pulsed one waiter is let through at most, however it races. */
  @ParameterizedTest
  @EnumSource
  void onePulseLetsNobodyThroughTwice(ThreadKind kind) throws Exception {
    int pulses = 300;
    AtomicInteger through = new AtomicInteger();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Step<?> waiting =
          actors
              .actor("waiter")
              .start(() -> {
                while (event.await(Deadline.after(PATIENCE)) && !event.isSet()) {
                  through.incrementAndGet();
                }
              });
      for (int i = 0; i < pulses; i++) {
        int before = through.get();
        while (event.waiters() == 0) {
          Thread.onSpinWait();
        }
        event.pulse();
        while (through.get() == before) {
          Thread.onSpinWait();
        }
        assertThat(through.get()).isEqualTo(i + 1);
      }
      event.set();
      waiting.result();
    }
    assertThat(through.get()).isEqualTo(pulses);
  }

  /** What was written before a pulse is seen after it. */
  private static final class Message {
    final ResettableEvent sent = new ResettableEvent();
    int plain;

    int receive() throws InterruptedException {
      sent.await();
      return plain;
    }

    void send() {
      plain = 1;
      sent.set();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWasWrittenBeforeIsSeen(ThreadKind kind) throws Exception {
    Stress.on(Message::new)
        .actorReturning("receives", Message::receive)
        .actor("sends", Message::send)
        .expect(1, "seen")
        .threads(kind)
        .run(TIME)
        .assertHolds();
  }
}
