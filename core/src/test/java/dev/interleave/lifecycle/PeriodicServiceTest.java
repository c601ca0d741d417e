// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import static dev.interleave.lifecycle.Bodies.PATIENCE;
import static dev.interleave.lifecycle.Bodies.eventually;
import static dev.interleave.lifecycle.Bodies.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.interleave.StopReport;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import dev.interleave.testing.NoThreadLeaks;
import dev.interleave.testing.contract.ThreadKind;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The thread around the schedule. */
@NoThreadLeaks(ignoring = Bodies.TIMER_OF_VIRTUAL_THREADS)
class PeriodicServiceTest {
  private final Semaphore ran = new Semaphore(0);

  private PeriodicService.Builder hourly(ThreadKind kind, PeriodicService.Task task) {
    return PeriodicService.builder("tick", task)
        .fixedRate(Duration.ofHours(1))
        .threads(run -> kind.unstarted("made", run));
  }

  private void awaitRun() throws InterruptedException {
    assertThat(ran.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void runsAtOnceAndWhenTriggeredAndEndsAtOnce(ThreadKind kind) throws Exception {
    AtomicReference<Thread> thread = new AtomicReference<>();
    PeriodicService service =
        hourly(
                kind,
                stop -> {
                  thread.set(Thread.currentThread());
                  ran.release();
                })
            .build();
    assertThatIllegalStateException()
        .isThrownBy(service::trigger)
        .withMessage("tick cannot be triggered, it is NEW");
    assertThat(service.stats().nextRunIn()).isEmpty();
    service.start(soon());
    awaitRun();
    eventually("it waits for its next run", () -> service.stats().nextRunIn().isPresent());
    assertThat(service.stats().nextRunIn().orElseThrow()).isLessThan(Duration.ofHours(1));
    eventually("and is seen", () -> Waits.of(thread.get()) != null);
    Wait wait = Objects.requireNonNull(Waits.of(thread.get()));
    assertThat(wait.wants()).isEqualTo("its next run");
    assertThat(wait.isTimed()).isTrue();
    assertThat(service.trigger()).isTrue();
    awaitRun();
    eventually("counted", () -> service.stats().runs() == 2);
    assertThat(service.stats().triggered()).isOne();
    StopReport report = service.stop(Duration.ofDays(1));
    assertThat(report.drained()).isOne();
    assertThat(service.status().state()).isEqualTo(Service.State.STOPPED);
    assertThat(service.stats().nextRunIn()).isEmpty();
    assertThatIllegalStateException()
        .isThrownBy(service::trigger)
        .withMessage("tick cannot be triggered, it is STOPPED");
  }

  @ParameterizedTest
  @EnumSource
  void whatFailsFirstIsToldAndItGoesOn(ThreadKind kind) throws Exception {
    Bodies.Errors errors = new Bodies.Errors();
    PeriodicService service =
        hourly(
                kind,
                stop -> {
                  ran.release();
                  throw new IOException("no network");
                })
            .errors(errors::add)
            .build();
    service.start();
    for (int i = 1; i <= 5; i++) {
      awaitRun();
      int runs = i;
      eventually("counted", () -> service.stats().failures() == runs);
      service.trigger();
    }
    awaitRun();
    service.close();
    assertThat(service.stats().failures()).isEqualTo(6);
    assertThat(errors.heard).hasSize(1);
    assertThat(service.status().failure()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void whoGivesUpHasFailedWithTheCause(ThreadKind kind) throws Exception {
    Bodies.Errors errors = new Bodies.Errors();
    IOException failure = new IOException("no network");
    PeriodicService service =
        hourly(
                kind,
                stop -> {
                  throw failure;
                })
            .onError(ErrorPolicy.stop())
            .errors(errors::add)
            .build();
    List<Throwable> told = new CopyOnWriteArrayList<>();
    service.onFailure(told::add);
    service.start();
    assertThat(service.awaitEnd(soon())).isTrue();
    assertThat(service.status().state()).isEqualTo(Service.State.FAILED);
    assertThat(service.status().failure()).containsSame(failure);
    eventually("told", () -> told.size() == 1);
    assertThat(errors.only()).isSameAs(failure);
  }

  @ParameterizedTest
  @EnumSource
  void aRunUnderWayIsLetEndAndThenInterrupted(ThreadKind kind) throws Exception {
    CountDownLatch in = new CountDownLatch(1);
    PeriodicService service =
        hourly(
                kind,
                stop -> {
                  in.countDown();
                  new CountDownLatch(1).await();
                })
            .build();
    service.start();
    Bodies.await(in);
    assertThat(service.stats().runningFor()).isPresent();
    StopReport report = service.stop(Duration.ofMillis(1));
    assertThat(report.interrupted()).hasSize(1);
    assertThat(service.status().state()).isEqualTo(Service.State.STOPPED);
    assertThat(service.stats().failures()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void theTaskMayStopItsService(ThreadKind kind) throws Exception {
    AtomicReference<PeriodicService> self = new AtomicReference<>();
    self.set(hourly(kind, stop -> self.get().close()).build());
    self.get().start();
    assertThat(self.get().awaitEnd(soon())).isTrue();
    assertThat(self.get().stats().runs()).isOne();
  }

  @Test
  void manyPeriodsPass() throws Exception {
    CountDownLatch ten = new CountDownLatch(10);
    try (PeriodicService service =
        PeriodicService.builder("quick", stop -> ten.countDown())
            .fixedDelay(Duration.ofNanos(1))
            .build()) {
      service.start();
      Bodies.await(ten);
      assertThat(service.stats().runs()).isGreaterThanOrEqualTo(9);
    }
  }

  @Test
  @SuppressWarnings("NullAway") // the point
  void argumentsAreCheckedAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            PeriodicService.builder("", null)
                .initialDelay(Duration.ofSeconds(-1))
                .jitter(null)
                .onError(null)
                .overlap(null)
                .missedCatchUp(0)
                .jumpThreshold(Duration.ZERO)
                .threads(null)
                .parent(null)
                .errors(null)
                .build())
        .withMessage(
            "threads is null; parent is null; errors is null; name is blank: \"\"; task is null;"
                + " there is neither fixedRate nor fixedDelay, or it is null; initialDelay is"
                + " negative: PT-1S; jitter is null; onError is null; overlap is null;"
                + " missedCatchUp is less than 1: 0; jumpThreshold is not positive: PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            PeriodicService.builder("tick", stop -> {})
                .fixedRate(Duration.ofSeconds(1))
                .jitter(Duration.ofSeconds(1))
                .build())
        .withMessage("jitter is not less than the period, PT1S: PT1S");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> PeriodicService.builder("tick", stop -> {}).fixedDelay(Duration.ZERO).build())
        .withMessage("fixedDelay is not positive: PT0S");
  }
}
