// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import static dev.interleave.lifecycle.Bodies.PATIENCE;
import static dev.interleave.lifecycle.Bodies.eventually;
import static dev.interleave.lifecycle.Bodies.service;
import static dev.interleave.lifecycle.Bodies.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.StopReport;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@NoThreadLeaks(ignoring = Bodies.TIMER_OF_VIRTUAL_THREADS)
class ShutdownCoordinatorTest {
  private final List<StopReport> reports = new CopyOnWriteArrayList<>();
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final ShutdownCoordinator app =
      ShutdownCoordinator.builder("app").onReport(reports::add).build();

  private Stoppable logged(String name) {
    return Stoppable.closing(name, () -> log.add(name));
  }

  @Test
  void phasesComeInOrderAndTheReportIsOne() throws Exception {
    app.register(3, logged("database"));
    app.register(1, logged("web"));
    app.register(2, logged("workers"));
    Guard early = app.register(2, logged("ended before"));
    early.close();
    early.close();
    assertThat(app.awaitShutdown(Deadline.after(Duration.ZERO))).isEmpty();
    StopReport report = app.shutdown("enough");
    assertThat(log).containsExactly("web", "workers", "database");
    assertThat(report.name()).isEqualTo("app");
    assertThat(report.drained()).isEqualTo(3);
    assertThat(report.isClean()).isTrue();
    assertThat(app.shutdown("again")).isSameAs(report);
    assertThat(app.awaitShutdown()).isSameAs(report);
    assertThat(app.awaitShutdown(soon()).orElseThrow()).isSameAs(report);
    assertThat(reports).containsExactly(report);
    assertThat(app.reason()).contains("enough");
    assertThat(app.token().reason()).contains("enough");
    assertThat(app.requestShutdown("again")).isFalse();
    assertThat(app).hasToString("ShutdownCoordinator[app, shut down: enough]");
  }

  @Test
  void whatIsInOnePhaseStopsAtTheSameTime() throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(3);
    for (int i = 0; i < 3; i++) {
      app.register(
          1,
          Stoppable.closing("s" + i, () -> barrier.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)));
    }
    assertThat(app.shutdown("go").drained()).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource
  void whoComesSecondWaitsForTheFirstAndGetsItsReport(ThreadKind kind) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    app.register(1, Stoppable.closing("slow", () -> Bodies.await(go)));
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Step<StopReport> first = actors.actor("first").startCall(() -> app.shutdown("first"));
      Step<StopReport> second = actors.actor("second").startCall(() -> app.shutdown("second"));
      Step<StopReport> waits = actors.actor("main").startCall(app::awaitShutdown);
      first.awaitBlocked();
      second.awaitBlocked();
      waits.awaitBlocked();
      assertThat(app.toString()).startsWith("ShutdownCoordinator[app, shuts down: ");
      go.countDown();
      assertThat(first.result()).isSameAs(second.result()).isSameAs(waits.result());
    }
  }

  @ParameterizedTest
  @EnumSource
  void anInterruptedCallerStopsWaitingAndTheShutdownGoesOn(ThreadKind kind) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    app.register(1, Stoppable.closing("slow", () -> Bodies.await(go)));
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor caller = actors.actor("caller");
      Step<?> calls = caller.start(() -> app.shutdown("first"));
      calls.awaitBlocked();
      caller.interrupt();
      calls.failure(InterruptedException.class);
      go.countDown();
      assertThat(app.awaitShutdown(soon()).orElseThrow().isClean()).isTrue();
    }
  }

  @Test
  void whoLeadsItIsSeenToWaitForAShutdown() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    app.register(1, Stoppable.closing("slow", () -> Bodies.await(go)));
    assertThat(app.requestShutdown("go")).isTrue();
    eventually("its leader waits", () -> Waits.all().stream().anyMatch(this::isOfTheLeader));
    go.countDown();
    assertThat(app.awaitShutdown(soon())).isPresent();
  }

  private boolean isOfTheLeader(Wait wait) {
    return wait.resource().name().equals("app")
        && wait.resource().kind().equals("shutdown")
        && wait.wants().equals("news of its members");
  }

  @Test
  void nothingIsRegisteredOnceItHasBegun() throws Exception {
    CountDownLatch in = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    app.register(
        1,
        Stoppable.closing(
            "slow",
            () -> {
              in.countDown();
              Bodies.await(go);
            }));
    app.requestShutdown("enough");
    Bodies.await(in);
    assertThatIllegalStateException()
        .isThrownBy(() -> app.register(2, logged("late")))
        .withMessage("app shuts down and takes nothing more, late neither: enough");
    assertThatIllegalStateException().isThrownBy(app::installHook);
    go.countDown();
    app.awaitShutdown();
    assertThat(log).isEmpty();
  }

  @Test
  void whatIsTakenBackBeforeItsPhaseIsNotStopped() throws Exception {
    AtomicReference<Guard> later = new AtomicReference<>();
    app.register(1, Stoppable.closing("first", () -> later.get().close()));
    later.set(app.register(2, logged("later")));
    app.shutdown("enough");
    assertThat(log).isEmpty();
  }

  /** What is stopped may itself want the shutdown: it is told that it is under way. */
  @Test
  void aStoppableMayCallShutdownAgain() throws Exception {
    AtomicReference<StopReport> seen = new AtomicReference<>();
    app.register(1, logged("web"));
    app.register(2, Stoppable.closing("eager", () -> seen.set(app.shutdown("from within"))));
    StopReport report = app.shutdown("enough");
    assertThat(seen.get().name()).isEqualTo("app (under way)");
    assertThat(seen.get().drained()).as("of the first phase").isOne();
    assertThat(report.drained()).isEqualTo(2);
    assertThat(app.reason()).contains("enough");
  }

  /** A service that wants the shutdown of which it is a part does not wait for itself. */
  @ParameterizedTest
  @EnumSource
  void aBodyMayShutDownItsApplication(ThreadKind kind) throws Exception {
    AtomicReference<StopReport> seen = new AtomicReference<>();
    Service service =
        service(
                kind,
                "fatal",
                (stop, ready) -> {
                  ready.run();
                  seen.set(app.shutdown("fatal error"));
                  stop.await();
                })
            .build();
    app.register(1, service);
    service.start();
    StopReport report = app.awaitShutdown(soon()).orElseThrow();
    assertThat(report.drained()).isOne();
    assertThat(seen.get().name()).isEqualTo("app (under way)");
    assertThat(app.reason()).contains("fatal error");
  }

  @Test
  void aListenerOfTheTokenMayCallShutdown() throws Exception {
    AtomicReference<String> seen = new AtomicReference<>();
    app.token()
        .onStop(() -> {
          try {
            seen.set(app.shutdown("again").name());
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    assertThat(app.shutdown("enough").name()).isEqualTo("app");
    assertThat(seen.get()).isEqualTo("app (under way)");
  }

  @Test
  void whatThrowsOrHangsHoldsUpNobody() throws Exception {
    ShutdownCoordinator hasty =
        ShutdownCoordinator.builder("hasty")
            .timeout(Duration.ZERO)
            .onReport(r -> {
              throw new IllegalStateException("and so does who is told");
            })
            .build();
    CountDownLatch interrupted = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    hasty.register(
        1,
        Stoppable.closing(
            "hangs",
            () -> {
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.countDown();
                Bodies.await(end);
              }
            }));
    hasty.register(
        1,
        Stoppable.closing(
            "throws",
            () -> {
              throw new IOException("no disk");
            }));
    hasty.register(2, logged("last"));
    StopReport report = hasty.shutdown("enough");
    assertThat(report.abandoned())
        .extracting(StopReport.Running::task)
        .containsExactlyInAnyOrder(
            "the stop of hangs",
            "the stop of throws, which failed: java.util.concurrent.CompletionException: The close"
                + " of throws failed: java.io.IOException: no disk");
    assertThat(log).containsExactly("last");
    Bodies.await(interrupted);
    end.countDown();
  }

  /** What a phase does not use the later ones have. */
  @Test
  void theTimeIsDividedAmongThePhases() throws Exception {
    ShutdownCoordinator timed =
        ShutdownCoordinator.builder("timed").timeout(Duration.ofHours(4)).build();
    List<Duration> shares = new CopyOnWriteArrayList<>();
    for (int phase = 0; phase < 4; phase++) {
      timed.register(
          phase,
          Stoppable.of(
              "phase " + phase,
              timeout -> {
                shares.add(timeout);
                return new StopReport("phase", Duration.ZERO, 1, List.of(), List.of(), 0);
              }));
    }
    timed.shutdown("enough");
    assertThat(shares).hasSize(4).isSorted();
    assertThat(shares.get(0)).isBetween(Duration.ofMinutes(59), Duration.ofHours(1));
    assertThat(shares.get(3)).isGreaterThan(Duration.ofHours(3));
  }

  @Test
  void theHookIsTakenOutAgain() throws Exception {
    app.installHook();
    app.installHook();
    app.shutdown("enough");
    assertThatIllegalStateException().isThrownBy(app::installHook);
  }

  @Test
  void groupsAndServicesAreRegisteredAsTheyAre() throws Exception {
    ServiceGroup group =
        ServiceGroup.builder("group")
            .add(Service.builder("a", Bodies::obedient).build())
            .add(Service.builder("b", Bodies::obedient).build(), "a")
            .build();
    PeriodicService tick =
        PeriodicService.builder("tick", stop -> {}).fixedRate(Duration.ofHours(1)).build();
    app.register(1, group);
    app.register(2, tick);
    group.start(soon());
    tick.start(soon());
    assertThat(app.shutdown("enough").drained()).isEqualTo(3);
    assertThat(group.state()).isEqualTo(Service.State.STOPPED);
    eventually("both have ended", () -> tick.status().state().isEnd());
  }

  @Test
  @SuppressWarnings("NullAway") // the point
  void argumentsAreCheckedAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            ShutdownCoordinator.builder(" ").timeout(Duration.ofSeconds(-1)).onReport(null).build())
        .withMessage("name is blank: \" \"; timeout is negative: PT-1S; onReport is null");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Stoppable.closing("", () -> {}))
        .withMessage("name is blank: \"\"");
  }
}
