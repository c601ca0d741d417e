// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.NoThreadLeaks;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A real pool that is steered, in time that passes when the test says: the defects of G56. */
@Timeout(60)
@NoThreadLeaks(ignoring = PoolKind.CLOCKS)
class SteeredPoolTest {
  private static final long PERIOD = 1_000_000_000;

  private long now;
  private double busy;

  /** The pool, with the time that its tasks took being what the test says. */
  private AdaptiveSizing steer(MonitoredPool pool, int min, int max) {
    PoolTarget real = new PoolTarget(pool);
    AdaptiveSizing.Target target =
        new AdaptiveSizing.Target() {
          @Override
          public String name() {
            return real.name();
          }

          @Override
          public AdaptiveSizing.Load load() {
            AdaptiveSizing.Load load = real.load();
            return new AdaptiveSizing.Load(
                load.size(),
                load.live(),
                load.queued(),
                load.completed(),
                (long) busy,
                0,
                load.closed());
          }

          @Override
          public void resize(int size) {
            real.resize(size);
          }
        };
    return AdaptiveSizing.of(target)
        .between(min, max)
        .time(() -> now, InstantSource.system())
        .build();
  }

  /** A period passes in which so many threads were busy. */
  private void pass(double threads) {
    now += PERIOD;
    busy += threads * PERIOD;
  }

  private static void complete(MonitoredPool pool, int tasks) throws Exception {
    List<Future<?>> futures = new ArrayList<>();
    for (int i = 0; i < tasks; i++) {
      futures.add(pool.submit(() -> {}));
    }
    for (Future<?> future : futures) {
      assertThat(future.get()).isNull();
    }
  }

  /** G56: a larger size was of use to what was submitted later only, as it was another pool's. */
  @ParameterizedTest
  @EnumSource
  void growingHelpsWhatIsQueuedAlready(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(1).queueCapacity(100).build()) {
      AdaptiveSizing sizing = steer(pool, 1, 4);
      assertThat(sizing.step()).isEmpty();
      complete(pool, 20);
      List<Blocker> tasks = new ArrayList<>(List.of(Blocker.in(pool)));
      for (int i = 0; i < 3; i++) {
        tasks.add(Blocker.submit(pool));
      }
      pass(1);
      assertThat(sizing.step()).isPresent();
      tasks.get(1).awaitBegun();
      assertThat(pool.stats().live()).isEqualTo(2);
      assertThat(pool.stats().queued()).isEqualTo(2);
      tasks.forEach(Blocker::letGo);
    }
  }

  /** F-29: it grows by threads and shrinks by letting them go, not by ending what they run. */
  @ParameterizedTest
  @EnumSource
  void shrinkingEndsNoTask(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(4).build()) {
      List<Blocker> running = Blocker.fill(pool, 4);
      AdaptiveSizing sizing = steer(pool, 1, 4);
      assertThat(sizing.step()).isEmpty();
      pass(0.5);
      assertThat(sizing.step()).isEmpty();
      pass(0.5);
      assertThat(sizing.step()).isEmpty();
      pass(0.5);
      assertThat(sizing.step().orElseThrow().to()).isEqualTo(2);
      assertThat(pool.stats().max()).isEqualTo(2);
      assertThat(pool.stats().active()).isEqualTo(4);
      for (Blocker task : running) {
        assertThat(task.wasInterrupted()).isFalse();
        task.letGo();
        assertThat(task.future.get()).isEqualTo("let go");
      }
    }
  }

  /** G56: the old pool and the new one ran together: ten threads where eight were allowed. */
  @Test
  void thereAreNeverMoreThreadsThanAllowed() throws Exception {
    try (MonitoredPool pool =
        MonitoredPool.builder("bounded").threads(1, 1).queueCapacity(1000).build()) {
      AdaptiveSizing sizing = steer(pool, 1, 3);
      for (int i = 0; i < 60; i++) {
        var unused = sizing.step();
        int size = pool.stats().max();
        assertThat(size).isBetween(1, 3);
        complete(pool, 20 * size); // as much more as there are threads
        List<Blocker> tasks = Blocker.fill(pool, size);
        Blocker waiting = Blocker.submit(pool);
        pass(size);
        unused = sizing.step();
        tasks.forEach(Blocker::letGo);
        waiting.letGo();
        assertThat(waiting.future.get()).isEqualTo("let go");
      }
      assertThat(pool.stats().peak()).isEqualTo(3);
      assertThat(sizing.decisions()).isPositive();
    }
  }

  /** G56: submit after a change was refused by the pool that it had just replaced. */
  @Test
  void whatSubmittersHoldStaysTheSamePool() throws Exception {
    try (MonitoredPool pool = MonitoredPool.builder("same").threads(2, 16).build()) {
      AdaptiveSizing sizing = steer(pool, 2, 4);
      assertThat(sizing.step().orElseThrow().to()).isEqualTo(4);
      complete(pool, 10);
      assertThat(pool.stats().min()).isEqualTo(2);
      sizing.close();
      complete(pool, 10);
      assertThat(pool.stats().max()).isEqualTo(4); // it keeps its size
    }
  }

  /** The load of a pool is all that was timed, what runs now included. */
  @ParameterizedTest
  @EnumSource
  void whatRunsIsBusy(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(2).build()) {
      PoolTarget target = new PoolTarget(pool);
      Blocker running = Blocker.in(pool);
      long first = target.load().busyNanos();
      long start = System.nanoTime();
      while (System.nanoTime() == start) {
        Thread.onSpinWait(); // until the clock has moved
      }
      long second = target.load().busyNanos();
      assertThat(second).isGreaterThan(first);
      running.letGo();
      assertThat(running.future.get()).isEqualTo("let go");
      AdaptiveSizing.Load after = target.load();
      assertThat(after.busyNanos()).isGreaterThanOrEqualTo(second);
      assertThat(after.completed()).isOne();
      assertThat(after.size()).isEqualTo(2);
      assertThat(after.closed()).isFalse();
      pool.shutdown();
      assertThat(target.load().closed()).isTrue();
    }
  }
}
