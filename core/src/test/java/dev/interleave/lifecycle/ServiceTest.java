// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import static dev.interleave.lifecycle.Bodies.PATIENCE;
import static dev.interleave.lifecycle.Bodies.eventually;
import static dev.interleave.lifecycle.Bodies.service;
import static dev.interleave.lifecycle.Bodies.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.StopReport;
import dev.interleave.diagnose.Owner;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import dev.interleave.testing.NoThreadLeaks;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@NoThreadLeaks(ignoring = Bodies.TIMER_OF_VIRTUAL_THREADS)
class ServiceTest {
  @ParameterizedTest
  @EnumSource
  void isStartedRunsAndStops(ThreadKind kind) throws Exception {
    List<String> changes = new CopyOnWriteArrayList<>();
    Service service = service(kind, "mail", Bodies::obedient).build();
    service.listen((from, to) -> changes.add(from + " -> " + to.state()));
    assertThat(service.state()).isEqualTo(Service.State.NEW);
    service.start(soon());
    assertThat(service.state()).isEqualTo(Service.State.RUNNING);
    assertThat(service.status().inState()).isGreaterThanOrEqualTo(Duration.ZERO);
    StopReport report = service.stop("enough", PATIENCE);
    assertThat(report.name()).isEqualTo("mail");
    assertThat(report.isClean()).isTrue();
    assertThat(report.drained()).isOne();
    assertThat(report.interrupted()).isEmpty();
    assertThat(service.state()).isEqualTo(Service.State.STOPPED);
    assertThat(service.status().stopReason()).contains("enough");
    assertThat(service.status().failure()).isEmpty();
    assertThat(service.stop(PATIENCE)).isSameAs(report);
    assertThat(service.awaitEnd(soon())).isTrue();
    eventually("all is told", () -> changes.size() == 4);
    assertThat(changes)
        .containsExactly(
            "NEW -> STARTING", "STARTING -> RUNNING", "RUNNING -> STOPPING", "STOPPING -> STOPPED");
  }

  @ParameterizedTest
  @EnumSource
  void startWaitsUntilTheBodySaysThatItIsReady(ThreadKind kind) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Service service =
        service(
                kind,
                "slow",
                (stop, ready) -> {
                  Bodies.await(go);
                  Bodies.obedient(stop, ready);
                })
            .build();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor starter = actors.actor("starter");
      Step<?> starts = starter.start(() -> service.start(Deadline.none()));
      starts.awaitBlocked();
      assertThat(service.state()).isEqualTo(Service.State.STARTING);
      Wait wait = Objects.requireNonNull(Waits.of(starter.thread()));
      assertThat(wait.resource().name()).isEqualTo("slow");
      assertThat(wait.wants()).isEqualTo("ready");
      assertThatExceptionOfType(ServiceTimeoutException.class)
          .isThrownBy(() -> service.awaitReady(Deadline.after(Duration.ofMillis(1))))
          .withMessageStartingWith("slow is not ready after ")
          .satisfies(e -> assertThat(e.where().orElseThrow().thread()).isEqualTo("slow"));
      go.countDown();
      starts.result();
    }
    service.awaitReady(soon());
    service.close();
  }

  @ParameterizedTest
  @EnumSource
  void aSecondStartIsRefusedAndNamesTheState(ThreadKind kind) throws Exception {
    Service service = service(kind, "mail", Bodies::obedient).build();
    service.start(soon());
    assertThatIllegalStateException()
        .isThrownBy(service::start)
        .withMessage("mail cannot be started, it is RUNNING");
    service.stop(PATIENCE);
    assertThatIllegalStateException()
        .isThrownBy(() -> service.start(soon()))
        .withMessage("mail cannot be started, it is STOPPED");
  }

  @ParameterizedTest
  @EnumSource
  void aServiceStoppedBeforeItsStartNeverRuns(ThreadKind kind) throws Exception {
    Service service =
        service(
                kind,
                "never",
                (stop, ready) -> {
                  throw new AssertionError("runs");
                })
            .build();
    StopReport report = service.stop(PATIENCE);
    assertThat(report.isClean()).isTrue();
    assertThat(report.drained()).isZero();
    assertThat(report.took()).isZero();
    assertThat(service.state()).isEqualTo(Service.State.STOPPED);
    assertThatIllegalStateException()
        .isThrownBy(service::start)
        .withMessage("never cannot be started, it is STOPPED");
    assertThatExceptionOfType(StoppedException.class)
        .isThrownBy(() -> service.awaitReady(soon()))
        .withMessage("never was stopped: stop was called");
  }

  @ParameterizedTest
  @EnumSource
  void aStopDuringTheStartEndsTheWaitForIt(ThreadKind kind) throws Exception {
    Service service = service(kind, "starting", (stop, ready) -> stop.await()).build();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Step<?> starts = actors.actor("starter").start(() -> service.start(Deadline.none()));
      starts.awaitBlocked();
      assertThat(service.requestStop("changed my mind")).isTrue();
      assertThat(service.requestStop("again")).isFalse();
      assertThat(starts.failure(StoppedException.class))
          .hasMessage("starting was stopped: changed my mind");
    }
    assertThat(service.awaitEnd(soon())).isTrue();
    assertThat(service.state()).isEqualTo(Service.State.STOPPED);
  }

  @ParameterizedTest
  @EnumSource
  void aFailureIsKeptAndTold(ThreadKind kind) throws Exception {
    IOException failure = new IOException("no disk");
    Bodies.Errors errors = new Bodies.Errors();
    Service service =
        service(
                kind,
                "fails",
                (stop, ready) -> {
                  throw failure;
                })
            .onError(errors::add)
            .build();
    List<Throwable> told = new CopyOnWriteArrayList<>();
    service.onFailure(told::add);
    assertThatExceptionOfType(ServiceFailedException.class)
        .isThrownBy(() -> service.start(soon()))
        .withMessage("fails failed: java.io.IOException: no disk")
        .withCause(failure);
    assertThat(service.awaitEnd(soon())).isTrue();
    assertThat(service.state()).isEqualTo(Service.State.FAILED);
    assertThat(service.status().failure()).containsSame(failure);
    assertThat(service.stop(PATIENCE).isClean()).isTrue();
    eventually("told", () -> !told.isEmpty());
    assertThat(told).containsExactly(failure);
    assertThat(errors.only()).isSameAs(failure);
    List<Throwable> later = new ArrayList<>();
    service.onFailure(later::add);
    assertThat(later).containsExactly(failure);
  }

  @ParameterizedTest
  @EnumSource
  void aBodyThatReturnsBeforeItIsReadyHasFailed(ThreadKind kind) {
    Service service = service(kind, "hasty", (stop, ready) -> {}).onError(e -> {}).build();
    assertThatExceptionOfType(ServiceFailedException.class)
        .isThrownBy(() -> service.start(soon()))
        .withMessageContaining("hasty returned before it was ready");
  }

  @ParameterizedTest
  @EnumSource
  void aBodyThatCompletesByItselfHasStoppedWithoutAReason(ThreadKind kind) throws Exception {
    AtomicReference<StopToken> token = new AtomicReference<>();
    Service service =
        service(
                kind,
                "once",
                (stop, ready) -> {
                  token.set(stop);
                  ready.run();
                })
            .build();
    service.start(soon());
    assertThat(service.awaitEnd(soon())).isTrue();
    assertThat(service.state()).isEqualTo(Service.State.STOPPED);
    assertThat(service.status().stopReason()).isEmpty();
    eventually("what else has its token ends too", token.get()::isStopped);
    assertThat(service.stop(PATIENCE).drained()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void aBodyThatIsDeafToItsTokenIsInterrupted(ThreadKind kind) throws Exception {
    Service service = service(kind, "deaf", Bodies::deaf).build();
    service.start(soon());
    StopReport report = service.stop(Duration.ofMillis(1));
    assertThat(report.interrupted())
        .singleElement()
        .satisfies(running -> {
          assertThat(running.task()).isEqualTo("the body of deaf");
          assertThat(running.thread()).isEqualTo("deaf");
          assertThat(running.stack()).anyMatch(frame -> frame.getMethodName().equals("deaf"));
        });
    assertThat(report.abandoned()).isEmpty();
    assertThat(report.isClean()).isTrue();
    assertThat(service.state()).isEqualTo(Service.State.STOPPED);
  }

  @ParameterizedTest
  @EnumSource
  void aBodyThatIgnoresItsInterruptIsAbandonedWithItsStack(ThreadKind kind) throws Exception {
    Bodies.Stubborn body = new Bodies.Stubborn();
    Service service = service(kind, "stubborn", body).build();
    service.start(soon());
    StopReport report = service.stop(Duration.ZERO);
    assertThat(report.isClean()).isFalse();
    assertThat(report.abandoned())
        .singleElement()
        .satisfies(running ->
            assertThat(running.stack()).anyMatch(frame -> frame.getMethodName().equals("block")));
    Bodies.await(body.interrupted);
    assertThat(service.state()).isEqualTo(Service.State.STOPPING);
    body.letGo();
    assertThat(service.awaitEnd(soon())).isTrue();
    assertThat(service.stop(PATIENCE)).as("the report of the stop").isSameAs(report);
    assertThat(service.state()).isEqualTo(Service.State.STOPPED);
  }

  @ParameterizedTest
  @EnumSource
  void allWhoStopGetTheSameReportAndTheLeastTimeCounts(ThreadKind kind) throws Exception {
    Service service = service(kind, "deaf", Bodies::deaf).build();
    service.start(soon());
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor patient = actors.actor("patient");
      Step<StopReport> first = patient.startCall(() -> service.stop(Duration.ofDays(1)));
      first.awaitBlocked();
      Wait wait = Objects.requireNonNull(Waits.of(patient.thread()));
      assertThat(wait.wants()).isEqualTo("the end");
      assertThat(wait.resource().owners(wait).list())
          .singleElement()
          .extracting(Owner::threadName)
          .isEqualTo("deaf");
      StopReport report = service.stop(Duration.ZERO);
      assertThat(report.interrupted()).hasSize(1);
      assertThat(first.result()).isSameAs(report);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anInterruptedStopperInterruptsTheBodyAtOnceAndStaysInterrupted(ThreadKind kind)
      throws Exception {
    Service service = service(kind, "deaf", Bodies::deaf).build();
    service.start(soon());
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor stopper = actors.actor("stopper");
      Step<StopReport> stops = stopper.startCall(() -> service.stop(Duration.ofDays(1)));
      stops.awaitBlocked();
      stopper.interrupt();
      assertThat(stops.endedInterrupted()).isTrue();
      assertThat(stops.result().interrupted()).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBodyCannotWaitForItselfButMayAskItselfToStop(ThreadKind kind) throws Exception {
    List<Throwable> refused = new CopyOnWriteArrayList<>();
    AtomicReference<Service> self = new AtomicReference<>();
    Service service =
        service(
                kind,
                "self",
                (stop, ready) -> {
                  Service own = self.get();
                  ready.run();
                  for (ThrowingCallable waiting :
                      List.<ThrowingCallable>of(
                          () -> own.stop(PATIENCE), () -> own.awaitEnd(soon()))) {
                    refused.add(catchThrowable(waiting));
                  }
                  own.close();
                  stop.await();
                })
            .build();
    self.set(service);
    service.start(soon());
    assertThat(service.awaitEnd(soon())).isTrue();
    assertThat(refused)
        .hasSize(2)
        .allSatisfy(e ->
            assertThat(e)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("it would wait for itself"));
    assertThat(service.status().stopReason()).contains("close was called");
  }

  @ParameterizedTest
  @EnumSource
  void aParentStopsItAndDoesNotKeepItAfterTheEnd(ThreadKind kind) throws Exception {
    StopToken parent = StopToken.create("app");
    Service first = service(kind, "first", Bodies::obedient).parent(parent).build();
    Service second = service(kind, "second", (stop, ready) -> ready.run()).parent(parent).build();
    first.start(soon());
    second.start(soon());
    assertThat(second.awaitEnd(soon())).isTrue();
    eventually("only the other one is kept", () -> parent.held() == 1);
    parent.stop("all");
    assertThat(first.awaitEnd(soon())).isTrue();
    assertThat(first.status().stopReason()).contains("all");
  }

  @ParameterizedTest
  @EnumSource
  void whatAListenerThrowsIsToldAndTheOthersHear(ThreadKind kind) throws Exception {
    Bodies.Errors errors = new Bodies.Errors();
    Service service = service(kind, "mail", Bodies::obedient).onError(errors::add).build();
    IllegalStateException failure = new IllegalStateException("listener");
    List<Service.State> heard = new CopyOnWriteArrayList<>();
    Guard listening =
        service.listen((from, to) -> {
          throw failure;
        });
    service.listen((from, to) -> heard.add(to.state()));
    service.start(soon());
    eventually("two are told", () -> errors.heard.size() == 2 && heard.size() == 2);
    listening.close();
    service.stop(PATIENCE);
    eventually("all are told", () -> heard.size() == 4);
    assertThat(errors.heard).containsExactly(failure, failure);
  }

  /** The stop of Guava's services under a lock deadlocked with listeners (guava#2072). */
  @ParameterizedTest
  @EnumSource
  void aListenerMayStopTheServiceOrAskForItsState(ThreadKind kind) throws Exception {
    Service service = service(kind, "mail", Bodies::obedient).build();
    AtomicReference<Service.State> seen = new AtomicReference<>();
    service.listen((from, to) -> {
      if (to.state() == Service.State.RUNNING) {
        seen.set(service.state());
        service.requestStop("by a listener");
      }
    });
    service.start();
    assertThat(service.awaitEnd(soon())).isTrue();
    assertThat(service.status().stopReason()).contains("by a listener");
    assertThat(seen.get()).isEqualTo(Service.State.RUNNING);
  }

  @Test
  void aThreadThatCannotBeMadeIsAFailure() throws Exception {
    Bodies.Errors errors = new Bodies.Errors();
    Service service =
        Service.builder("poor", Bodies::obedient)
            .threads(run -> {
              throw new OutOfMemoryError("no thread");
            })
            .onError(errors::add)
            .build();
    assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(service::start);
    assertThat(service.state()).isEqualTo(Service.State.FAILED);
    assertThat(service.awaitEnd(soon())).isTrue();
    assertThat(errors.heard).hasSize(1);
  }

  @Test
  @SuppressWarnings("NullAway") // the point
  void argumentsAreCheckedAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            Service.builder(" ", null)
                .threads(null)
                .parent(null)
                .onError(null)
                .stopTimeout(Duration.ofSeconds(-1))
                .build())
        .withMessage(
            "name is blank: \" \"; body is null; threads is null; stopTimeout is negative: PT-1S;"
                + " parent is null; onError is null");
  }

  @Test
  void saysHowItIs() throws Exception {
    try (Service service = Service.builder("mail", Bodies::obedient).build()) {
      assertThat(service.toString()).startsWith("Service[mail is NEW for PT");
      service.start(soon());
      assertThat(service.status().toString()).startsWith("mail is RUNNING for PT");
    }
  }
}
