// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

import static dev.interleave.state.Blocker.confined;
import static dev.interleave.state.Blocker.confinedList;
import static dev.interleave.state.Blocker.items;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.interleave.Deadline;
import dev.interleave.state.ConfinedTimeoutException.Stage;
import dev.interleave.testing.NoThreadLeaks;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import dev.interleave.testing.contract.Waiting;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sending and calling; the end is in {@link ConfinedCloseTest}. */
@NoThreadLeaks(ignoring = Blocker.TIMER_OF_VIRTUAL_THREADS)
@SuppressWarnings("FutureReturnValueIgnored") // the next call tells
class ConfinedTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration MOMENT = Duration.ofMillis(1);
  private static final Deadline PASSED = Deadline.after(Duration.ZERO);

  // ------------------------------------------------------------------ order and thread

  @ParameterizedTest
  @EnumSource
  void functionsRunInOrderOnOneThreadOfThatKindAndName(ThreadKind kind) throws Exception {
    try (Confined<List<Integer>> log = confined(kind, ConfinedTest::numbers).build()) {
      Thread owner = log.call(list -> Thread.currentThread());
      assertThat(owner.getName()).isEqualTo("log");
      assertThat(owner.isVirtual()).isEqualTo(kind == ThreadKind.VIRTUAL);
      List<Integer> numbers = IntStream.range(0, 1000).boxed().toList();
      for (int n : numbers) {
        log.submit(list -> {
          assertThat(Thread.currentThread()).isSameAs(owner);
          return list.add(n);
        });
      }
      assertThat(log.<List<Integer>>call(List::copyOf)).isEqualTo(numbers);
      assertThat(log.stats().failed()).isZero();
    }
  }

  private static List<Integer> numbers() {
    return new ArrayList<>();
  }

  @ParameterizedTest
  @EnumSource
  void whatAThreadHasSubmittedItReads(ThreadKind kind) throws Exception {
    try (Confined<AtomicInteger> sum = confined(kind, AtomicInteger::new).build();
        Actors actors = new Actors(kind, PATIENCE)) {
      actors.race(
          actors.actors(3, "writer"),
          Duration.ofMillis(200),
          (racer, round) -> {
            int[] before = new int[1];
            sum.submit(n -> before[0] = n.getAndIncrement());
            assertThat(sum.<Integer>call(AtomicInteger::get)).isGreaterThan(before[0]);
          });
    }
  }

  // ------------------------------------------------------------------ a full mailbox

  @ParameterizedTest
  @EnumSource
  void submitWaitsForAPlace(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE);
        Confined<List<String>> log = confinedList(kind).capacity(1).build()) {
      Blocker blocker = Blocker.of(log);
      log.submit(list -> list.add("first"));
      Step<CompletableFuture<Boolean>> second =
          actors.actor("a").startCall(() -> log.submit(list -> list.add("second")));
      second.awaitBlocked();
      Step<CompletableFuture<Boolean>> third =
          actors
              .actor("b")
              .startCall(() -> log.submit(list -> list.add("third"), Deadline.after(PATIENCE)));
      third.awaitBlocked();
      assertThat(log.stats().queued()).isOne();
      blocker.letGo();
      assertThat(second.result().get()).isTrue();
      assertThat(third.result().get()).isTrue();
      assertThat(items(log)).containsExactly("first", "second", "third");
      assertThat(log.stats().highWater()).isOne();
      assertThat(log.stats().full()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void submitGivesUpAtTheDeadlineAndSaysWhy(ThreadKind kind) throws Exception {
    try (Confined<List<String>> log = confinedList(kind).capacity(1).build()) {
      Blocker blocker = Blocker.of(log);
      log.submit(list -> list.add("first"));
      for (Deadline deadline : List.of(Deadline.after(MOMENT), PASSED)) {
        assertThatExceptionOfType(ConfinedTimeoutException.class)
            .isThrownBy(() -> log.submit(list -> list.add("late"), deadline))
            .withMessageContaining("waiting for a place in the mailbox of log")
            .withMessageContaining("running function 1 of log for PT")
            .withMessageContaining("Blocker.block")
            .satisfies(e -> {
              assertThat(e.stage()).isEqualTo(Stage.NOT_ACCEPTED);
              assertThat(e.running()).get().matches(r -> r.thread().equals("log"));
            });
      }
      blocker.letGo();
      assertThat(items(log)).containsExactly("first");
      assertThat(log.stats().full()).isEqualTo(2);
    }
  }

  @Test
  void passedDeadlineTakesAPlaceThatIsThere() throws Exception {
    try (Confined<List<String>> log = Confined.of(ArrayList::new)) {
      assertThat(log.submit(list -> list.add("in"), PASSED).get()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void trySubmitNeverWaits(ThreadKind kind) throws Exception {
    try (Confined<List<String>> log = confinedList(kind).capacity(2).build()) {
      Blocker blocker = Blocker.of(log);
      assertThat(log.trySubmit(list -> list.add("1"))).isPresent();
      assertThat(log.trySubmit(list -> list.add("2"))).isPresent();
      assertThat(log.trySubmit(list -> list.add("3"))).isEmpty();
      blocker.letGo();
      assertThat(items(log)).containsExactly("1", "2");
      assertThat(log.stats().full()).isOne();
      assertThat(log.stats().highWater()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anInterruptEndsTheWaitForAPlaceAndTheFunctionDoesNotRun(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE);
        Confined<List<String>> log = confinedList(kind).capacity(1).build()) {
      Blocker blocker = Blocker.of(log);
      log.submit(list -> list.add("first"));
      var first = actors.actor("first in line");
      Step<?> untimed = first.start(() -> log.submit(list -> list.add("no")));
      untimed.awaitBlocked();
      var second = actors.actor("second in line");
      Step<?> timed =
          second.start(() -> log.submit(list -> list.add("no"), Deadline.after(PATIENCE)));
      timed.awaitBlocked();
      second.interrupt();
      timed.failure(InterruptedException.class);
      first.interrupt();
      untimed.failure(InterruptedException.class);
      blocker.letGo();
      assertThat(items(log)).containsExactly("first");
    }
  }

  @Test
  void anInterruptBeforeIsThrownAlthoughThereIsAPlace() throws Exception {
    try (Confined<List<String>> log = Confined.of(ArrayList::new)) {
      for (ThrowingCallable sending :
          List.<ThrowingCallable>of(
              () -> log.submit(list -> list.add("no")),
              () -> log.submit(list -> list.add("no"), PASSED),
              () -> log.call(list -> list.add("no")),
              () -> log.call(list -> list.add("no"), PASSED))) {
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(sending);
        assertThat(Thread.interrupted()).isFalse();
      }
      assertThat(log.<Integer>call(List::size)).isZero();
    }
  }

  // ------------------------------------------------------------------ results and errors

  @ParameterizedTest
  @EnumSource
  void whatAFunctionThrowsIsItsCallersAndTheOwnerGoesOn(ThreadKind kind) throws Exception {
    try (Confined<List<String>> log = confinedList(kind).build()) {
      for (Throwable thrown :
          List.of(
              new IllegalStateException("mine"),
              new AssertionError("mine"),
              new StackOverflowError("mine"),
              new CancellationException("mine"),
              new CompletionException("mine", new IllegalStateException()),
              ConfinedClosedException.rejected("another"))) {
        assertThatExceptionOfType(CompletionException.class)
            .isThrownBy(() -> log.call(list -> sneakyThrow(thrown)))
            .withMessageContaining("A function of log failed")
            .satisfies(e -> assertThat(e.getCause()).isSameAs(thrown));
        CompletableFuture<String> future = log.submit(list -> sneakyThrow(thrown));
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get);
        assertThat(future.isCancelled()).as("that would say it has not run").isFalse();
      }
      assertThat(log.<Boolean>call(list -> list.add("goes on"))).isTrue();
      assertThat(log.stats().failed()).isEqualTo(12);
      assertThat(log.stats().completed()).isOne();
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <X extends Throwable> String sneakyThrow(Throwable thrown) throws X {
    throw (X) thrown;
  }

  @Test
  void aCallThatTimesOutInLineIsTakenBack() throws Exception {
    try (Confined<List<String>> log = Confined.of(ArrayList::new)) {
      Blocker blocker = Blocker.of(log);
      for (Deadline deadline : List.of(Deadline.after(MOMENT), PASSED)) {
        assertThatExceptionOfType(ConfinedTimeoutException.class)
            .isThrownBy(() -> log.call(list -> list.add("no"), deadline))
            .withMessageContaining("waiting for the turn of a function in " + log.name())
            .satisfies(e -> assertThat(e.stage()).isEqualTo(Stage.NOT_BEGUN));
      }
      blocker.letGo();
      assertThat(log.<Integer>call(List::size)).isZero();
      assertThat(log.stats().cancelled()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCallThatTimesOutWhileItsFunctionRunsSaysSoAndItTakesEffect(ThreadKind kind)
      throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE);
        Confined<List<String>> log = confinedList(kind).build()) {
      Blocker inner = new Blocker();
      Step<?> call =
          actors
              .actor("caller")
              .start(() ->
                  log.call(
                      list -> {
                        list.add("begun");
                        return inner.blockHere();
                      },
                      Deadline.after(Duration.ofMillis(100))));
      ConfinedTimeoutException e = call.failure(ConfinedTimeoutException.class);
      // Where the machine is so slow that it had not begun, it was taken back.
      if (e.stage() == Stage.NOT_BEGUN) {
        inner.letGo();
        assertThat(log.<Integer>call(List::size)).isZero();
        return;
      }
      assertThat(e.stage()).isEqualTo(Stage.RUNNING);
      assertThat(e).hasMessageContaining("waiting for the result of a function of log");
      inner.letGo();
      assertThat(items(log)).containsExactly("begun");
      assertThat(log.stats().completed()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCallThatIsInterruptedInLineIsTakenBack(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE);
        Confined<List<String>> log = confinedList(kind).build()) {
      Blocker blocker = Blocker.of(log);
      var caller = actors.actor("caller");
      Step<?> call = caller.start(() -> log.call(list -> list.add("no")));
      call.awaitBlocked();
      caller.interrupt();
      call.failure(InterruptedException.class);
      blocker.letGo();
      assertThat(log.<Integer>call(List::size)).isZero();
      assertThat(blocker.wasInterrupted()).isFalse();
    }
  }

  // ------------------------------------------------------------------ the owner itself

  @ParameterizedTest
  @EnumSource
  void theOwnerIsRefusedWhatWouldWaitForItself(ThreadKind kind) throws Exception {
    try (Confined<List<String>> log = confinedList(kind).capacity(1).build()) {
      CompletableFuture<CompletableFuture<Boolean>> accepted =
          log.submit(list -> {
            for (ThrowingCallable waiting :
                List.<ThrowingCallable>of(
                    () -> log.call(List::size),
                    () -> log.call(List::size, Deadline.after(PATIENCE)),
                    () -> log.close(Duration.ZERO))) {
              assertThatIllegalStateException()
                  .isThrownBy(waiting)
                  .withMessageContaining("log: it would wait for itself");
            }
            try {
              CompletableFuture<Boolean> later = log.submit(l -> l.add("later"));
              for (ThrowingCallable waiting :
                  List.<ThrowingCallable>of(
                      later::get,
                      later::join,
                      () -> later.get(1, TimeUnit.DAYS),
                      () -> log.submit(List::size),
                      () -> log.submit(List::size, Deadline.after(PATIENCE)))) {
                assertThatIllegalStateException()
                    .isThrownBy(waiting)
                    .withMessageContaining("log: it would wait for itself");
              }
              return later;
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          });
      assertThat(accepted.get().get()).isTrue();
      assertThat(items(log)).containsExactly("later");
    }
  }

  @ParameterizedTest
  @EnumSource
  void interruptsOfOneFunctionDoNotReachTheNext(ThreadKind kind) throws Exception {
    try (Confined<List<String>> log = confinedList(kind).build()) {
      log.submit(list -> {
        Thread.currentThread().interrupt();
        return true;
      });
      assertThat(log.<Boolean>call(list -> Thread.currentThread().isInterrupted())).isFalse();
    }
  }

  /** Were the interrupt kept, parking would return at once, over and over. */
  @ParameterizedTest
  @EnumSource
  void anIdleOwnerThatIsInterruptedParksAgain(ThreadKind kind) throws Exception {
    try (Confined<List<String>> log = confinedList(kind).build()) {
      Thread owner = log.call(list -> Thread.currentThread());
      Waiting.untilBlocked(owner, PATIENCE);
      owner.interrupt();
      Waiting.until(() -> !owner.isInterrupted(), PATIENCE, () -> "still interrupted");
      Waiting.untilBlocked(owner, PATIENCE);
      assertThat(log.<Boolean>call(list -> Thread.currentThread().isInterrupted())).isFalse();
    }
  }

  // ------------------------------------------------------------------ cancelling

  @ParameterizedTest
  @EnumSource
  void aFunctionCancelledBeforeItBeginsIsSkippedAndCounted(ThreadKind kind) throws Exception {
    try (Confined<List<String>> log = confinedList(kind).build()) {
      Blocker blocker = Blocker.of(log);
      CompletableFuture<Boolean> cancelled = log.submit(list -> list.add("no"));
      CompletableFuture<Boolean> completed = log.submit(list -> list.add("no"));
      CompletableFuture<Boolean> failed = log.submit(list -> list.add("no"));
      CompletableFuture<Boolean> async = log.submit(list -> list.add("no"));
      CompletableFuture<Boolean> late =
          log.<Boolean>submit(list -> list.add("no")).orTimeout(1, TimeUnit.MILLISECONDS);
      assertThat(cancelled.cancel(true)).isTrue();
      assertThat(cancelled.cancel(true)).as("again").isTrue();
      assertThat(completed.complete(false)).isTrue();
      assertThat(failed.completeExceptionally(new IllegalStateException())).isTrue();
      assertThat(async.completeAsync(() -> false, Runnable::run).get()).isFalse();
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(late::get)
          .withCauseInstanceOf(TimeoutException.class);
      blocker.letGo();
      assertThat(log.<Integer>call(List::size)).isZero();
      assertThat(log.stats().cancelled()).isEqualTo(5);
      assertThat(cancelled.isCancelled()).isTrue();
      assertThat(completed.get()).isFalse();
      assertThat(blocker.future.get()).isEqualTo("let go");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFunctionThatHasBegunCannotBeCancelled(ThreadKind kind) throws Exception {
    try (Confined<List<String>> log = confinedList(kind).build()) {
      Blocker blocker = Blocker.of(log);
      assertThat(blocker.future.cancel(true)).isFalse();
      assertThat(blocker.future.isDone()).isFalse();
      blocker.letGo();
      assertThat(blocker.future.get()).isEqualTo("let go");
      assertThat(blocker.future.cancel(true)).isFalse();
      assertThat(blocker.wasInterrupted()).isFalse();
      assertThat(log.stats().cancelled()).isZero();
    }
  }

  @Test
  void whoCompletesTheFutureOfARunningFunctionHasItsWay() throws Exception {
    try (Confined<List<String>> log = Confined.of(ArrayList::new)) {
      Blocker blocker = Blocker.of(log);
      assertThat(blocker.future.complete("mine")).isTrue();
      blocker.letGo();
      assertThat(log.<Boolean>call(list -> list.add("goes on"))).isTrue();
      assertThat(blocker.future.get()).isEqualTo("mine");
      assertThat(log.stats().completed()).isEqualTo(2);
    }
  }

  // ------------------------------------------------------------------ what is kept

  /** A list of futures must not hold on to all functions that came after the first of them. */
  @Test
  void aFutureKeepsNeitherLaterOnesNorItsFunctionNorTheState() throws Exception {
    WeakReference<Object> state;
    WeakReference<Object> captured;
    WeakReference<Object> result;
    CompletableFuture<Boolean> first;
    Confined<Object> confined = Confined.of(Object::new);
    state = new WeakReference<>(confined.call(object -> object));
    Object payload = new Object();
    captured = new WeakReference<>(payload);
    first = submitCapturing(confined, payload);
    payload = null;
    result = new WeakReference<>(confined.call(object -> new Object()));
    confined.submit(object -> true).get();
    awaitCleared(captured, "what the function captured");
    awaitCleared(result, "a later result");
    confined.close();
    confined = null;
    awaitCleared(state, "the state");
    assertThat(first.get()).isTrue();
  }

  private static CompletableFuture<Boolean> submitCapturing(Confined<Object> to, Object payload)
      throws InterruptedException {
    return to.submit(object -> !payload.equals(object));
  }

  private static void awaitCleared(WeakReference<Object> reference, String what) throws Exception {
    Waiting.until(
        () -> {
          System.gc();
          return reference.refersTo(null);
        },
        PATIENCE,
        () -> what + " is still reachable");
  }

  // ------------------------------------------------------------------ names, stats, bad input

  @ParameterizedTest
  @EnumSource
  void statsAddUp(ThreadKind kind) throws Exception {
    try (Confined<List<String>> log = confinedList(kind).capacity(3).build()) {
      Blocker blocker = Blocker.of(log);
      log.submit(list -> list.add("a"));
      CompletableFuture<Integer> fails = log.submit(list -> 1 / list.indexOf("a"));
      log.submit(list -> list.add("no")).cancel(false);
      assertThat(log.stats()).isEqualTo(new ConfinedStats("log", 3, 4, 0, 0, 0, 0, 0, 0, 3, 3));
      assertThat(log.toString()).startsWith("Confined[log, 3 of 3 waiting, one running for PT");
      blocker.letGo();
      assertThatExceptionOfType(ExecutionException.class).isThrownBy(fails::get);
      log.call(List::size);
      assertThat(log.stats()).isEqualTo(new ConfinedStats("log", 3, 5, 3, 1, 1, 0, 0, 0, 0, 3));
    }
  }

  @Test
  void namesAreGeneratedAndDifferent() {
    try (Confined<Object> one = Confined.of(Object::new);
        Confined<Object> other = Confined.of(Object::new)) {
      assertThat(one.name()).startsWith("confined-").isNotEqualTo(other.name());
      assertThat(one.stats().capacity()).isEqualTo(1024);
    }
  }

  @Test
  @SuppressWarnings("NullAway") // the point
  void allWrongArgumentsAreNamedAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Confined.builder(Object::new).name(" ").capacity(0).threads(null).build())
        .withMessage("name is blank: \" \"; capacity is less than 1: 0; threads is null");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Confined.builder(Object::new).name(null).build())
        .withMessage("name is null");
    assertThatNullPointerException()
        .isThrownBy(() -> Confined.builder(null))
        .withMessage("initial");
    assertThatNullPointerException()
        .isThrownBy(() -> Confined.of(() -> null))
        .withMessage("initial returned null");
    assertThatNullPointerException()
        .isThrownBy(() -> Confined.builder(Object::new).name("x").threads(body -> null).build())
        .withMessage("threads made no thread for x");
    try (Confined<Object> one = Confined.of(Object::new)) {
      assertThatNullPointerException().isThrownBy(() -> one.submit(null)).withMessage("function");
      assertThatNullPointerException().isThrownBy(() -> one.call(null)).withMessage("function");
      assertThatNullPointerException()
          .isThrownBy(() -> one.trySubmit(null))
          .withMessage("function");
      assertThatNullPointerException()
          .isThrownBy(() -> one.submit(state -> 1, null))
          .withMessage("deadline");
      assertThatNullPointerException()
          .isThrownBy(() -> one.call(state -> 1, null))
          .withMessage("deadline");
      assertThatNullPointerException().isThrownBy(() -> one.close(null)).withMessage("drain");
      assertThat(one.stats().submitted()).isZero();
    }
  }
}
