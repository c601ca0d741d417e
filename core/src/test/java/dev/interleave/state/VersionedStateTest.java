// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Changing and awaiting; the listeners are in {@link VersionedStateListenerTest}. */
class VersionedStateTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration MOMENT = Duration.ofMillis(1);
  private static final Deadline PASSED = Deadline.after(Duration.ZERO);

  private final VersionedState<String> state =
      VersionedState.builder("zero").name("prices").build();

  /** A function that says when it is in, and stays until it is let go. */
  private static final class Held {
    final CountDownLatch in = new CountDownLatch(1);
    final CountDownLatch out = new CountDownLatch(1);

    UnaryOperator<String> then(String value) {
      return before -> {
        in.countDown();
        try {
          out.await();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
        return value;
      };
    }
  }

  // ------------------------------------------------------------------ changing

  @Test
  void everyChangeIsAVersion() {
    assertThat(state.snapshot()).isEqualTo(new Versioned<>(0, "zero"));
    assertThat(state.update(value -> value + "+")).isEqualTo(new Versioned<>(1, "zero+"));
    assertThat(state.compareAndSet(1, "two")).isTrue();
    assertThat(state.snapshot()).isEqualTo(new Versioned<>(2, "two"));
    assertThat(state.compareAndSet(1, "no")).as("an old version").isFalse();
    assertThat(state.compareAndSet(3, "no")).as("one to come").isFalse();
    assertThat(state.compareAndSet(-1, "no")).isFalse();
    assertThat(state.snapshot()).isEqualTo(new Versioned<>(2, "two"));
    assertThat(state.stats()).isEqualTo(new VersionedStats("prices", 2, 3, 0, 0, 0, 0, 0));
    assertThat(state).hasToString("VersionedState[prices, version 2]");
  }

  /** A value that was changed and changed back has another version. */
  @Test
  void compareAndSetIsNotDeceivedByTheSameValue() {
    Versioned<String> seen = state.snapshot();
    state.update(value -> "one");
    state.update(value -> seen.value());
    assertThat(state.snapshot().value()).isSameAs(seen.value());
    assertThat(state.compareAndSet(seen.version(), "no")).isFalse();
    assertThat(state.compareAndSet(2, seen.value())).as("the same object").isTrue();
    assertThat(state.snapshot().version()).isEqualTo(3);
  }

  @Test
  void theSameObjectIsNoChangeAndAnEqualOneIs() {
    AtomicInteger calls = new AtomicInteger();
    state.listen(latest -> calls.incrementAndGet());
    assertThat(state.update(value -> value)).isSameAs(state.snapshot());
    assertThat(state.snapshot().version()).isZero();
    assertThat(calls).hasValue(0);
    assertThat(state.update(value -> String.valueOf(value.toCharArray())).version()).isOne();
    assertThat(calls).hasValue(1);
  }

  @Test
  @SuppressWarnings("NullAway") // the point
  void aFunctionThatFailsChangesNothing() throws Exception {
    Guard listening =
        state.listen(latest -> {
          throw new AssertionError("nothing has changed");
        });
    AssertionError mine = new AssertionError("mine");
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() ->
            state.update(value -> {
              throw mine;
            }))
        .isSameAs(mine);
    assertThatNullPointerException()
        .isThrownBy(() -> state.update(value -> null))
        .withMessage("the function returned null");
    assertThat(state.snapshot()).isEqualTo(new Versioned<>(0, "zero"));
    assertThat(state.stats().listenerErrors()).isZero();
    listening.close();
    assertThat(state.update(value -> value + "+", PASSED).version()).as("unlocked").isOne();
  }

  @ParameterizedTest
  @EnumSource
  void everyFunctionIsAppliedExactlyOnce(ThreadKind kind) throws Exception {
    VersionedState<Integer> sum = VersionedState.of(0);
    AtomicInteger applied = new AtomicInteger();
    AtomicInteger changes = new AtomicInteger();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      actors.race(
          actors.actors(4, "adder"),
          Duration.ofMillis(200),
          (racer, round) -> {
            if (racer == 0) {
              Versioned<Integer> seen = sum.snapshot();
              if (sum.compareAndSet(seen.version(), seen.value() + 1)) {
                changes.incrementAndGet();
              }
            } else {
              sum.update(n -> {
                applied.incrementAndGet();
                return n + 1;
              });
              changes.incrementAndGet();
            }
          });
    }
    assertThat(sum.snapshot()).isEqualTo(new Versioned<>(changes.get(), changes.get()));
    assertThat(applied.get()).isPositive().isLessThanOrEqualTo(changes.get());
    assertThat(sum.stats().conflicts() + changes.get()).isGreaterThanOrEqualTo(applied.get());
  }

  @ParameterizedTest
  @EnumSource
  void changesWaitForOneAnotherAndGiveUpAtTheDeadline(ThreadKind kind) throws Exception {
    Held held = new Held();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Step<?> first = actors.actor("first").start(() -> state.update(held.then("one")));
      held.in.await();
      for (ThrowingCallable change :
          List.<ThrowingCallable>of(
              () -> state.update(value -> "no", Deadline.after(MOMENT)),
              () -> state.update(value -> "no", PASSED),
              () -> state.compareAndSet(0, "no", Deadline.after(MOMENT)),
              () -> state.compareAndSet(0, "no", PASSED))) {
        assertThatExceptionOfType(StateTimeoutException.class)
            .isThrownBy(change)
            .withMessageContaining("waiting to change prices")
            .withMessageContaining("\"first\"")
            .withMessageContaining("is changing it, at " + Held.class.getName());
      }
      assertThat(state.compareAndSet(7, "no", PASSED)).as("hopeless, so at once").isFalse();
      Step<Versioned<String>> second =
          actors.actor("second").startCall(() -> state.update(value -> value + "+"));
      second.awaitBlocked();
      Step<Boolean> third = actors.actor("third").startCall(() -> state.compareAndSet(0, "no"));
      third.awaitBlocked();
      held.out.countDown();
      first.result();
      assertThat(second.result()).isEqualTo(new Versioned<>(2, "one+"));
      assertThat(third.result()).isFalse();
    }
    assertThat(state.stats().timeouts()).isEqualTo(4);
  }

  @ParameterizedTest
  @EnumSource
  void formsWithADeadlineCanBeInterrupted(ThreadKind kind) throws Exception {
    Held held = new Held();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Step<?> first = actors.actor("first").start(() -> state.update(held.then("one")));
      held.in.await();
      for (Deadline deadline : List.of(Deadline.none(), Deadline.after(PATIENCE))) {
        var other = actors.actor("other");
        Step<?> update = other.start(() -> state.update(value -> "no", deadline));
        update.awaitBlocked();
        other.interrupt();
        update.failure(InterruptedException.class);
        Step<?> compare = other.start(() -> state.compareAndSet(0, "no", deadline));
        compare.awaitBlocked();
        other.interrupt();
        compare.failure(InterruptedException.class);
      }
      held.out.countDown();
      first.result();
    }
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> state.update(value -> "no", PASSED),
            () -> state.compareAndSet(0, "no", PASSED),
            () -> state.awaitAfter(-1))) {
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(InterruptedException.class).isThrownBy(call);
    }
    assertThat(state.snapshot()).isEqualTo(new Versioned<>(1, "one"));
  }

  @Test
  void withinAFunctionTheStateIsOnlyRead() {
    state.update(value -> {
      assertThat(state.snapshot().value()).as("as it was before").isEqualTo("zero");
      for (ThrowingCallable use :
          List.<ThrowingCallable>of(
              () -> state.update(v -> "no"),
              () -> state.update(v -> "no", Deadline.none()),
              () -> state.compareAndSet(0, "no"),
              () -> state.compareAndSet(0, "no", Deadline.none()),
              () -> state.awaitAfter(0),
              () -> state.awaitAfter(-1),
              () -> state.listen(latest -> {}))) {
        assertThatIllegalStateException()
            .isThrownBy(use)
            .withMessageStartingWith("A function that changes prices cannot ");
      }
      return "one";
    });
    assertThat(state.snapshot()).isEqualTo(new Versioned<>(1, "one"));
  }

  // ------------------------------------------------------------------ awaiting

  @ParameterizedTest
  @EnumSource
  void aVersionIsAwaited(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      assertThat(state.awaitAfter(-1, PASSED)).as("there already").isEqualTo(state.snapshot());
      Step<Versioned<String>> next = actors.actor("a").startCall(() -> state.awaitAfter(0));
      Step<Versioned<String>> timed =
          actors.actor("b").startCall(() -> state.awaitAfter(0, Deadline.after(PATIENCE)));
      Step<Versioned<String>> later = actors.actor("c").startCall(() -> state.awaitAfter(1));
      next.awaitBlocked();
      timed.awaitBlocked();
      later.awaitBlocked();
      assertThat(state.stats().waiting()).isEqualTo(3);
      state.update(value -> "one");
      assertThat(next.result().version()).isPositive();
      assertThat(timed.result().version()).isPositive();
      later.awaitBlocked();
      later.assertNotDone();
      assertThat(state.compareAndSet(1, "two")).isTrue();
      assertThat(later.result()).isEqualTo(new Versioned<>(2, "two"));
    }
    assertThat(state.stats().waiting()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void awaitingEndsByTheDeadlineAndByAnInterrupt(ThreadKind kind) throws Exception {
    for (Deadline deadline : List.of(Deadline.after(MOMENT), PASSED)) {
      assertThatExceptionOfType(StateTimeoutException.class)
          .isThrownBy(() -> state.awaitAfter(0, deadline))
          .withMessageContaining("waiting for a version of prices after 0: it is at 0");
    }
    try (Actors actors = new Actors(kind, PATIENCE)) {
      for (Deadline deadline : List.of(Deadline.none(), Deadline.after(PATIENCE))) {
        var waiter = actors.actor("waiter");
        Step<?> waiting = waiter.start(() -> state.awaitAfter(0, deadline));
        waiting.awaitBlocked();
        waiter.interrupt();
        waiting.failure(InterruptedException.class);
      }
    }
    assertThat(state.stats().waiting()).isZero();
    assertThat(state.stats().timeouts()).isEqualTo(2);
  }

  /** The lock is for changes; a deadline that has to wait for it would not be one. */
  @ParameterizedTest
  @EnumSource
  void awaitingWithADeadlineDoesNotWaitForAFunction(ThreadKind kind) throws Exception {
    Held held = new Held();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Step<?> waiting =
          actors.actor("waiter").start(() -> state.awaitAfter(0, Deadline.after(MOMENT)));
      Step<?> change = actors.actor("slow").start(() -> state.update(held.then("one")));
      held.in.await();
      waiting.failure(StateTimeoutException.class);
      change.assertNotDone();
      held.out.countDown();
      change.result();
    }
  }

  // ------------------------------------------------------------------ names, bad input

  @Test
  @SuppressWarnings("NullAway") // the point
  void wrongArgumentsAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VersionedState.builder("").name(" ").onListenerError(null).build())
        .withMessage("name is blank: \" \"; onListenerError is null");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VersionedState.builder("").name(null).build())
        .withMessage("name is null");
    assertThatNullPointerException()
        .isThrownBy(() -> VersionedState.of(null))
        .withMessage("initial");
    assertThatNullPointerException().isThrownBy(() -> state.update(null)).withMessage("function");
    assertThatNullPointerException()
        .isThrownBy(() -> state.update(value -> value, null))
        .withMessage("deadline");
    assertThatNullPointerException()
        .isThrownBy(() -> state.compareAndSet(0, null))
        .withMessage("next");
    assertThatNullPointerException()
        .isThrownBy(() -> state.awaitAfter(0, null))
        .withMessage("deadline");
    assertThatNullPointerException().isThrownBy(() -> state.listen(null)).withMessage("listener");
    assertThatNullPointerException()
        .isThrownBy(() -> state.listen(0, null, latest -> {}))
        .withMessage("executor");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Versioned<>(-1, ""))
        .withMessage("version is negative: -1");
    assertThat(VersionedState.of("").name())
        .startsWith("state-")
        .isNotEqualTo(VersionedState.of("").name());
    assertThat(state.snapshot().version()).isZero();
  }
}
