// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.StopReport;
import dev.interleave.testing.NoThreadLeaks;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tasks that were queued by {@code execute}: they have no object of their own in the pool, and are
 * seen, counted, interrupted and returned all the same.
 */
@NoThreadLeaks(ignoring = PoolKind.CLOCKS)
class BareTaskTest {

  /** Queued behind another one, so that no thread was started for it. */
  private static Blocker runningIn(MonitoredPool pool, boolean stubborn) throws Exception {
    Blocker before = Blocker.in(pool);
    Blocker bare = new Blocker(stubborn);
    pool.execute(bare);
    before.letGo();
    bare.awaitBegun();
    return bare;
  }

  @ParameterizedTest
  @EnumSource
  void isInFlightUnderItsNumberWithAgeAndStack(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(1).build()) {
      Blocker bare = runningIn(pool, false);
      List<InFlight> inFlight = pool.inFlight();
      assertThat(inFlight).extracting(InFlight::task).containsExactly("jobs#1");
      assertThat(inFlight.get(0).age()).isPositive();
      assertThat(inFlight.get(0).stack())
          .anyMatch(frame -> frame.getClassName().equals(Blocker.class.getName()));
      assertThat(pool.stats().active()).isOne();
      bare.letGo();
      pool.close();
      PoolStats stats = pool.stats();
      assertThat(stats.completed()).isEqualTo(2);
      assertThat(stats.active()).isZero();
      assertThat(stats.waits().count()).isEqualTo(2);
      assertThat(stats.runs().count()).isEqualTo(2);
      assertThat(pool.inFlight()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void eachThatIsStuckIsReportedOnce(PoolKind kind) throws Exception {
    for (int timing : new int[] {1, 1024}) { // timed, and not timed
      Told told = new Told();
      try (MonitoredPool pool =
          kind.of(1).stuckAfter(Duration.ofMillis(5)).timingOneIn(timing).listener(told).build()) {
        Blocker first = Blocker.in(pool);
        assertThat(told.nextStuck().task()).isEqualTo("jobs#0");
        Blocker one = new Blocker(false);
        pool.execute(one);
        first.letGo();
        assertThat(told.nextStuck().task()).isEqualTo("jobs#1");
        Blocker other = new Blocker(false);
        pool.execute(other); // runs on the same thread
        one.letGo();
        assertThat(told.nextStuck().task()).isEqualTo("jobs#2");
        assertThat(pool.stats().stuck()).isEqualTo(3);
        other.letGo();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void closeInterruptsAndReportsIt(PoolKind kind) throws Exception {
    MonitoredPool heeding = kind.of(1).build();
    Blocker bare = runningIn(heeding, false);
    StopReport clean = heeding.close(Duration.ZERO);
    assertThat(clean.interrupted()).extracting(StopReport.Running::task).containsExactly("jobs#1");
    assertThat(clean.abandoned()).isEmpty();
    assertThat(bare.wasInterrupted()).isTrue();

    MonitoredPool held = kind.of(1).build();
    Blocker stubborn = runningIn(held, true);
    StopReport report = held.close(Duration.ZERO);
    assertThat(report.interrupted()).isEmpty();
    assertThat(report.abandoned()).extracting(StopReport.Running::task).containsExactly("jobs#1");
    stubborn.letGo();
    assertThat(held.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void whatHasNotBegunIsReturnedAsItWas(PoolKind kind) throws Exception {
    MonitoredPool pool = kind.of(1).build();
    Blocker running = runningIn(pool, false);
    Runnable one = () -> {};
    Runnable other = () -> {};
    pool.execute(one);
    pool.execute(other);
    assertThat(pool.shutdownNow()).containsExactly(one, other);
    running.awaitInterrupted();
    assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    assertThat(pool.stats().discarded()).isEqualTo(2);
    assertThat(pool.stats().queued()).isZero();
  }

  /** An interrupt that one leaves behind is not the next one's, and what it throws is its own. */
  @ParameterizedTest
  @EnumSource
  void leavesNothingToTheNextOne(PoolKind kind) throws Exception {
    Told told = new Told();
    AtomicBoolean interrupted = new AtomicBoolean(true);
    MonitoredPool pool = kind.of(1).listener(told).build();
    try (pool) {
      Blocker before = Blocker.in(pool);
      pool.execute(() -> {
        Thread.currentThread()
            .setUncaughtExceptionHandler((thread, thrown) -> Thread.currentThread().interrupt());
        Thread.currentThread().interrupt();
        throw new IllegalStateException("thrown by the first");
      });
      pool.execute(() -> interrupted.set(Thread.currentThread().isInterrupted()));
      before.letGo();
    }
    assertThat(interrupted).isFalse();
    assertThat(told.next()).startsWith("failed jobs#1");
    assertThat(pool.stats().failed()).isOne();
    assertThat(pool.stats().completed()).isEqualTo(2);
  }
}
