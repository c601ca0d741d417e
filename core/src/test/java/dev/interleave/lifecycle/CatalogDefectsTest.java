// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import static dev.interleave.lifecycle.Bodies.PATIENCE;
import static dev.interleave.lifecycle.Bodies.eventually;
import static dev.interleave.lifecycle.Bodies.service;
import static dev.interleave.lifecycle.Bodies.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.interleave.Deadline;
import dev.interleave.StopReport;
import dev.interleave.testing.NoThreadLeaks;
import dev.interleave.testing.contract.ThreadKind;
import dev.interleave.testing.contract.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The defects of the threads, workers, periodic tasks and applications that this package is to be
 * better than, each as a test that it is not ours. The numbers are those of the pattern catalogue.
 */
@NoThreadLeaks(ignoring = Bodies.TIMER_OF_VIRTUAL_THREADS)
class CatalogDefectsTest {

  /** Threads. */
  @Nested
  class A01 {
    /** There, an identifier is given again, so state that is kept by it meets a stranger. */
    @ParameterizedTest
    @EnumSource
    void threadIdsAreNotUsedAgain(ThreadKind kind) throws Exception {
      Threads threads =
          (kind == ThreadKind.VIRTUAL ? Threads.virtual("t") : Threads.platform("t")).build();
      long last = 0;
      for (int i = 0; i < 100; i++) {
        Thread thread = threads.newThread(() -> {});
        thread.start();
        thread.join();
        assertThat(thread.threadId()).isGreaterThan(last);
        last = thread.threadId();
      }
    }

    /** There, what a thread dies of is printed, and nobody can ask for it. */
    @ParameterizedTest
    @EnumSource
    void whatABodyThrowsIsKeptForWhoAsks(ThreadKind kind) throws Exception {
      IOException failure = new IOException("lost");
      Service service =
          service(
                  kind,
                  "worker",
                  (stop, ready) -> {
                    ready.run();
                    throw failure;
                  })
              .onError(e -> {})
              .build();
      service.start();
      assertThat(service.awaitEnd(soon())).isTrue();
      assertThat(service.status().failure()).containsSame(failure);
    }
  }

  /** Start. */
  @Nested
  class A05 {
    @ParameterizedTest
    @EnumSource
    void ofManyStartsOneWins(ThreadKind kind) throws Exception {
      CountDownLatch runs = new CountDownLatch(2);
      Service service =
          service(
                  kind,
                  "worker",
                  (stop, ready) -> {
                    runs.countDown();
                    Bodies.obedient(stop, ready);
                  })
              .build();
      service.start(soon());
      for (int i = 0; i < 10; i++) {
        assertThatIllegalStateException().isThrownBy(service::start);
      }
      service.close();
      assertThat(runs.getCount()).isOne();
    }
  }

  /** Join. */
  @Nested
  class A06 {
    /**
     * There, a join with a time limit returns nothing, and does not tell whether it was in time.
     */
    @ParameterizedTest
    @EnumSource
    void aWaitTellsWhetherItWasInTime(ThreadKind kind) throws Exception {
      Service service = service(kind, "worker", Bodies::obedient).build();
      service.start(soon());
      assertThat(service.awaitEnd(Deadline.after(Duration.ofMillis(1)))).isFalse();
      service.requestStop("now");
      assertThat(service.awaitEnd(soon())).isTrue();
    }
  }

  /** The graceful end. */
  @Nested
  class A08 {
    /** A bare flag does not wake a thread that is blocked elsewhere: then the interrupt does. */
    @ParameterizedTest
    @EnumSource
    void aStopReachesAThreadThatIsBlockedElsewhere(ThreadKind kind) throws Exception {
      AtomicReference<Thread> thread = new AtomicReference<>();
      Service service =
          service(
                  kind,
                  "worker",
                  (stop, ready) -> {
                    thread.set(Thread.currentThread());
                    Bodies.deaf(stop, ready);
                  })
              .build();
      service.start(soon());
      Waiting.untilBlocked(thread.get(), PATIENCE);
      assertThat(service.stop(Duration.ZERO).isClean()).isTrue();
    }

    /** Nor does it reach one that minds neither flag nor interrupt, as in reading from a socket. */
    @ParameterizedTest
    @EnumSource
    void aStopReachesAThreadThatOnlyAClosedResourceReleases(ThreadKind kind) throws Exception {
      CountDownLatch resource = new CountDownLatch(1);
      Service service =
          service(
                  kind,
                  "worker",
                  (stop, ready) -> {
                    StopRegistration unused = stop.onStop(resource::countDown);
                    ready.run();
                    Bodies.await(resource);
                  })
              .build();
      service.start(soon());
      assertThat(service.stop(Duration.ofDays(1)).drained()).isOne();
    }
  }

  /** Ordered start. */
  @Nested
  class A09 {
    /** There, who starts a second thread does not know whether the first is ready. */
    @ParameterizedTest
    @EnumSource
    void aDependentStartsWhenWhatItNeedsIsReadyAndNotOnlyStarted(ThreadKind kind) throws Exception {
      CountDownLatch go = new CountDownLatch(1);
      List<Service.State> seen = new CopyOnWriteArrayList<>();
      Service base =
          service(
                  kind,
                  "base",
                  (stop, ready) -> {
                    Bodies.await(go);
                    Bodies.obedient(stop, ready);
                  })
              .build();
      base.listen((from, to) -> {
        if (to.state() == Service.State.STARTING) {
          go.countDown();
        }
      });
      Service user =
          service(
                  kind,
                  "user",
                  (stop, ready) -> {
                    seen.add(base.state());
                    Bodies.obedient(stop, ready);
                  })
              .build();
      try (ServiceGroup group = ServiceGroup.builder("app").add(user, "base").add(base).build()) {
        group.start(soon());
        assertThat(seen).containsExactly(Service.State.RUNNING);
      }
    }
  }

  /** Daemons. */
  @Nested
  class A11 {
    private List<String> output(ChildJvm.Program program) throws Exception {
      ChildJvm child = new ChildJvm(program);
      try {
        child.awaitLine("first half");
        List<String> rest = child.rest();
        assertThat(child.exitCode()).isZero();
        return rest;
      } finally {
        child.kill();
      }
    }

    /**
     * What a daemon is doing when the last other thread ends is never done: so it is in any JVM.
     */
    @Test
    void daemonThreadDiesInMidWrite() throws Exception {
      assertThat(output(ChildJvm.Program.DAEMON_THREAD)).isEmpty();
    }

    @Test
    void threadThatIsNoDaemonDoesNot() throws Exception {
      assertThat(output(ChildJvm.Program.OTHER_THREAD)).containsExactly("second half");
    }

    @Test
    void daemonThreadOfARegisteredServiceDoesNotDieInMidWrite() throws Exception {
      assertThat(output(ChildJvm.Program.DAEMON_WITH_HOOK)).containsExactly("second half");
    }
  }

  /** Background services. */
  @Nested
  class A14 {
    /** There, an exception in the loop kills the thread, and with it the service. */
    @ParameterizedTest
    @EnumSource
    void anExceptionDoesNotEndTheLoop(ThreadKind kind) throws Exception {
      CountDownLatch three = new CountDownLatch(3);
      try (PeriodicService service =
          PeriodicService.builder(
                  "monitor",
                  stop -> {
                    three.countDown();
                    throw new IllegalStateException("a bad sample");
                  })
              .fixedDelay(Duration.ofNanos(1))
              .threads(run -> kind.unstarted("made", run))
              .errors(e -> {})
              .build()) {
        service.start();
        Bodies.await(three);
        assertThat(service.status().state()).isEqualTo(Service.State.RUNNING);
      }
    }
  }

  /** Shutdown. */
  @Nested
  class A42 {
    /** There, the forced close ran all that was queued to its end, and waited for nothing. */
    @ParameterizedTest
    @EnumSource
    void aForcedCloseIsBoundedAndSaysWhatStillRuns(ThreadKind kind) throws Exception {
      Bodies.Stubborn body = new Bodies.Stubborn();
      Service service = service(kind, "worker", body).build();
      service.start(soon());
      StopReport report = service.stop(Duration.ZERO);
      assertThat(report.abandoned()).hasSize(1);
      assertThat(report.toString()).contains("still running").contains("the body of worker");
      body.letGo();
      assertThat(service.awaitEnd(soon())).isTrue();
    }
  }

  /** The worker that ticks. */
  @Nested
  class F02 {
    /** There, a stop takes effect when a sleep of a second is over. */
    @ParameterizedTest
    @EnumSource
    void aStopWakesAWorkerThatSleeps(ThreadKind kind) throws Exception {
      AtomicReference<Thread> thread = new AtomicReference<>();
      Service service =
          service(
                  kind,
                  "worker",
                  (stop, ready) -> {
                    thread.set(Thread.currentThread());
                    ready.run();
                    while (stop.sleep(Duration.ofDays(1))) {
                      throw new AssertionError("a day has passed");
                    }
                  })
              .build();
      service.start(soon());
      Waiting.untilBlocked(thread.get(), PATIENCE);
      StopReport report = service.stop(Duration.ofDays(1));
      assertThat(report.drained()).as("neither waited for nor interrupted").isOne();
    }

    /** There, nobody can tell a worker that is done from one that was stopped. */
    @ParameterizedTest
    @EnumSource
    void doneStoppedAndFailedAreThreeThings(ThreadKind kind) throws Exception {
      Service done = service(kind, "done", (stop, ready) -> ready.run()).build();
      Service stopped = service(kind, "stopped", Bodies::obedient).build();
      done.start(soon());
      assertThat(done.awaitEnd(soon())).isTrue();
      stopped.start(soon());
      stopped.stop("enough", PATIENCE);
      assertThat(done.status().state()).isEqualTo(stopped.status().state());
      assertThat(done.status().stopReason()).isEmpty();
      assertThat(stopped.status().stopReason()).contains("enough");
    }
  }

  /** The group that is stopped one after the other, n times its time limit. */
  @Nested
  class F14 {
    /** Each ends once all have been asked: one after the other, the first would never end. */
    @Test
    void membersAreAskedAtTheSameTime() throws Exception {
      CountDownLatch asked = new CountDownLatch(3);
      ServiceGroup.Builder builder = ServiceGroup.builder("app");
      for (int i = 0; i < 3; i++) {
        builder.add(
            service(
                    ThreadKind.PLATFORM,
                    "member-" + i,
                    (stop, ready) -> {
                      StopRegistration unused = stop.onStop(asked::countDown);
                      ready.run();
                      Bodies.await(asked);
                    })
                .build());
      }
      ServiceGroup group = builder.build();
      group.start(soon());
      assertThat(group.stop(PATIENCE).drained()).isEqualTo(3);
    }
  }

  /** The periodic task. */
  @Nested
  class G18 {
    /** There, the task returned at once, since a flag was never set. */
    @ParameterizedTest
    @EnumSource
    void aStartedTaskRuns(ThreadKind kind) throws Exception {
      CountDownLatch ran = new CountDownLatch(2);
      try (PeriodicService service =
          PeriodicService.builder("task", stop -> ran.countDown())
              .fixedDelay(Duration.ofNanos(1))
              .threads(run -> kind.unstarted("made", run))
              .build()) {
        service.start();
        Bodies.await(ran);
      }
    }

    /** There, its cancellation was swallowed. */
    @ParameterizedTest
    @EnumSource
    void aTaskThatIsInterruptedByItsStopEndsAndHasNotFailed(ThreadKind kind) throws Exception {
      CountDownLatch in = new CountDownLatch(1);
      PeriodicService service =
          PeriodicService.builder(
                  "task",
                  stop -> {
                    in.countDown();
                    new CountDownLatch(1).await();
                  })
              .fixedDelay(Duration.ofNanos(1))
              .threads(run -> kind.unstarted("made", run))
              .build();
      service.start();
      Bodies.await(in);
      assertThat(service.stop(Duration.ZERO).interrupted()).hasSize(1);
      assertThat(service.status().state()).isEqualTo(Service.State.STOPPED);
      assertThat(service.stats().runs()).isOne();
    }
  }

  /** The application. */
  @Nested
  class E61 {
    /**
     * There, the handlers of signals had the wrong arguments, and the application never stopped.
     */
    @Test
    void sigtermStopsTheApplicationInOrder() throws Exception {
      ChildJvm child = new ChildJvm(ChildJvm.Program.APPLICATION);
      try {
        child.awaitLine("ready");
        child.terminate();
        assertThat(child.rest()).containsExactly("saved: stop was called");
        assertThat(child.exitCode()).isEqualTo(128 + 15);
      } finally {
        child.kill();
      }
    }

    @Test
    void sigtermEndsAnApplicationThatWillNotStopAndSaysWhere() throws Exception {
      ChildJvm child = new ChildJvm(ChildJvm.Program.STUBBORN_APPLICATION);
      try {
        child.awaitLine("ready");
        child.terminate();
        List<String> rest = child.rest();
        assertThat(rest.get(0)).isEqualTo("interrupted");
        assertThat(String.join("\n", rest))
            .contains("app did not stop cleanly")
            .contains("the body of service on service")
            .contains("CountDownLatch.await");
        assertThat(child.exitCode()).isEqualTo(128 + 15);
      } finally {
        child.kill();
      }
    }

    /** There, the first task that ended ended all, and what others were doing was lost. */
    @ParameterizedTest
    @EnumSource
    void aMemberThatIsDoneEndsNobody(ThreadKind kind) throws Exception {
      Service quick = service(kind, "quick", (stop, ready) -> ready.run()).build();
      Service other = service(kind, "other", Bodies::obedient).build();
      try (ServiceGroup group = ServiceGroup.builder("app").add(quick).add(other).build()) {
        group.start(soon());
        assertThat(quick.awaitEnd(soon())).isTrue();
        assertThat(group.state()).isEqualTo(Service.State.RUNNING);
        assertThat(other.state()).isEqualTo(Service.State.RUNNING);
      }
      eventually("all have ended", () -> other.state().isEnd());
    }
  }
}
