// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.NoThreadLeaks;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How many threads there are, and when. */
@NoThreadLeaks(ignoring = PoolKind.CLOCKS)
@SuppressWarnings("FutureReturnValueIgnored") // the pool, or the next call, tells
class GrowthTest {
  private static final Duration STRESS = Duration.ofMillis(500);

  private static MonitoredPool.Builder elastic(PoolKind kind, int max) {
    return kind == PoolKind.VIRTUAL ? kind.of(max) : MonitoredPool.builder("jobs").threads(0, max);
  }

  @ParameterizedTest
  @EnumSource
  void startsThreadsBeforeItQueues(PoolKind kind) throws Exception {
    try (MonitoredPool pool = elastic(kind, 4).queueCapacity(8).build()) {
      assertThat(pool.stats().live()).isZero();
      List<Blocker> blockers = new ArrayList<>();
      for (int i = 1; i <= 4; i++) {
        blockers.add(Blocker.in(pool)); // has begun, so it does not wait for one of the others
        assertThat(pool.stats().live()).isEqualTo(i);
        assertThat(pool.stats().active()).isEqualTo(i);
      }
      Blocker waiting = Blocker.submit(pool);
      PoolStats stats = pool.stats();
      assertThat(stats.live()).isEqualTo(4);
      assertThat(stats.active()).isEqualTo(4);
      assertThat(stats.queued()).isEqualTo(1);
      blockers.forEach(Blocker::letGo);
      waiting.letGo();
    }
  }

  @Test
  void idleThreadIsUsedBeforeANewOneIsStarted() throws Exception {
    try (MonitoredPool pool = MonitoredPool.builder("jobs").threads(0, 4).build()) {
      Set<Thread> threads = ConcurrentHashMap.newKeySet();
      for (int i = 0; i < 50; i++) {
        Thread thread = pool.submit(Thread::currentThread).get();
        threads.add(thread);
        Waiting.untilBlocked(thread, Blocker.PATIENCE); // else it may be about to be free
      }
      assertThat(threads).hasSize(1);
      assertThat(pool.stats().peak()).isOne();
    }
  }

  @Test
  void shrinksToMinWhenIdle() throws Exception {
    try (MonitoredPool pool =
        MonitoredPool.builder("jobs").threads(1, 4).keepAlive(Duration.ofMillis(1)).build()) {
      for (int round = 0; round < 3; round++) {
        List<Blocker> blockers = Blocker.fill(pool, 4);
        blockers.forEach(Blocker::letGo);
        Waiting.until(() -> pool.stats().live() == 1, Blocker.PATIENCE, pool::toString);
        // Not TIMED_WAITING: without a limit.
        Waiting.until(
            () -> states(blockers).equals(List.of(Thread.State.WAITING)),
            Blocker.PATIENCE,
            () -> "the last thread does not wait for good: " + states(blockers));
      }
      assertThat(pool.stats().live()).isOne();
      assertThat(pool.stats().peak()).isEqualTo(4);
    }
  }

  /** Of those of their threads that are alive. */
  private static List<Thread.State> states(List<Blocker> blockers) {
    return blockers.stream()
        .map(blocker -> blocker.thread().getState())
        .filter(state -> state != Thread.State.TERMINATED)
        .toList();
  }

  @Test
  void virtualThreadsEndWhenThereIsNothingToDo() throws Exception {
    try (MonitoredPool pool = PoolKind.VIRTUAL.of(4).build()) {
      List<Blocker> blockers = Blocker.fill(pool, 4);
      blockers.forEach(Blocker::letGo);
      Waiting.until(() -> pool.stats().live() == 0, Blocker.PATIENCE, pool::toString);
      for (Blocker blocker : blockers) {
        assertThat(blocker.thread().join(Blocker.PATIENCE)).isTrue();
        assertThat(blocker.thread().isVirtual()).isTrue();
      }
    }
  }

  /**
   * The first of each pair waits for the second: if that sits in the queue although there could be
   * a thread for it, both stay. Threads end as soon as they may, so most submissions meet one that
   * is just about to.
   */
  @ParameterizedTest
  @EnumSource
  void noTaskSitsInTheQueueWhileAThreadCouldBeStarted(PoolKind kind) throws Exception {
    try (MonitoredPool pool = elastic(kind, 4).keepAlive(Duration.ofNanos(1)).build();
        Actors actors = new Actors(kind.clients(), Blocker.PATIENCE)) {
      actors.race(
          actors.actors(2, "client"),
          STRESS,
          (racer, round) -> {
            CountDownLatch second = new CountDownLatch(1);
            CompletableFuture<Boolean> first =
                pool.submit(() -> second.await(Blocker.PATIENCE.toSeconds(), TimeUnit.SECONDS));
            pool.execute(second::countDown);
            assertThat(first.get()).as("second of pair %s of %s ran", round, racer).isTrue();
            for (int i = racer * 7 + round % 50; i > 0; i--) {
              Thread.onSpinWait();
            }
          });
      assertThat(pool.stats().peak()).isLessThanOrEqualTo(4);
    }
  }

  /** However many are submitted: a task has a permit before it has a thread. */
  @Test
  void virtualPoolAdmitsBeforeItCreatesTheThread() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger ran = new AtomicInteger();
    int tasks = 200_000;
    try (MonitoredPool pool =
        PoolKind.VIRTUAL
            .of(10)
            .queueCapacity(100)
            .rejection(Rejection.BLOCK, Blocker.PATIENCE)
            .build()) {
      for (int i = 0; i < tasks; i++) {
        pool.execute(() -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          ran.incrementAndGet();
          running.decrementAndGet();
        });
        if (i % 1000 == 0) {
          PoolStats stats = pool.stats();
          assertThat(stats.live()).isLessThanOrEqualTo(10);
          assertThat(stats.queued() + stats.active()).isLessThanOrEqualTo(110);
        }
      }
      pool.close();
      assertThat(pool.stats().peak()).isLessThanOrEqualTo(10);
    }
    assertThat(ran).hasValue(tasks);
    assertThat(most.get()).isLessThanOrEqualTo(10);
  }

  /** An action that depends on a future keeps its worker busy: others get a thread of their own. */
  @Test
  void threadThatRunsADependentActionIsBusy() throws Exception {
    try (MonitoredPool pool = MonitoredPool.builder("jobs").threads(0, 2).build()) {
      Blocker task = Blocker.in(pool);
      Blocker action = new Blocker(false);
      CompletableFuture<Void> done = task.future.thenRun(action);
      task.letGo();
      action.awaitBegun();
      assertThat(pool.submit(() -> "not held up").get(30, TimeUnit.SECONDS))
          .isEqualTo("not held up");
      assertThat(pool.stats().live()).isEqualTo(2);
      action.letGo();
      done.get();
    }
  }

  /** Whoever dies is replaced, if there is work. */
  @Test
  void workerThatDiesIsReplaced() throws Exception {
    try (MonitoredPool pool = MonitoredPool.builder("jobs").threads(1, 1).build()) {
      CountDownLatch set = new CountDownLatch(1);
      pool.execute(() -> {
        Thread.currentThread()
            .setUncaughtExceptionHandler((thread, thrown) -> {
              throw new IllegalStateException("thrown by a handler");
            });
        set.countDown();
        throw new IllegalStateException("thrown by a task");
      });
      set.await();
      assertThat(pool.submit(() -> "goes on").get(30, TimeUnit.SECONDS)).isEqualTo("goes on");
      assertThat(pool.stats().failed()).isOne();
    }
  }

  @Test
  void numberOfTasksMayPassItsBits() {
    long full = (3L << 32) | 0xFFFF_FFFFL;
    assertThat(Admission.plusOne(full)).isEqualTo(3L << 32);
    assertThat(Admission.plusOne(3L << 32)).isEqualTo((3L << 32) | 1);
    assertThat(Admission.difference(Admission.plusOne(full), 0xFFFF_FFFEL)).isEqualTo(2);
    assertThat(Admission.difference(7, (1L << 40) + 5)).isEqualTo(2);
  }
}
