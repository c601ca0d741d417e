// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.interleave.Deadline;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class SizingProbeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final AtomicInteger calls = new AtomicInteger();

  @ParameterizedTest
  @EnumSource
  void runsEachTaskOnceForEachSizeAndRound(ThreadKind kind) throws Exception {
    SizingReport report =
        SizingProbe.builder(calls::incrementAndGet)
            .sizes(1, 2, 5)
            .tasks(20)
            .warmUps(2)
            .rounds(3)
            .threads(kind == ThreadKind.VIRTUAL ? Thread.ofVirtual().factory() : Thread::new)
            .build()
            .run(Deadline.none());
    assertThat(calls).hasValue(3 * 20 * (2 + 3));
    assertThat(report.levels()).extracting(SizingReport.Level::size).containsExactly(1, 2, 5);
    for (SizingReport.Level level : report.levels()) {
      assertThat(level.throughput()).isPositive();
      assertThat(level.failures()).isZero();
      assertThat(level.failure()).isNull();
      assertThat(level.p50Nanos()).isBetween(0L, level.p90Nanos());
      assertThat(level.p99Nanos()).isGreaterThanOrEqualTo(level.p90Nanos());
      if (kind == ThreadKind.VIRTUAL) {
        assertThat(level.processors()).isNaN();
      }
    }
    assertThat(report.recommended()).isPresent();
    assertThat(report.toString()).contains("threads", "recommended: ").doesNotContain("null");
  }

  /** All threads of a size work at the same time: else the barrier would not open. */
  @Test
  void soManyThreadsWorkAtOnce() throws Exception {
    CyclicBarrier three = new CyclicBarrier(3);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    SizingProbe.builder(
            () -> {
              most.accumulateAndGet(inside.incrementAndGet(), Math::max);
              try {
                return three.await();
              } finally {
                inside.decrementAndGet();
              }
            })
        .sizes(3)
        .tasks(30)
        .build()
        .run(Deadline.none());
    assertThat(most).hasValue(3);
  }

  /** G40, G41: a failure was a success, and a swallowed one. */
  @Test
  void failuresAreCountedAndTheFirstIsKept() throws Exception {
    IllegalStateException refused = new IllegalStateException("refused");
    SizingReport report =
        SizingProbe.builder(
                () -> {
                  if (calls.getAndIncrement() % 4 == 0) {
                    throw refused;
                  }
                  return "";
                })
            .sizes(1)
            .tasks(40)
            .warmUps(0)
            .rounds(2)
            .build()
            .run(Deadline.none());
    SizingReport.Level level = report.levels().getFirst();
    assertThat(level.failures()).isEqualTo(0.25);
    assertThat(level.failure()).isSameAs(refused);
  }

  @Test
  void nothingIsRecommendedIfNothingSucceeds() throws Exception {
    SizingReport report =
        SizingProbe.builder(
                () -> {
                  throw new IllegalStateException("never");
                })
            .sizes(1, 2)
            .tasks(4)
            .build()
            .run(Deadline.none());
    assertThat(report.recommended()).isEmpty();
    assertThat(report.conclusive()).isFalse();
    assertThat(report.toString()).contains("none recommended: no task succeeded", "        ?");
  }

  @Test
  void anErrorEndsIt() {
    StackOverflowError deep = new StackOverflowError();
    SizingProbe probe =
        SizingProbe.builder(
                () -> {
                  calls.incrementAndGet();
                  throw deep;
                })
            .sizes(1, 2)
            .tasks(50)
            .build();
    assertThatExceptionOfType(StackOverflowError.class)
        .isThrownBy(() -> probe.run(Deadline.none()))
        .isSameAs(deep);
    assertThat(calls).hasValue(1);
  }

  /** Else the probe would wait for a task that waits for the one that threw. */
  @Test
  void anErrorInterruptsTheOthers() {
    CyclicBarrier never = new CyclicBarrier(2);
    CountDownLatch in = new CountDownLatch(1);
    StackOverflowError deep = new StackOverflowError();
    SizingProbe probe =
        SizingProbe.builder(
                () -> {
                  if (calls.incrementAndGet() == 1) {
                    in.await();
                    throw deep;
                  }
                  in.countDown();
                  return never.await();
                })
            .sizes(2)
            .tasks(2)
            .build();
    assertThatExceptionOfType(StackOverflowError.class)
        .isThrownBy(() -> probe.run(Deadline.none()))
        .isSameAs(deep);
  }

  @Test
  void anInterruptOfOneTaskIsNotTheNextOnes() throws Exception {
    AtomicBoolean seen = new AtomicBoolean();
    SizingProbe.builder(
            () -> {
              seen.compareAndSet(false, Thread.currentThread().isInterrupted());
              Thread.currentThread().interrupt();
              return "";
            })
        .sizes(1)
        .tasks(10)
        .build()
        .run(Deadline.none());
    assertThat(seen).isFalse();
  }

  /** The second round never ends, until its time is up; the first one is reported. */
  @ParameterizedTest
  @EnumSource
  void whatWasCompleteIsReportedWhenTheTimeIsUp(ThreadKind kind) throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    SizingReport report =
        SizingProbe.builder(
                () -> {
                  if (calls.incrementAndGet() > 10) {
                    try {
                      never.await();
                    } catch (InterruptedException e) {
                      interrupted.countDown();
                      throw e;
                    }
                  }
                  return "";
                })
            .sizes(1)
            .tasks(10)
            .warmUps(0)
            .rounds(2)
            .threads(kind == ThreadKind.VIRTUAL ? Thread.ofVirtual().factory() : Thread::new)
            .build()
            .run(Deadline.after(Duration.ofMillis(200)));
    if (calls.get() > 10) { // else even the first round was too slow
      interrupted.await();
    }
    if (!report.levels().isEmpty()) { // else even the first round was too slow
      assertThat(report.levels().getFirst().error()).isInfinite();
      assertThat(report.reason()).contains("(only 1 of 2 rounds)");
    }
    assertThat(report.conclusive()).isFalse();
  }

  @Test
  void noTimeAtAllIsNoReport() throws Exception {
    SizingReport report =
        SizingProbe.builder(calls::incrementAndGet)
            .sizes(1)
            .build()
            .run(Deadline.after(Duration.ZERO));
    assertThat(report.levels()).isEmpty();
    assertThat(report.recommended()).isEmpty();
    assertThat(report.reason()).isEqualTo("the time was up before a round was complete");
  }

  @ParameterizedTest
  @EnumSource
  void anInterruptGivesItUp(ThreadKind kind) throws Exception {
    CountDownLatch interrupted = new CountDownLatch(2);
    CountDownLatch in = new CountDownLatch(2);
    CyclicBarrier never = new CyclicBarrier(3);
    SizingProbe probe =
        SizingProbe.builder(
                () -> {
                  in.countDown();
                  try {
                    return never.await();
                  } catch (InterruptedException | BrokenBarrierException e) {
                    interrupted.countDown();
                    throw e;
                  }
                })
            .sizes(2)
            .tasks(2)
            .build();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor user = actors.actor("user");
      var runs = user.startCall(() -> probe.run(Deadline.none()));
      in.await(); // else a task that has not begun is never interrupted
      runs.awaitBlocked();
      user.interrupt();
      runs.failure(InterruptedException.class);
      interrupted.await();
    }
  }

  @Test
  void aFactoryThatMakesNoThreadIsNamed() {
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() ->
            SizingProbe.builder(calls::incrementAndGet)
                .threads(task -> null)
                .build()
                .run(Deadline.none()))
        .withMessageStartingWith("the factory of threads made none: ");
  }

  @Test
  @SuppressWarnings("NullAway") // that is the test
  void allWrongArgumentsAreNamedAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            SizingProbe.builder(calls::incrementAndGet)
                .sizes(0, 5, 5)
                .tasks(0)
                .warmUps(-1)
                .rounds(1)
                .p99AtMost(Duration.ZERO)
                .build())
        .withMessage(
            "tasks is not within [1, 1000000]: 0; sizes has one less than 1: [0, 5, 5]; sizes are"
                + " not ascending: [0, 5, 5]; warmUps is negative: -1; rounds is less than 2: 1;"
                + " p99AtMost is not positive: PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SizingProbe.builder(calls::incrementAndGet).rounds(1001).build())
        .withMessage("rounds is more than 1000: 1001");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SizingProbe.builder(calls::incrementAndGet).sizes().build())
        .withMessage("sizes is empty");
    assertThatNullPointerException()
        .isThrownBy(() -> SizingProbe.builder(null))
        .withMessage("task");
    assertThatNullPointerException()
        .isThrownBy(() -> SizingProbe.builder(calls::incrementAndGet).threads(null))
        .withMessage("threads");
    assertThatNullPointerException()
        .isThrownBy(() -> SizingProbe.builder(calls::incrementAndGet).build().run(null))
        .withMessage("deadline");
  }

  @Test
  void theSizesFitTheTasksUnlessGiven() throws Exception {
    SizingReport report =
        SizingProbe.builder(calls::incrementAndGet).tasks(1).rounds(2).build().run(Deadline.none());
    assertThat(report.levels()).extracting(SizingReport.Level::size).containsExactly(1);
  }

  @Test
  void theLatencyThatIsAskedForIsKept() throws Exception {
    SizingReport report =
        SizingProbe.builder(
                () -> {
                  for (long start = System.nanoTime(); System.nanoTime() - start < 2; ) {
                    Thread.onSpinWait(); // until the clock has moved
                  }
                  return "";
                })
            .sizes(1)
            .tasks(2)
            .rounds(2)
            .p99AtMost(Duration.ofNanos(1))
            .build()
            .run(Deadline.none());
    assertThat(report.recommended()).isEmpty();
    assertThat(report.reason()).isEqualTo("no size keeps the 99th percentile at 0.000 ms");
  }

  /** G42: levels above the number of tasks are meaningless. */
  @Test
  void moreThreadsThanTasksAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> SizingProbe.builder(calls::incrementAndGet).sizes(1, 200).tasks(100).build())
        .withMessage("sizes has one greater than tasks, which are 100: [1, 200]");
  }
}
