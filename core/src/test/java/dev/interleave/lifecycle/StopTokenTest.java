// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import static dev.interleave.lifecycle.Bodies.PATIENCE;
import static dev.interleave.lifecycle.Bodies.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Owner;
import dev.interleave.diagnose.Owners;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StopTokenTest {
  private final StopToken token = StopToken.create("import");

  @Test
  void theFirstReasonWins() {
    IOException cause = new IOException("no disk");
    assertThat(token.isStopped()).isFalse();
    assertThat(token.reason()).isEmpty();
    token.throwIfStopped();
    assertThat(token.stop("first", cause)).isTrue();
    assertThat(token.stop("second")).isFalse();
    assertThat(token.isStopped()).isTrue();
    assertThat(token.reason()).contains("first");
    assertThat(token.cause()).contains(cause);
    assertThatExceptionOfType(StoppedException.class)
        .isThrownBy(token::throwIfStopped)
        .withMessage("import was stopped: first")
        .withCause(cause)
        .satisfies(e -> assertThat(e.reason()).isEqualTo("first"))
        .satisfies(e -> assertThat(e.name()).isEqualTo("import"));
    assertThat(token).hasToString("StopToken[import, stopped: first]");
  }

  @Test
  @SuppressWarnings("NullAway") // the point
  void argumentsAreChecked() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StopToken.create(" "))
        .withMessage("name is blank: \" \"");
    assertThatIllegalArgumentException().isThrownBy(() -> token.child(""));
    assertThatNullPointerException().isThrownBy(() -> token.onStop(null));
    assertThatNullPointerException().isThrownBy(() -> token.stop(null));
    assertThat(token.isStopped()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void whoWaitsIsWokenByTheStop(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Step<?> waits = actors.actor("waits").start(token::await);
      Step<Boolean> timed = actors.actor("timed").startCall(() -> token.await(soon()));
      Step<Boolean> sleeps =
          actors.actor("sleeps").startCall(() -> token.sleep(Duration.ofDays(1)));
      waits.awaitBlocked();
      timed.awaitBlocked();
      sleeps.awaitBlocked();
      token.stop("done");
      waits.result();
      assertThat(timed.result()).isTrue();
      assertThat(sleeps.result()).as("go on").isFalse();
    }
  }

  @Test
  void withoutAStopTheTimePasses() throws Exception {
    assertThat(token.await(Deadline.after(Duration.ZERO))).isFalse();
    assertThat(token.await(Deadline.after(Duration.ofMillis(1)))).isFalse();
    assertThat(token.sleep(Duration.ofMillis(1))).as("go on").isTrue();
    assertThat(token.sleep(Duration.ofMillis(-1))).isTrue();
    token.stop("now");
    assertThat(token.sleep(Duration.ZERO)).isFalse();
    token.await();
  }

  @ParameterizedTest
  @EnumSource
  void anInterruptEndsTheWaitAndStopsNothing(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor sleeper = actors.actor("sleeper");
      Step<Boolean> sleeps = sleeper.startCall(() -> token.sleep(Duration.ofDays(1)));
      sleeps.awaitBlocked();
      sleeper.interrupt();
      sleeps.failure(InterruptedException.class);
      assertThat(token.isStopped()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoWaitsIsSeenAndAnyoneCouldEndIt(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor waiter = actors.actor("waiter");
      Step<?> waits = waiter.start(token::await);
      waits.awaitBlocked();
      Wait wait = Objects.requireNonNull(Waits.of(waiter.thread()));
      assertThat(wait.resource().name()).isEqualTo("import");
      assertThat(wait.resource().kind()).isEqualTo("stop token");
      assertThat(wait.exit()).isEqualTo(Wait.Exit.INTERRUPT);
      assertThat(wait.resource().owners(wait)).isEqualTo(Owners.anyone());
      token.stop("seen");
      waits.result();
      assertThat(Waits.of(waiter.thread())).isNull();
    }
  }

  @Test
  void callbacksRunOnceInOrderOnTheThreadThatStops() {
    List<String> ran = new ArrayList<>();
    token.onStop(() -> ran.add("1 on " + Thread.currentThread().threadId()));
    token.onStop(() -> ran.add("2"));
    token.stop("go");
    token.stop("again");
    assertThat(ran).containsExactly("1 on " + Thread.currentThread().threadId(), "2");
    StopRegistration late = token.onStop(() -> ran.add("late"));
    assertThat(ran).hasSize(3).endsWith("late");
    assertThat(late.cancel()).isFalse();
  }

  @Test
  void whatACallbackThrowsIsReportedAndTheOthersRun() {
    Bodies.Errors errors = new Bodies.Errors();
    StopToken own = StopToken.create("own", errors::add);
    List<String> ran = new ArrayList<>();
    IllegalStateException failure = new IllegalStateException("first");
    own.onStop(() -> {
      throw failure;
    });
    own.onStop(() -> ran.add("second"));
    AssertionError inChild = new AssertionError("in the child");
    own.child("child")
        .onStop(() -> {
          throw inChild;
        });
    assertThat(own.stop("go")).isTrue();
    assertThat(ran).containsExactly("second");
    assertThat(errors.heard).containsExactly(failure, inChild);
  }

  @Test
  void aHandlerThatFailsDoesNotStopTheStop() {
    StopToken own =
        StopToken.create(
            "own",
            e -> {
              throw new IllegalStateException("the handler", e);
            });
    List<String> ran = new ArrayList<>();
    own.onStop(() -> {
      throw new IllegalStateException("the callback");
    });
    own.onStop(() -> ran.add("second"));
    assertThat(own.stop("go")).isTrue();
    assertThat(ran).containsExactly("second");
  }

  @Test
  void aCancelledCallbackNeverRunsAndIsNotKept() throws Exception {
    StopRegistration registration =
        token.onStop(() -> {
          throw new AssertionError("cancelled");
        });
    assertThat(token.held()).isOne();
    assertThat(registration.cancel()).isTrue();
    assertThat(registration.cancel()).as("again").isTrue();
    assertThat(token.held()).isZero();
    assertThat(registration.awaitEnd(soon())).isTrue();
    token.stop("go");
    registration.close();
  }

  @ParameterizedTest
  @EnumSource
  void cancelDoesNotWaitForACallbackThatRunsAndAwaitEndDoes(ThreadKind kind) throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    StopRegistration registration =
        token.onStop(() -> {
          inside.countDown();
          try {
            Bodies.await(go);
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor stopper = actors.actor("stopper");
      Step<?> stops = stopper.start(() -> token.stop("go"));
      Bodies.await(inside);
      assertThat(token.isStopped()).isTrue();
      assertThat(registration.cancel()).isFalse();
      assertThat(token.stop("a second stop does not wait either")).isFalse();
      assertThat(registration.awaitEnd(Deadline.after(Duration.ofMillis(1)))).isFalse();
      Actor waiter = actors.actor("waiter");
      Step<Boolean> waits = waiter.startCall(() -> registration.awaitEnd(Deadline.none()));
      waits.awaitBlocked();
      Wait wait = Objects.requireNonNull(Waits.of(waiter.thread()));
      assertThat(wait.resource().owners(wait).list())
          .singleElement()
          .extracting(Owner::thread)
          .isEqualTo(stopper.thread());
      go.countDown();
      assertThat(waits.result()).isTrue();
      stops.result();
    }
  }

  @Test
  void aCallbackCannotWaitForItsOwnEnd() {
    AtomicReference<StopRegistration> own = new AtomicReference<>();
    Bodies.Errors errors = new Bodies.Errors();
    StopToken of = StopToken.create("own", errors::add);
    own.set(
        of.onStop(() -> {
          try {
            own.get().awaitEnd(Deadline.none());
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        }));
    of.stop("go");
    assertThat(errors.only()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aChildIsStoppedWithItsParentAndNotTheOtherWayRound() {
    StopToken child = token.child("child");
    StopToken grandchild = child.child("grandchild");
    StopToken other = token.child("other");
    other.stop("of its own");
    assertThat(token.isStopped()).isFalse();
    assertThat(child.isStopped()).isFalse();
    token.stop("all");
    assertThat(grandchild.reason()).contains("all");
    assertThat(child.reason()).contains("all");
    assertThat(other.reason()).contains("of its own");
    assertThat(token.child("late").reason()).contains("all");
  }

  @Test
  void allDescendantsAreStoppedBeforeTheFirstCallback() {
    StopToken child = token.child("child");
    List<Boolean> seen = new ArrayList<>();
    token.onStop(() -> seen.add(child.isStopped()));
    token.stop("all");
    assertThat(seen).containsExactly(true);
  }

  @Test
  void aClosedChildIsNotKeptAndNotStopped() {
    for (int i = 0; i < 1000; i++) {
      token.child("child").close();
    }
    assertThat(token.held()).isZero();
    StopToken child = token.child("closed");
    child.close();
    child.close();
    token.stop("all");
    assertThat(child.isStopped()).isFalse();
    assertThat(child.stop("by hand")).isTrue();
    token.close();
  }

  @Test
  void manyGenerationsAreStopped() {
    StopToken youngest = token;
    for (int i = 0; i < 100_000; i++) {
      youngest = youngest.child("generation");
    }
    token.stop("all");
    assertThat(youngest.isStopped()).isTrue();
    assertThat(token.held()).isZero();
  }
}
