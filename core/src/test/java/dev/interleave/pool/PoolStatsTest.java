// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.testing.NoThreadLeaks;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a pool says of itself. */
@NoThreadLeaks(ignoring = PoolKind.CLOCKS + "|JFR .*") // which stay once there was a recording
@SuppressWarnings("FutureReturnValueIgnored") // the pool, or the next call, tells
class PoolStatsTest {
  private static final Duration STRESS = Duration.ofMillis(500);

  private static void assertBalanced(PoolStats stats) {
    assertThat(
            stats.completed()
                + stats.failed()
                + stats.cancelled()
                + stats.timedOut()
                + stats.discarded()
                + stats.queued()
                + stats.active())
        .as("%s", stats)
        .isEqualTo(stats.submitted());
    assertThat(stats.queued()).as("%s", stats).isNotNegative();
    assertThat(stats.active()).as("%s", stats).isNotNegative();
  }

  /** With all that can happen to a task, at any moment, and exactly in the end. */
  @ParameterizedTest
  @EnumSource
  void theBooksBalanceAlways(PoolKind kind) throws Exception {
    AtomicInteger rejected = new AtomicInteger();
    AtomicInteger accepted = new AtomicInteger();
    MonitoredPool pool = kind.of(2).queueCapacity(8).build();
    try (Actors actors = new Actors(kind.clients(), Blocker.PATIENCE)) {
      AtomicBoolean over = new AtomicBoolean();
      Step<Integer> looking =
          actors
              .actor("looker")
              .startCall(() -> {
                int looks = 0;
                do {
                  assertBalanced(pool.stats());
                  looks++;
                } while (!over.get());
                return looks;
              });
      actors.race(
          actors.actors(2, "client"),
          STRESS,
          (racer, round) -> {
            try {
              switch (round % 5) {
                case 0 -> pool.submit(() -> "returns");
                case 1 -> pool.submit(PoolStatsTest::fail);
                case 2 -> pool.submit(() -> "cancelled").cancel(true);
                case 3 -> pool.submit(() -> "late", Deadline.after(Duration.ofNanos(round)));
                default -> pool.submit(() -> "waited for").get();
              }
              accepted.incrementAndGet();
            } catch (RejectedExecutionException e) {
              rejected.incrementAndGet();
            }
          });
      over.set(true);
      assertThat(looking.result()).isPositive();
    } finally {
      pool.close();
    }
    PoolStats stats = pool.stats();
    assertBalanced(stats);
    assertThat(stats.submitted()).isEqualTo(accepted.get());
    assertThat(stats.rejected().total()).isEqualTo(rejected.get());
    assertThat(stats.queued() + stats.active() + stats.live()).isZero();
    assertThat(stats.shutdown()).isTrue();
  }

  private static String fail() {
    throw new IllegalStateException("fails");
  }

  /** Who has a result finds the task counted, and gone from the active. */
  @ParameterizedTest
  @EnumSource
  void taskIsCountedBeforeItsFutureCompletes(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(1).build()) {
      for (int i = 1; i <= 2_000; i++) {
        pool.submit(() -> "done").get();
        PoolStats stats = pool.stats();
        assertThat(stats.completed()).isEqualTo(i);
        assertThat(stats.active()).isZero();
        assertThat(stats.queued()).isZero();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void waitAndRunTimesAreMeasured(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(1).build()) {
      long begin = System.nanoTime();
      Blocker first = Blocker.in(pool);
      CompletableFuture<String> second = pool.submit(() -> "second");
      long waiting = System.nanoTime();
      while (System.nanoTime() - waiting < 2_000_000) {
        Thread.onSpinWait();
      }
      first.letGo();
      assertThat(second.get()).isEqualTo("second");
      long longest = System.nanoTime() - begin;
      PoolStats stats = pool.stats();
      assertThat(stats.waits().count()).isEqualTo(2);
      assertThat(stats.runs().count()).isEqualTo(2);
      assertThat(stats.waits().max()).isBetween(Duration.ofMillis(2), Duration.ofNanos(longest));
      assertThat(stats.runs().max()).isGreaterThanOrEqualTo(Duration.ofMillis(2));
    }
  }

  @ParameterizedTest
  @EnumSource
  void oneInSoManyIsTimed(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(1).timingOneIn(4).build()) {
      for (int i = 0; i < 40; i++) {
        pool.submit(() -> "done").get();
      }
      assertThat(pool.stats().completed()).isEqualTo(40);
      assertThat(pool.stats().runs().count()).isEqualTo(10);
      assertThat(pool.stats().waits().count()).isEqualTo(10);
    }
  }

  @ParameterizedTest
  @EnumSource
  void tasksInFlightAreNamedAndHaveStacks(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(2).build()) {
      Blocker named = new Blocker(false);
      CompletableFuture<String> future = pool.submit("bill", named, Deadline.none());
      named.awaitBegun();
      Blocker unnamed = Blocker.in(pool);
      List<InFlight> inFlight = pool.inFlight();
      assertThat(inFlight).extracting(InFlight::task).containsExactly("bill", "jobs#1");
      assertThat(inFlight).extracting(InFlight::thread).containsExactly("jobs-1", "jobs-2");
      assertThat(inFlight.get(0).age()).isGreaterThanOrEqualTo(inFlight.get(1).age()).isPositive();
      assertThat(inFlight)
          .allSatisfy(in ->
              assertThat(in.stack())
                  .anyMatch(frame -> frame.getClassName().equals(Blocker.class.getName())));
      assertThat(inFlight.get(0).toString()).contains("bill on jobs-1, running for", "\n    at ");
      named.letGo();
      unnamed.letGo();
      assertThat(future.get()).isEqualTo("let go");
    }
  }

  @ParameterizedTest
  @EnumSource
  void stuckTaskIsReportedOnce(PoolKind kind) throws Exception {
    for (int timing : new int[] {1, 1024}) { // timed, and not timed
      Told told = new Told();
      try (MonitoredPool pool =
          kind.of(2)
              .stuckAfter(Duration.ofMillis(100))
              .timingOneIn(timing)
              .listener(told)
              .build()) {
        assertThat(pool.submit(() -> "the one that is timed").get()).isNotNull();
        Blocker one = Blocker.in(pool);
        InFlight first = told.nextStuck();
        assertThat(first.task()).isEqualTo("jobs#1");
        assertThat(first.age()).isGreaterThanOrEqualTo(Duration.ofMillis(100));
        assertThat(first.stack()).isNotEmpty();
        Blocker other = Blocker.in(pool); // for which there are several looks
        assertThat(told.nextStuck().task()).isEqualTo("jobs#2");
        assertThat(told.stuck).isEmpty();
        assertThat(pool.stats().stuck()).isEqualTo(2);
        one.letGo();
        other.letGo();
      }
    }
  }

  /** What the buckets promise. */
  @Test
  void histogramIsExactToOneSixteenth() {
    for (long value = 0; value < 1L << 46; value = value * 9 / 8 + 1) {
      int bucket = LogHistogram.bucket(value);
      long bound = LogHistogram.upperBound(bucket);
      assertThat(bound).isGreaterThanOrEqualTo(value);
      assertThat(bound - value).as("error of %s", value).isLessThanOrEqualTo(value / 16);
      assertThat(LogHistogram.bucket(bound)).isEqualTo(bucket);
      assertThat(LogHistogram.bucket(bound + 1)).isEqualTo(bucket + 1);
    }
    assertThat(LogHistogram.bucket(Long.MAX_VALUE)).isEqualTo(LogHistogram.BUCKETS - 1);
  }

  @Test
  void quantilesAreThoseOfAllParts() {
    for (boolean shared : new boolean[] {true, false}) {
      LogHistogram one = new LogHistogram(shared);
      LogHistogram other = new LogHistogram(shared);
      assertThat(LogHistogram.sum(List.of(one, other)))
          .isEqualTo(
              new PoolStats.Times(
                  0, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO));
      for (int i = 1; i <= 100; i++) {
        (i % 2 == 0 ? one : other).record(i * 1_000L);
      }
      other.record(-5); // a clock is not to be trusted that far
      PoolStats.Times times = LogHistogram.sum(List.of(one, other));
      assertThat(times.count()).isEqualTo(101);
      assertThat(times.max()).isEqualTo(Duration.ofNanos(100_000));
      assertThat(times.mean()).isEqualTo(Duration.ofNanos(50_000));
      assertThat(times.p50()).isBetween(Duration.ofNanos(50_000), Duration.ofNanos(53_125));
      assertThat(times.p90()).isBetween(Duration.ofNanos(90_000), Duration.ofNanos(95_625));
      assertThat(times.p99()).isBetween(Duration.ofNanos(99_000), Duration.ofNanos(100_000));
      one.record(Long.MAX_VALUE);
      assertThat(LogHistogram.sum(List.of(one, other)).max())
          .isEqualTo(Duration.ofNanos(Long.MAX_VALUE));
    }
  }

  /**
   * 1,000 threads get beyond a long in 106 days, and as many virtual ones as there may be at once.
   */
  @Test
  void sumsGoBeyondALong() {
    for (boolean shared : new boolean[] {true, false}) {
      LogHistogram one = new LogHistogram(shared);
      LogHistogram other = new LogHistogram(shared);
      for (int i = 0; i < 5; i++) {
        one.record(Long.MAX_VALUE);
        other.record(Long.MAX_VALUE);
      }
      BigInteger all = BigInteger.valueOf(Long.MAX_VALUE).multiply(BigInteger.TEN);
      assertThat(LogHistogram.total(List.of(one, other))).isEqualTo(all);
      assertThat(LogHistogram.sum(List.of(one, other)).mean())
          .isEqualTo(Duration.ofNanos(Long.MAX_VALUE));
      long before = LogHistogram.wrappedTotal(List.of(one, other));
      one.record(7);
      assertThat(LogHistogram.wrappedTotal(List.of(one, other)) - before).isEqualTo(7);
    }
  }
}
