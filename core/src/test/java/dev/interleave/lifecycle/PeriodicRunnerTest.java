// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.testing.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** When a periodic service runs, in a time that passes only when it is told to. */
class PeriodicRunnerTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final VirtualTime time =
      VirtualTime.startingAt(Instant.parse("2000-01-01T00:00:00Z"), Long.MAX_VALUE - 10);
  private final StopToken stop = StopToken.create("test");
  private final Bodies.Errors errors = new Bodies.Errors();
  private final List<Double> begun = new ArrayList<>(); // in seconds
  private final Queue<Duration> takes = new ArrayDeque<>(); // how long runs take; then no time

  /** How far the wall clock is from the monotonic one. */
  private Duration setBy = Duration.ZERO;

  private PeriodicService.Task task = token -> {};
  private final Instant start = time.instant();

  private double elapsed() {
    return Duration.between(start, time.instant()).toNanos() / 1e9;
  }

  private PeriodicRunner runner(UnaryOperator<PeriodicService.Builder> properties) {
    InstantSource wall = () -> time.instant().plus(setBy);
    PeriodicService.Builder builder =
        properties
            .apply(
                PeriodicService.builder(
                        "tick",
                        token -> {
                          begun.add(elapsed());
                          Duration took = takes.poll();
                          if (took != null) {
                            time.advance(took);
                          }
                          task.run(token);
                        })
                    .errors(errors::add))
            .time(time::nanoTime, wall, new Random(42));
    builder.check();
    PeriodicRunner runner =
        new PeriodicRunner(builder.plan(), time::nanoTime, wall, new Random(42));
    runner.begin();
    return runner;
  }

  /** Does what the thread would do, until so much time has passed. */
  private void runUntil(PeriodicRunner runner, double seconds) throws Exception {
    Instant end = start.plusNanos(Math.round(seconds * 1e9));
    while (true) {
      long wait = runner.step(stop);
      long left = Duration.between(time.instant(), end).toNanos();
      if (wait > 0) {
        time.advance(Duration.ofNanos(Math.max(0, Math.min(wait, left))));
        if (wait > left) {
          return;
        }
      }
    }
  }

  private void runTakes(double... seconds) {
    for (double of : seconds) {
      takes.add(Duration.ofNanos(Math.round(of * 1e9)));
    }
  }

  @Test
  void aFixedRateDoesNotDrift() throws Exception {
    PeriodicRunner runner = runner(b -> b.fixedRate(SECOND));
    runTakes(0.5, 0.25, 0.9);
    runUntil(runner, 4.5);
    assertThat(begun).containsExactly(0.0, 1.0, 2.0, 3.0, 4.0);
    PeriodicStats stats = runner.stats();
    assertThat(stats.runs()).isEqualTo(5);
    assertThat(stats.skipped()).isZero();
    assertThat(stats.late()).isZero();
    assertThat(stats.maxRun()).isEqualTo(Duration.ofMillis(900));
    assertThat(stats.meanRun()).isEqualTo(Duration.ofMillis(330));
    assertThat(stats.lastRun()).isZero();
    assertThat(stats.nextRunIn()).contains(Duration.ofMillis(500));
    assertThat(stats.runningFor()).isEmpty();
  }

  @Test
  void aFixedDelayBeginsAtTheEnd() throws Exception {
    PeriodicRunner runner = runner(b -> b.fixedDelay(SECOND).initialDelay(Duration.ofSeconds(2)));
    runTakes(0.5, 3);
    runUntil(runner, 8);
    assertThat(begun).containsExactly(2.0, 3.5, 7.5);
    assertThat(runner.stats().late()).isZero();
    assertThat(runner.stats().skipped()).isZero();
  }

  @Test
  void aTimeThatComesDuringARunIsSkipped() throws Exception {
    PeriodicRunner runner = runner(b -> b.fixedRate(SECOND));
    runTakes(2.5);
    runUntil(runner, 4.5);
    assertThat(begun).containsExactly(0.0, 3.0, 4.0);
    assertThat(runner.stats().skipped()).isEqualTo(2);
    assertThat(runner.stats().late()).isZero();
  }

  @Test
  void aTimeThatComesDuringARunMayRunLate() throws Exception {
    PeriodicRunner runner =
        runner(b -> b.fixedRate(SECOND).overlap(PeriodicService.Overlap.RUN_LATE));
    runTakes(1.5);
    runUntil(runner, 3.5);
    assertThat(begun).containsExactly(0.0, 1.5, 2.0, 3.0);
    assertThat(runner.stats().late()).isOne();
    assertThat(runner.stats().skipped()).isZero();
  }

  /** A run that ends just when the next one is due has not held it up. */
  @Test
  void aRunOfAWholePeriodSkipsNothing() throws Exception {
    PeriodicRunner runner = runner(b -> b.fixedRate(SECOND));
    runTakes(1, 1, 1);
    runUntil(runner, 3.5);
    assertThat(begun).containsExactly(0.0, 1.0, 2.0, 3.0);
    assertThat(runner.stats().skipped()).isZero();
  }

  /** The scheduler of the JDK makes up for a stall by a burst of runs. */
  @Test
  void afterAStallThereIsOneRunForAllThatWereMissed() throws Exception {
    PeriodicRunner runner = runner(b -> b.fixedRate(SECOND));
    runUntil(runner, 0.5);
    time.advance(Duration.ofSeconds(9)); // the process stands still until 9.5
    runUntil(runner, 11.5);
    assertThat(begun).containsExactly(0.0, 9.5, 10.0, 11.0);
    assertThat(runner.stats().late()).isOne();
    assertThat(runner.stats().skipped()).isEqualTo(8);
  }

  @Test
  void missedRunsMayBeSkipped() throws Exception {
    PeriodicRunner runner = runner(b -> b.fixedRate(SECOND).missedSkip());
    runUntil(runner, 0.5);
    time.advance(Duration.ofSeconds(9));
    runUntil(runner, 11.5);
    assertThat(begun).containsExactly(0.0, 10.0, 11.0);
    assertThat(runner.stats().skipped()).isEqualTo(9);
    assertThat(runner.stats().late()).isZero();
  }

  @Test
  void missedRunsMayBeCaughtUpWithUpToABound() throws Exception {
    PeriodicRunner runner = runner(b -> b.fixedRate(SECOND).missedCatchUp(3));
    runUntil(runner, 0.5);
    time.advance(Duration.ofSeconds(9));
    runUntil(runner, 11.5);
    assertThat(begun).containsExactly(0.0, 9.5, 9.5, 9.5, 10.0, 11.0);
    assertThat(runner.stats().late()).isEqualTo(3);
    assertThat(runner.stats().skipped()).isEqualTo(6);
  }

  @Test
  void catchingUpDoesNotGoOnForEver() throws Exception {
    PeriodicRunner runner =
        runner(b -> b.fixedRate(SECOND).missedCatchUp(3).overlap(PeriodicService.Overlap.RUN_LATE));
    runTakes(1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5);
    runUntil(runner, 20);
    PeriodicStats stats = runner.stats();
    assertThat(stats.runs() + stats.skipped()).isEqualTo(21);
    assertThat(begun.get(9)).isEqualTo(13.5);
    assertThat(stats.skipped()).isPositive();
  }

  /** P06 of the peers: after one exception the JDK's scheduler stops without a word. */
  @Test
  void aFailureIsToldOncePerCauseAndTheScheduleGoesOn() throws Exception {
    PeriodicRunner runner = runner(b -> b.fixedRate(SECOND));
    IOException[] thrown = new IOException[1];
    task =
        token -> {
          if (begun.size() <= 3) {
            thrown[0] = new IOException("no network " + begun.size());
            throw thrown[0];
          } else if (begun.size() == 4) {
            throw new OutOfMemoryError("an Error as well");
          }
        };
    runUntil(runner, 5.5);
    assertThat(begun).containsExactly(0.0, 1.0, 2.0, 3.0, 4.0, 5.0);
    assertThat(runner.stats().failures()).isEqualTo(4);
    assertThat(runner.stats().failuresInRow()).isZero();
    assertThat(runner.stats().lastError())
        .hasValueSatisfying(e -> assertThat(e).isInstanceOf(OutOfMemoryError.class));
    assertThat(errors.heard)
        .extracting(Throwable::getMessage)
        .containsExactly("no network 1", "an Error as well");
  }

  @Test
  void stopOnErrorThrowsIt() throws Exception {
    PeriodicRunner runner = runner(b -> b.fixedRate(SECOND).onError(ErrorPolicy.stop()));
    IOException failure = new IOException("first");
    task =
        token -> {
          throw failure;
        };
    assertThatThrownBy(() -> runner.step(stop)).isSameAs(failure);
    assertThat(runner.stats().failures()).isOne();
    assertThat(runner.stats().nextRunIn()).isEmpty();
    assertThat(errors.heard).as("told by the service").isEmpty();
  }

  @Test
  void failuresInARowAreWaitedForLongerAndLonger() throws Exception {
    PeriodicRunner runner =
        runner(b ->
            b.fixedDelay(SECOND)
                .onError(ErrorPolicy.backoff(Duration.ofSeconds(2), Duration.ofSeconds(7))));
    task =
        token -> {
          if (begun.size() <= 4) {
            throw new IOException("no network");
          }
        };
    runUntil(runner, 23);
    assertThat(begun).containsExactly(0.0, 2.0, 6.0, 13.0, 20.0, 21.0, 22.0, 23.0);
    assertThat(runner.stats().failures()).isEqualTo(4);
  }

  @Test
  void aFixedRateStaysOnItsGridAfterABackOff() throws Exception {
    PeriodicRunner runner =
        runner(b ->
            b.fixedRate(SECOND)
                .onError(ErrorPolicy.backoff(Duration.ofMillis(2500), Duration.ofSeconds(60))));
    task =
        token -> {
          if (begun.size() == 1) {
            throw new IOException("no network");
          }
        };
    runUntil(runner, 4.5);
    assertThat(begun).containsExactly(0.0, 3.0, 4.0);
    assertThat(runner.stats().skipped()).isEqualTo(2);
  }

  @Test
  void tooManyFailuresInARowEndIt() throws Exception {
    PeriodicRunner runner =
        runner(
            b -> b.fixedDelay(SECOND).onError(ErrorPolicy.backoff(SECOND, SECOND).giveUpAfter(3)));
    task =
        token -> {
          throw new IOException("number " + begun.size());
        };
    assertThatThrownBy(() -> runUntil(runner, 60)).hasMessage("number 3");
    assertThat(begun).containsExactly(0.0, 1.0, 2.0);
  }

  @Test
  void aTriggeredRunComesNowAndLeavesTheGrid() throws Exception {
    PeriodicRunner runner = runner(b -> b.fixedRate(SECOND));
    runUntil(runner, 0.5);
    assertThat(runner.trigger()).isTrue();
    assertThat(runner.trigger()).as("one is enough").isFalse();
    runUntil(runner, 2.5);
    assertThat(begun).containsExactly(0.0, 0.5, 1.0, 2.0);
    assertThat(runner.stats().triggered()).isOne();
  }

  @Test
  void aTriggerDuringARunIsNotLost() throws Exception {
    PeriodicRunner runner = runner(b -> b.fixedDelay(SECOND));
    task =
        token -> {
          if (begun.size() == 1) {
            runner.trigger();
          }
        };
    runTakes(0.25);
    runUntil(runner, 1);
    assertThat(begun).containsExactly(0.0, 0.25);
    assertThat(runner.stats().nextRunIn()).contains(Duration.ofMillis(250));
  }

  @Test
  void jitterMovesRunsAndNotTheGrid() throws Exception {
    PeriodicRunner runner = runner(b -> b.fixedRate(SECOND).jitter(Duration.ofMillis(500)));
    runUntil(runner, 99.6);
    assertThat(begun).hasSize(100);
    for (int i = 0; i < 100; i++) {
      assertThat(begun.get(i)).isBetween((double) i, i + 0.5);
    }
    assertThat(begun.stream().distinct().count()).isGreaterThan(90);
    assertThat(runner.stats().late()).isZero();
  }

  @Test
  void aSuspendedMachineIsNoticedAndChangesNothing() throws Exception {
    PeriodicRunner runner = runner(b -> b.fixedRate(SECOND));
    runUntil(runner, 1.5);
    setBy = Duration.ofHours(3); // the wall clock went on, the monotonic one stood still
    runUntil(runner, 3.5);
    assertThat(runner.stats().jumps()).isOne();
    assertThat(begun).containsExactly(0.0, 1.0, 2.0, 3.0);
  }

  @Test
  void aClockThatIsSetBackIsNoticed() throws Exception {
    PeriodicRunner runner = runner(b -> b.fixedRate(SECOND).runAfterJump());
    runUntil(runner, 1.5);
    setBy = Duration.ofSeconds(-5);
    runUntil(runner, 2.5);
    assertThat(runner.stats().jumps()).isOne();
    setBy = Duration.ofSeconds(-6); // less than the threshold
    runUntil(runner, 3.5);
    assertThat(runner.stats().jumps()).isOne();
    assertThat(begun).as("nothing to catch up with").containsExactly(0.0, 1.0, 2.0, 3.0);
  }

  @Test
  void aRunMayFollowASuspendAtOnce() throws Exception {
    PeriodicRunner runner = runner(b -> b.fixedRate(Duration.ofHours(1)).runAfterJump());
    runUntil(runner, 60);
    setBy = Duration.ofHours(8);
    runUntil(runner, 60 + 3600.5);
    assertThat(begun).containsExactly(0.0, 60.0, 3660.0);
  }

  /** Up to 500 ppm are how clocks are kept right, a day's worth of which is many seconds. */
  @Test
  void aClockThatIsCorrectedSlowlyDoesNotJump() throws Exception {
    PeriodicRunner runner = runner(b -> b.fixedRate(Duration.ofDays(1)));
    runner.step(stop);
    time.advance(Duration.ofDays(1));
    setBy = Duration.ofSeconds(43);
    runner.step(stop);
    assertThat(runner.stats().runs()).isEqualTo(2);
    assertThat(runner.stats().jumps()).isZero();
  }

  @Test
  void whatAStopEndsIsNoFailure() throws Exception {
    PeriodicRunner runner = runner(b -> b.fixedRate(SECOND));
    task =
        token -> {
          token.stop("now");
          token.throwIfStopped();
        };
    runner.step(stop);
    assertThat(runner.stats().failures()).isZero();
    assertThat(runner.stats().runs()).isOne();
  }

  @Test
  void anInterruptOfOneRunIsNotForTheNext() throws Exception {
    PeriodicRunner runner = runner(b -> b.fixedRate(SECOND));
    task = token -> Thread.currentThread().interrupt();
    runner.step(stop);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void causesAreBounded() {
    Causes causes = new Causes();
    int told = 0;
    for (int i = 0; i < 1000; i++) {
      Exception e = new Exception();
      e.setStackTrace(new StackTraceElement[] {new StackTraceElement("C", "m", "C.java", i)});
      told += causes.isNew(e) ? 1 : 0;
    }
    assertThat(told).as("a hundred, and one for the rest").isEqualTo(101);
  }

  @Test
  void aBackOffIsBoundedAndDoubles() {
    ErrorPolicy policy = ErrorPolicy.backoff(SECOND, Duration.ofSeconds(5));
    assertThat(List.of(1L, 2L, 3L, 4L, Long.MAX_VALUE).stream().map(policy::delayAfter))
        .extracting(Duration::toSeconds)
        .containsExactly(1L, 2L, 4L, 5L, 5L);
    assertThat(ErrorPolicy.goOn().delayAfter(Long.MAX_VALUE)).isZero();
    assertThat(
            ErrorPolicy.backoff(SECOND, Duration.ofSeconds(Long.MAX_VALUE)).delayAfter(1_000_000))
        .isEqualTo(Duration.ofSeconds(Long.MAX_VALUE));
    assertThatThrownBy(() -> ErrorPolicy.backoff(SECOND, Duration.ZERO))
        .hasMessage("max is less than first, PT1S: PT0S");
    assertThatThrownBy(() -> ErrorPolicy.goOn().giveUpAfter(0))
        .hasMessage("giveUpAfter is less than 1: 0");
  }
}
