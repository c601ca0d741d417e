// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.interleave.testing.NoThreadLeaks;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pools whose size changes while they run. */
@NoThreadLeaks(ignoring = PoolKind.CLOCKS)
@SuppressWarnings("FutureReturnValueIgnored") // the pool, or the next call, tells
class ResizeTest {
  private static final Duration STRESS = Duration.ofMillis(300);

  /** A pool of exactly so many threads. */
  private static void resize(PoolKind kind, MonitoredPool pool, int threads) {
    pool.resize(kind == PoolKind.VIRTUAL ? 0 : threads, threads);
  }

  /** That is where a resize is of use; not only for what is submitted after it. */
  @ParameterizedTest
  @EnumSource
  void growingHelpsWhatIsQueuedAlready(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(1).build()) {
      List<Blocker> tasks = new ArrayList<>(List.of(Blocker.in(pool)));
      tasks.add(Blocker.submit(pool));
      tasks.add(Blocker.submit(pool));
      assertThat(pool.stats().queued()).isEqualTo(2);
      resize(kind, pool, 3);
      assertThat(pool.stats().live()).isEqualTo(3); // started when it returns
      for (Blocker task : tasks) {
        task.awaitBegun();
      }
      assertThat(pool.stats().max()).isEqualTo(3);
      tasks.forEach(Blocker::letGo);
    }
  }

  @ParameterizedTest
  @EnumSource
  void shrinkingInterruptsNobodyAndHoldsWhenTasksEnd(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(3).build()) {
      List<Blocker> running = Blocker.fill(pool, 3);
      resize(kind, pool, 1);
      assertThat(pool.stats().active()).isEqualTo(3);
      running.get(0).letGo();
      running.get(1).letGo();
      Waiting.until(() -> pool.stats().live() == 1, Blocker.PATIENCE, pool::toString);
      Blocker second = Blocker.submit(pool);
      assertThat(pool.stats().queued()).isOne();
      running.get(2).letGo();
      second.awaitBegun();
      second.letGo();
      pool.close();
      assertThat(running).noneMatch(Blocker::wasInterrupted);
      assertThat(pool.stats().completed()).isEqualTo(4);
    }
  }

  /** They would have stayed for a minute, or for ever. */
  @Test
  void idleThreadsThatAreTooManyEndAtOnce() throws Exception {
    try (MonitoredPool pool = PoolKind.PLATFORM.of(3).keepAlive(Duration.ofDays(1)).build()) {
      Blocker.fill(pool, 3).forEach(Blocker::letGo);
      pool.resize(1, 1);
      Waiting.until(() -> pool.stats().live() == 1, Blocker.PATIENCE, pool::toString);
      assertThat(pool.submit(() -> "still there").get()).isEqualTo("still there");
    }
  }

  @Test
  void idleThreadsThatNeedNotStayEndWhenTheirTimeIsUp() throws Exception {
    try (MonitoredPool pool = PoolKind.PLATFORM.of(3).keepAlive(Duration.ZERO).build()) {
      Blocker.fill(pool, 3).forEach(Blocker::letGo);
      Waiting.until(() -> pool.stats().active() == 0, Blocker.PATIENCE, pool::toString);
      assertThat(pool.stats().live()).isEqualTo(3);
      pool.resize(0, 3);
      Waiting.until(() -> pool.stats().live() == 0, Blocker.PATIENCE, pool::toString);
    }
  }

  @ParameterizedTest
  @EnumSource
  void submitterThatWaitsForAPlaceGetsIt(PoolKind kind) throws Exception {
    try (MonitoredPool pool =
            kind.of(1).queueCapacity(1).rejection(Rejection.BLOCK, Blocker.PATIENCE).build();
        Actors actors = new Actors(kind.clients(), Blocker.PATIENCE)) {
      Blocker running = Blocker.in(pool);
      Blocker queued = Blocker.submit(pool);
      Actor submitter = actors.actor("submitter");
      Step<CompletableFuture<String>> step = submitter.startCall(() -> pool.submit(() -> "in"));
      step.awaitBlocked();
      resize(kind, pool, 3);
      assertThat(step.result().get()).isEqualTo("in");
      running.letGo();
      queued.letGo();
    }
  }

  /** Far beyond what it was built for. */
  @ParameterizedTest
  @EnumSource
  void poolMayGrowByAnyFactor(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(1).queueCapacity(1).build()) {
      resize(kind, pool, 200);
      List<Blocker> running = Blocker.fill(pool, 200);
      Blocker queued = Blocker.submit(pool);
      assertThat(pool.stats().queued()).isOne();
      assertThatExceptionOfType(RejectedExecutionException.class)
          .isThrownBy(() -> pool.submit(() -> "one too many"));
      running.forEach(Blocker::letGo);
      queued.letGo();
      pool.close();
      assertThat(pool.stats().completed()).isEqualTo(201);
    }
  }

  /** Whatever the sizes were in between: all that was accepted runs, and the last sizes hold. */
  @ParameterizedTest
  @EnumSource
  void nothingIsLostWhileTheSizeChanges(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(2).queueCapacity(1 << 20).build();
        Actors actors = new Actors(kind.clients(), Blocker.PATIENCE)) {
      ConcurrentLinkedQueue<CompletableFuture<Integer>> futures = new ConcurrentLinkedQueue<>();
      actors.race(
          actors.actors(2, "client"),
          STRESS,
          (racer, round) -> {
            if (racer == 0) {
              resize(kind, pool, 1 + round % 4);
            } else {
              futures.add(pool.submit(() -> 1));
            }
          });
      resize(kind, pool, 2);
      for (CompletableFuture<Integer> future : futures) {
        assertThat(future.get()).isOne();
      }
      Waiting.until(() -> pool.stats().live() <= 2, Blocker.PATIENCE, pool::toString);
      List<Blocker> blockers = Blocker.fill(pool, 2);
      Blocker third = Blocker.submit(pool);
      assertThat(pool.stats().queued()).isOne();
      blockers.forEach(Blocker::letGo);
      third.letGo();
    }
  }

  @Test
  void wrongSizesChangeNothingAndAreAllNamed() {
    try (MonitoredPool pool = PoolKind.PLATFORM.of(2).build();
        MonitoredPool virtual = PoolKind.VIRTUAL.of(2).build()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> pool.resize(-1, 0))
          .withMessage("min is negative: -1; max is less than 1: 0");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> pool.resize(3, 2))
          .withMessage("max is less than min: 2 < 3");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> virtual.resize(1, 2))
          .withMessage("min is not 0 for virtual threads: 1");
      assertThat(pool.stats().max()).isEqualTo(2);
    }
  }
}
