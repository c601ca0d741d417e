// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

import static dev.interleave.state.Blocker.confined;
import static dev.interleave.state.Blocker.confinedList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.interleave.Deadline;
import dev.interleave.StopReport;
import dev.interleave.testing.NoThreadLeaks;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How confined state ends, and that nobody waits for it in vain. */
@NoThreadLeaks(ignoring = Blocker.TIMER_OF_VIRTUAL_THREADS)
@SuppressWarnings("FutureReturnValueIgnored") // the next call tells
class ConfinedCloseTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** A function that ends when it is interrupted, and says in {@code begun} that it runs. */
  private static Function<Object, String> untilInterrupted(CountDownLatch begun) {
    return state -> {
      begun.countDown();
      try {
        new CountDownLatch(1).await();
        throw new AssertionError("nobody counts down");
      } catch (InterruptedException e) {
        return "interrupted";
      }
    };
  }

  private static void assertRejects(Confined<List<String>> log) {
    long before = log.stats().rejected();
    for (ThrowingCallable sending :
        List.<ThrowingCallable>of(
            () -> log.submit(list -> list.add("no")),
            () -> log.submit(list -> list.add("no"), Deadline.after(PATIENCE)),
            () -> log.trySubmit(list -> list.add("no")),
            () -> log.call(list -> list.add("no")))) {
      assertThatExceptionOfType(ConfinedClosedException.class)
          .isThrownBy(sending)
          .withMessage("log is closed and accepts nothing more");
    }
    assertThat(log.stats().rejected()).isEqualTo(before + 4);
  }

  private static void assertDiscarded(CompletableFuture<?> future) {
    assertThat(future).isDone();
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(future::get)
        .withCauseInstanceOf(ConfinedClosedException.class)
        .withMessageContaining("log was closed before this function had begun");
  }

  @ParameterizedTest
  @EnumSource
  void closeRunsAllThatWasAcceptedAndRejectsTheRest(ThreadKind kind) throws Exception {
    List<String> kept = new ArrayList<>();
    Confined<List<String>> log = confined(kind, () -> kept).build();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Blocker blocker = Blocker.of(log);
      for (int i = 0; i < 100; i++) {
        log.submit(list -> list.add("x"));
      }
      Step<?> closing = actors.actor("closer").start(log::close);
      closing.awaitBlocked();
      Step<?> closingToo = actors.actor("other closer").start(log::close);
      closingToo.awaitBlocked();
      assertThat(log.isClosed()).isTrue();
      assertRejects(log);
      blocker.letGo();
      closing.result();
      closingToo.result();
    }
    assertThat(kept).hasSize(100);
    log.close();
    assertRejects(log);
    assertThat(log.close(PATIENCE).drained()).isZero();
    assertThat(log.close(PATIENCE).isClean()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void closeWakesAllThatWaitForAPlace(ThreadKind kind) throws Exception {
    Confined<List<String>> log = confinedList(kind).capacity(1).build();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Blocker blocker = Blocker.of(log);
      log.submit(list -> list.add("first"));
      List<Step<?>> senders = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Deadline deadline = i % 2 == 0 ? Deadline.none() : Deadline.after(PATIENCE);
        Step<?> sender =
            actors.actor("sender-" + i).start(() -> log.submit(list -> list.add("no"), deadline));
        sender.awaitBlocked();
        senders.add(sender);
      }
      Step<?> closing = actors.actor("closer").start(log::close);
      for (Step<?> sender : senders) {
        sender.failure(ConfinedClosedException.class);
      }
      closing.assertNotDone();
      blocker.letGo();
      closing.result();
    }
    assertThat(log.stats().submitted()).isEqualTo(2);
    assertThat(log.stats().rejected()).isEqualTo(4);
  }

  @ParameterizedTest
  @EnumSource
  void boundedCloseReportsWhatDrained(ThreadKind kind) throws Exception {
    Confined<List<String>> log = confinedList(kind).build();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Blocker blocker = Blocker.of(log);
      log.submit(list -> list.add("a"));
      log.submit(list -> list.get(7)); // fails, and has run
      log.submit(list -> list.add("no")).cancel(false);
      Step<StopReport> closing = actors.actor("closer").startCall(() -> log.close(PATIENCE));
      closing.awaitBlocked();
      blocker.letGo();
      StopReport report = closing.result();
      assertThat(report.isClean()).isTrue();
      assertThat(report.name()).isEqualTo("log");
      assertThat(report.drained()).isEqualTo(3);
      assertThat(report.interrupted()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void boundedCloseInterruptsWhatRunsAndDiscardsWhatDoesNot(ThreadKind kind) throws Exception {
    Confined<Object> log = confined(kind, Object::new).build();
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<String> runs = log.submit(untilInterrupted(begun));
    begun.await();
    List<CompletableFuture<Boolean>> waiting = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      waiting.add(log.submit(state -> true));
    }
    StopReport report = log.close(Duration.ofMillis(1));
    assertThat(report.interrupted())
        .singleElement()
        .satisfies(running -> {
          assertThat(running.task()).isEqualTo("function 1 of log");
          assertThat(running.thread()).isEqualTo("log");
          assertThat(running.stack())
              .anyMatch(frame -> frame.getMethodName().contains("untilInterrupted"));
        });
    assertThat(report.abandoned()).isEmpty();
    assertThat(report.drained()).isZero();
    assertThat(report.discarded()).isEqualTo(3);
    assertThat(runs.get()).isEqualTo("interrupted");
    waiting.forEach(ConfinedCloseTest::assertDiscarded);
    assertThat(log.stats().discarded()).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource
  void boundedCloseAbandonsWhatIgnoresTheInterrupt(ThreadKind kind) throws Exception {
    Confined<Object> log = confined(kind, Object::new).build();
    Blocker blocker = Blocker.of(log);
    CompletableFuture<Boolean> waiting = log.submit(state -> true);
    StopReport report = log.close(Duration.ZERO);
    assertThat(report.abandoned())
        .singleElement()
        .satisfies(running ->
            assertThat(running.stack())
                .anyMatch(frame -> frame.getClassName().equals(Blocker.class.getName())));
    assertThat(report.isClean()).isFalse();
    assertThat(report.discarded()).isOne();
    assertDiscarded(waiting);
    assertThat(blocker.wasInterrupted()).isTrue();
    blocker.letGo();
    assertThat(blocker.future.get()).as("it has run, late").isEqualTo("let go");
    log.close();
  }

  @ParameterizedTest
  @EnumSource
  void anInterruptEndsBothClosesEarlyAndIsKept(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      for (boolean bounded : List.of(true, false)) {
        Confined<Object> log = confined(kind, Object::new).build();
        Blocker blocker = Blocker.of(log);
        CompletableFuture<Boolean> waiting = log.submit(state -> true);
        var closer = actors.actor("closer " + bounded);
        Step<Boolean> closing =
            closer.startCall(() -> {
              if (bounded) {
                assertThat(log.close(Duration.ofDays(1)).abandoned()).hasSize(1);
              } else {
                log.close();
              }
              return Thread.interrupted();
            });
        closing.awaitBlocked();
        closer.interrupt();
        assertThat(closing.result()).as("still interrupted").isTrue();
        assertDiscarded(waiting);
        blocker.letGo();
        blocker.future.get();
        assertThat(blocker.wasInterrupted()).isTrue();
        log.close();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void closeNowReturnsWhatWillNotRun(ThreadKind kind) throws Exception {
    Confined<List<String>> log = confinedList(kind).build();
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<String> runs = log.submit(untilInterrupted(begun));
    begun.await();
    Function<List<String>, Boolean> first = list -> list.add("1");
    Function<List<String>, Boolean> taken = list -> list.add("no");
    Function<List<String>, Boolean> second = list -> list.add("2");
    CompletableFuture<Boolean> firstFuture = log.submit(first);
    log.submit(taken).cancel(false);
    log.submit(second);
    assertThat(log.closeNow()).isEqualTo(List.of(first, second));
    assertDiscarded(firstFuture);
    assertThat(runs.get(30, TimeUnit.SECONDS)).isEqualTo("interrupted");
    assertThat(log.closeNow()).isEmpty();
    assertRejects(log);
    log.close();
  }

  /** A call whose function was discarded says so; no cause, since nothing has failed. */
  @ParameterizedTest
  @EnumSource
  void aCallThatIsDiscardedIsToldSo(ThreadKind kind) throws Exception {
    Confined<List<String>> log = confinedList(kind).build();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Blocker blocker = Blocker.of(log);
      Step<?> call = actors.actor("caller").start(() -> log.call(List::size));
      call.awaitBlocked();
      assertThat(log.closeNow()).hasSize(1);
      assertThat(call.failure(ConfinedClosedException.class))
          .hasMessage("log was closed before this function had begun");
      blocker.letGo();
    }
    log.close();
  }

  @ParameterizedTest
  @EnumSource
  void aFunctionMayCloseItsOwnState(ThreadKind kind) throws Exception {
    Confined<List<String>> log = confinedList(kind).build();
    Blocker blocker = Blocker.of(log);
    CompletableFuture<Boolean> closes =
        log.submit(list -> {
          log.close();
          return log.isClosed();
        });
    CompletableFuture<Boolean> behind = log.submit(list -> list.add("accepted before"));
    blocker.letGo();
    assertThat(closes.get()).isTrue();
    assertThat(behind.get()).isTrue();
    log.close();
  }

  @ParameterizedTest
  @EnumSource
  void aFunctionMayThrowAwayTheRestWithoutInterruptingItself(ThreadKind kind) throws Exception {
    Confined<List<String>> log = confinedList(kind).build();
    Blocker blocker = Blocker.of(log);
    CompletableFuture<Integer> throwsAway =
        log.submit(list -> {
          int thrownAway = log.closeNow().size();
          assertThat(Thread.currentThread().isInterrupted()).isFalse();
          return thrownAway;
        });
    CompletableFuture<Boolean> behind = log.submit(list -> list.add("no"));
    blocker.letGo();
    assertThat(throwsAway.get()).isOne();
    assertDiscarded(behind);
    log.close();
  }
}
