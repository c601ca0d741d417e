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
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.StopReport;
import dev.interleave.testing.NoThreadLeaks;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@NoThreadLeaks(ignoring = Bodies.TIMER_OF_VIRTUAL_THREADS)
class ServiceGroupTest {
  /** What happened, in order. */
  private final List<String> log = new CopyOnWriteArrayList<>();

  private Service.Builder logged(ThreadKind kind, String name) {
    return service(
        kind,
        name,
        (stop, ready) -> {
          log.add("+" + name);
          ready.run();
          stop.await();
          log.add("-" + name);
        });
  }

  private Service member(ThreadKind kind, String name) {
    return logged(kind, name).build();
  }

  private Service failing(ThreadKind kind, String name, Exception failure) {
    return service(
            kind,
            name,
            (stop, ready) -> {
              log.add("+" + name);
              throw failure;
            })
        .onError(e -> {})
        .build();
  }

  @ParameterizedTest
  @EnumSource
  void startsInOrderAndStopsInReverse(ThreadKind kind) throws Exception {
    ServiceGroup group =
        ServiceGroup.builder("app")
            .add(member(kind, "web"), "cache")
            .add(member(kind, "cache"), "database")
            .add(member(kind, "database"))
            .build();
    group.start(soon());
    assertThat(group.state()).isEqualTo(Service.State.RUNNING);
    assertThat(log).containsExactly("+database", "+cache", "+web");
    StopReport report = group.stop(PATIENCE);
    assertThat(log.subList(3, 6)).containsExactly("-web", "-cache", "-database");
    assertThat(report.name()).isEqualTo("app");
    assertThat(report.drained()).isEqualTo(3);
    assertThat(report.isClean()).isTrue();
    assertThat(group.stop(PATIENCE)).isSameAs(report);
    assertThat(group.state()).isEqualTo(Service.State.STOPPED);
    assertThat(group.awaitEnd(soon())).isTrue();
    assertThatIllegalStateException()
        .isThrownBy(() -> group.start(soon()))
        .withMessage("app cannot be started, it is STOPPED");
  }

  /** Each waits for the other in its start and in its stop. */
  @ParameterizedTest
  @EnumSource
  void whatIsFreeStartsAndStopsAtTheSameTime(ThreadKind kind) throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(2);
    Service.Body meets =
        (stop, ready) -> {
          barrier.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
          ready.run();
          stop.await();
          barrier.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        };
    ServiceGroup group =
        ServiceGroup.builder("app")
            .add(service(kind, "a", meets).build(), "base")
            .add(service(kind, "b", meets).build(), "base")
            .add(member(kind, "base"))
            .build();
    group.start(soon());
    assertThat(group.stop(PATIENCE).drained()).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource
  void aHalfStartIsRolledBackInReverse(ThreadKind kind) throws Exception {
    IOException failure = new IOException("port in use");
    Service last = member(kind, "last");
    ServiceGroup group =
        ServiceGroup.builder("app")
            .add(member(kind, "database"))
            .add(member(kind, "cache"), "database")
            .add(failing(kind, "web", failure), "cache")
            .add(last, "web")
            .build();
    GroupStartException thrown =
        catchThrowableOfType(GroupStartException.class, () -> group.start(soon()));
    assertThat(thrown)
        .hasMessageStartingWith(
            "app did not start: web failed (java.io.IOException: port in use); what had started"
                + " was stopped: app stopped in ")
        .hasCause(failure);
    assertThat(thrown.failures()).containsOnlyKeys("web").containsValue(failure);
    assertThat(thrown.late()).isEmpty();
    assertThat(thrown.rollback().orElseThrow().drained()).isEqualTo(2);
    assertThat(log).containsExactly("+database", "+cache", "+web", "-cache", "-database");
    assertThat(last.state()).as("never begun").isEqualTo(Service.State.NEW);
    assertThat(group.state()).isEqualTo(Service.State.FAILED);
    assertThat(group.stop(PATIENCE)).isSameAs(thrown.rollback().orElseThrow());
  }

  @ParameterizedTest
  @EnumSource
  void whoIsLateIsNamed(ThreadKind kind) throws Exception {
    Service slow = service(kind, "slow", (stop, ready) -> stop.await()).build();
    ServiceGroup group =
        ServiceGroup.builder("app")
            .add(member(kind, "base"))
            .add(slow, "base")
            .startTimeout("slow", Duration.ofMillis(20))
            .build();
    GroupStartException thrown =
        catchThrowableOfType(GroupStartException.class, () -> group.start(soon()));
    assertThat(thrown.late()).containsExactly("slow");
    assertThat(thrown.failures()).isEmpty();
    assertThat(thrown).hasMessageStartingWith("app did not start: late: slow; what");
    assertThat(log).containsExactly("+base", "-base");
    assertThat(slow.state()).isEqualTo(Service.State.STOPPED);
  }

  @ParameterizedTest
  @EnumSource
  void allWhoAreLateForTheDeadlineOfTheWholeAreNamed(ThreadKind kind) throws Exception {
    ServiceGroup group =
        ServiceGroup.builder("app")
            .add(service(kind, "slow", (stop, ready) -> stop.await()).build())
            .add(service(kind, "slower", (stop, ready) -> stop.await()).build())
            .build();
    GroupStartException thrown =
        catchThrowableOfType(
            GroupStartException.class, () -> group.start(Deadline.after(Duration.ofMillis(20))));
    assertThat(thrown.late()).containsExactlyInAnyOrder("slow", "slower");
  }

  /** A start that does not come back at its deadline is late all the same. */
  @Test
  void aStartThatIgnoresItsDeadlineIsLate() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    Managed rude =
        new Member("rude") {
          @Override
          public void start(Deadline deadline) throws InterruptedException {
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interrupted.countDown();
              throw e;
            }
          }
        };
    ServiceGroup group =
        ServiceGroup.builder("app").add(rude).startTimeout(Duration.ofMillis(1)).build();
    assertThat(catchThrowableOfType(GroupStartException.class, () -> group.start(soon())).late())
        .containsExactly("rude");
    Bodies.await(interrupted);
  }

  @ParameterizedTest
  @EnumSource
  void anInterruptedStartIsRolledBack(ThreadKind kind) throws Exception {
    ServiceGroup group =
        ServiceGroup.builder("app")
            .add(member(kind, "base"))
            .add(service(kind, "slow", (stop, ready) -> stop.await()).build(), "base")
            .build();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor starter = actors.actor("starter");
      Step<?> starts = starter.start(() -> group.start(Deadline.none()));
      eventually("base is up", () -> log.contains("+base"));
      starts.awaitBlocked();
      starter.interrupt();
      InterruptedException thrown = starts.failure(InterruptedException.class);
      assertThat(thrown.getSuppressed()).singleElement().isInstanceOf(GroupStartException.class);
      assertThat(log).containsExactly("+base", "-base");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStopDuringTheStartRollsBack(ThreadKind kind) throws Exception {
    ServiceGroup group =
        ServiceGroup.builder("app")
            .add(member(kind, "base"))
            .add(service(kind, "slow", (stop, ready) -> stop.await()).build(), "base")
            .build();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Step<?> starts = actors.actor("starter").start(() -> group.start(Deadline.none()));
      eventually("base is up", () -> log.contains("+base"));
      starts.awaitBlocked();
      StopReport report = group.stop(PATIENCE);
      assertThat(report.isClean()).isTrue();
      starts.failure(StoppedException.class);
      assertThat(log).containsExactly("+base", "-base");
      assertThat(group.state()).isEqualTo(Service.State.STOPPED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFailureStopsTheGroup(ThreadKind kind) throws Exception {
    CountDownLatch fail = new CountDownLatch(1);
    IOException failure = new IOException("connection lost");
    ServiceGroup group =
        ServiceGroup.builder("app")
            .add(member(kind, "base"))
            .add(
                service(
                        kind,
                        "fails",
                        (stop, ready) -> {
                          ready.run();
                          Bodies.await(fail);
                          throw failure;
                        })
                    .onError(e -> {})
                    .build(),
                "base")
            .build();
    List<Throwable> told = new CopyOnWriteArrayList<>();
    group.onFailure(told::add);
    group.start(soon());
    fail.countDown();
    assertThat(group.awaitEnd(soon())).isTrue();
    assertThat(group.state()).isEqualTo(Service.State.FAILED);
    assertThat(group.failures()).containsOnlyKeys("fails").containsValue(failure);
    assertThat(log).containsExactly("+base", "-base");
    eventually("told", () -> told.equals(List.of(failure)));
  }

  @ParameterizedTest
  @EnumSource
  void aFailureIsOnlyReportedIfThatIsThePolicy(ThreadKind kind) throws Exception {
    CountDownLatch fail = new CountDownLatch(1);
    Bodies.Errors errors = new Bodies.Errors();
    Service base = member(kind, "base");
    ServiceGroup group =
        ServiceGroup.builder("app")
            .add(base)
            .add(
                service(
                        kind,
                        "fails",
                        (stop, ready) -> {
                          ready.run();
                          Bodies.await(fail);
                          throw new IOException("connection lost");
                        })
                    .onError(e -> {})
                    .build())
            .onFailure(ServiceGroup.FailurePolicy.REPORT)
            .onError(errors::add)
            .build();
    group.start(soon());
    fail.countDown();
    eventually("told", () -> errors.heard.size() == 1);
    assertThat(errors.only()).hasMessage("connection lost");
    assertThat(group.failures()).containsOnlyKeys("fails");
    assertThat(group.state()).isEqualTo(Service.State.RUNNING);
    assertThat(base.state()).isEqualTo(Service.State.RUNNING);
    group.close();
    assertThat(log).containsExactly("+base", "-base");
  }

  @ParameterizedTest
  @EnumSource
  void whoWillNotStopIsInTheOneReport(ThreadKind kind) throws Exception {
    Bodies.Stubborn stubborn = new Bodies.Stubborn();
    ServiceGroup group =
        ServiceGroup.builder("app")
            .add(member(kind, "base"))
            .add(service(kind, "stubborn", stubborn).build(), "base")
            .add(service(kind, "deaf", Bodies::deaf).build(), "base")
            .stopTimeout("stubborn", Duration.ZERO)
            .stopTimeout("deaf", Duration.ZERO)
            .build();
    group.start(soon());
    StopReport report = group.stop(PATIENCE);
    assertThat(report.abandoned())
        .singleElement()
        .satisfies(r -> assertThat(r.task()).isEqualTo("the body of stubborn"));
    assertThat(report.interrupted())
        .singleElement()
        .satisfies(r -> assertThat(r.task()).isEqualTo("the body of deaf"));
    assertThat(report.drained()).as("base, after those").isOne();
    assertThat(log).containsExactly("+base", "-base");
    stubborn.letGo();
  }

  /** In Spring an exception in stop waited out the full timeout (spring#33442). */
  @Test
  void aStopThatThrowsHoldsUpNobody() throws Exception {
    Managed broken =
        new Member("broken") {
          @Override
          public StopReport stop(Duration timeout) {
            throw new IllegalStateException("cannot");
          }
        };
    ServiceGroup group =
        ServiceGroup.builder("app")
            .add(member(ThreadKind.PLATFORM, "base"))
            .add(broken, "base")
            .stopTimeout(Duration.ofDays(1))
            .build();
    group.start(soon());
    StopReport report = group.stop(Duration.ofDays(1));
    assertThat(report.abandoned())
        .singleElement()
        .satisfies(r ->
            assertThat(r.task())
                .isEqualTo(
                    "the stop of broken, which failed: java.lang.IllegalStateException: cannot"));
    assertThat(log).containsExactly("+base", "-base");
  }

  @Test
  void aStopThatDoesNotComeBackIsAbandoned() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    Managed hangs =
        new Member("hangs") {
          @Override
          public StopReport stop(Duration timeout) {
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interrupted.countDown();
            }
            return super.stop(timeout);
          }
        };
    Service base = member(ThreadKind.PLATFORM, "base");
    ServiceGroup group = ServiceGroup.builder("app").add(base).add(hangs, "base").build();
    group.start(soon());
    StopReport report = group.stop(Duration.ZERO);
    assertThat(report.abandoned())
        .singleElement()
        .satisfies(r -> assertThat(r.task()).isEqualTo("the stop of hangs"));
    Bodies.await(interrupted);
    assertThat(base.state()).as("by its token or the interrupt").isEqualTo(Service.State.STOPPED);
  }

  @ParameterizedTest
  @EnumSource
  void allWhoStopGetTheSameReport(ThreadKind kind) throws Exception {
    ServiceGroup group =
        ServiceGroup.builder("app").add(service(kind, "deaf", Bodies::deaf).build()).build();
    group.start(soon());
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor leader = actors.actor("leader");
      Step<StopReport> leads = leader.startCall(() -> group.stop(Duration.ofDays(1)));
      leads.awaitBlocked();
      Step<StopReport> follows = actors.actor("other").startCall(() -> group.stop(PATIENCE));
      follows.awaitBlocked();
      leader.interrupt(); // hurries it
      assertThat(leads.endedInterrupted()).isTrue();
      assertThat(follows.result()).isSameAs(leads.result());
      assertThat(leads.result().interrupted()).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aMemberCannotWaitForTheGroupButMayAskItToStop(ThreadKind kind) throws Exception {
    AtomicReference<ServiceGroup> group = new AtomicReference<>();
    AtomicReference<Throwable> refused = new AtomicReference<>();
    group.set(
        ServiceGroup.builder("app")
            .add(
                service(
                        kind,
                        "member",
                        (stop, ready) -> {
                          ready.run();
                          Bodies.eventually(
                              "it runs", () -> group.get().state() == Service.State.RUNNING);
                          refused.set(catchThrowable(() -> group.get().stop(PATIENCE)));
                          group.get().close();
                          stop.await();
                        })
                    .build())
            .build());
    group.get().start(soon());
    assertThat(group.get().awaitEnd(soon())).isTrue();
    assertThat(refused.get())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("A member of app cannot stop it: it would wait for itself");
    assertThat(group.get().state()).isEqualTo(Service.State.STOPPED);
  }

  @ParameterizedTest
  @EnumSource
  void groupsMayBeMembersOfGroups(ThreadKind kind) throws Exception {
    ServiceGroup inner =
        ServiceGroup.builder("inner").add(member(kind, "a")).add(member(kind, "b"), "a").build();
    ServiceGroup outer =
        ServiceGroup.builder("outer").add(inner).add(member(kind, "c"), "inner").build();
    outer.start(soon());
    assertThat(log).containsExactly("+a", "+b", "+c");
    outer.close();
    assertThat(log.subList(3, 6)).containsExactly("-c", "-b", "-a");
    assertThat(inner.state()).isEqualTo(Service.State.STOPPED);
  }

  @Test
  void aGroupThatNeverStartedStops() {
    Service member = member(ThreadKind.PLATFORM, "a");
    ServiceGroup group = ServiceGroup.builder("app").add(member).build();
    assertThat(group.stop(PATIENCE).isClean()).isTrue();
    assertThat(group.state()).isEqualTo(Service.State.STOPPED);
    assertThat(member.state()).isEqualTo(Service.State.NEW);
  }

  @Test
  @SuppressWarnings("NullAway") // the point
  void cyclesAndUnknownNamesAreRefused() {
    ServiceGroup.Builder cycle =
        ServiceGroup.builder("app")
            .add(new Member("outside"), "a")
            .add(new Member("a"), "b")
            .add(new Member("b"), "c", "free")
            .add(new Member("c"), "a")
            .add(new Member("free"));
    assertThatIllegalArgumentException()
        .isThrownBy(cycle::build)
        .withMessage("a cycle of needs: a -> b -> c -> a");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServiceGroup.builder("app").add(new Member("a"), "a").build())
        .withMessage("a cycle of needs: a -> a");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            ServiceGroup.builder("")
                .add(new Member("a"), "x")
                .add(new Member("a"))
                .startTimeout("y", Duration.ZERO)
                .stopTimeout(null)
                .onFailure(null)
                .build())
        .withMessage(
            "two members have the name a; name is blank: \"\"; a needs x, which is unknown;"
                + " stopTimeout is null; startTimeout of y, which is unknown; startTimeout of y is"
                + " not positive: PT0S; onFailure is null");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> ServiceGroup.builder("app").build())
        .withMessage("there are no members");
  }

  /** Nothing that is started or stopped. */
  private static class Member implements Managed {
    private final String name;

    Member(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public void start(Deadline deadline) throws InterruptedException {}

    @Override
    public StopReport stop(Duration timeout) {
      return new StopReport(name, Duration.ZERO, 1, List.of(), List.of(), 0);
    }

    @Override
    public Guard onFailure(Consumer<? super Throwable> listener) {
      return () -> {};
    }
  }
}
