// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.interleave.Deadline;
import dev.interleave.testing.NoThreadLeaks;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One task too many, and the order of those that wait. */
@NoThreadLeaks(ignoring = PoolKind.CLOCKS)
@SuppressWarnings("FutureReturnValueIgnored") // the pool, or the next call, tells
class RejectionTest {

  @ParameterizedTest
  @EnumSource
  void abortNamesThePoolAndIsCounted(PoolKind kind) throws Exception {
    Told told = new Told();
    try (MonitoredPool pool = kind.of(1).queueCapacity(1).listener(told).build()) {
      Blocker running = Blocker.in(pool);
      CompletableFuture<String> waiting = pool.submit(() -> "waits");
      assertThatExceptionOfType(RejectedExecutionException.class)
          .isThrownBy(() -> pool.submit("bill", () -> "no", Deadline.none()))
          .withMessage("Pool jobs is full: 1 threads are busy, and 1 tasks wait");
      assertThat(told.next()).startsWith("rejected bill: Pool jobs is full");
      assertThat(pool.stats().rejected().aborted()).isOne();
      assertThat(pool.stats().submitted()).isEqualTo(2);
      running.letGo();
      assertThat(waiting.get()).isEqualTo("waits");
    }
  }

  @ParameterizedTest
  @EnumSource
  void callerRunsIt(PoolKind kind) throws Exception {
    try (MonitoredPool pool =
        kind.of(1).queueCapacity(1).rejection(Rejection.CALLER_RUNS).build()) {
      Blocker running = Blocker.in(pool);
      CompletableFuture<String> waiting = pool.submit(() -> "waits");
      CompletableFuture<Thread> here = pool.submit(Thread::currentThread);
      assertThat(here).isCompletedWithValue(Thread.currentThread());
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() ->
              pool.execute(() -> {
                throw new IllegalStateException("the submitter's");
              }))
          .withMessage("the submitter's");
      assertThat(pool.stats().rejected().callerRan()).isEqualTo(2);
      assertThat(pool.stats().submitted()).isEqualTo(2);
      running.letGo();
      assertThat(waiting.get()).isEqualTo("waits");
      pool.shutdown();
      assertThatExceptionOfType(RejectedExecutionException.class)
          .isThrownBy(() -> pool.submit(Thread::currentThread))
          .withMessageContaining("jobs");
      assertThat(pool.stats().rejected().shutdown()).isOne();
    }
  }

  /** A deadline interrupts what the submitter runs, and leaves no interrupt; its own stay. */
  @ParameterizedTest
  @EnumSource
  void callerKeepsItsOwnInterruptsOnly(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(1).queueCapacity(1).rejection(Rejection.CALLER_RUNS).build();
        Actors actors = new Actors(kind.clients(), Blocker.PATIENCE)) {
      Blocker running = Blocker.in(pool);
      CompletableFuture<String> waiting = pool.submit(() -> "waits");
      Step<Future.State> late =
          actors
              .actor("late")
              .startCall(() -> {
                Blocker here = Blocker.submit(pool, false, Deadline.after(Duration.ofMillis(100)));
                here.awaitEnded();
                return here.future.state();
              });
      assertThat(late.result()).isEqualTo(Future.State.FAILED);
      assertThat(late.endedInterrupted()).isFalse();
      Step<Boolean> interrupted =
          actors
              .actor("interrupted")
              .startCall(() -> {
                Thread.currentThread().interrupt();
                return pool.submit(() -> Thread.currentThread().isInterrupted()).getNow(false);
              });
      assertThat(interrupted.result()).isTrue();
      assertThat(interrupted.endedInterrupted()).isTrue();
      running.letGo();
      assertThat(waiting.get()).isEqualTo("waits");
    }
  }

  @ParameterizedTest
  @EnumSource
  void submitterWaitsForAPlace(PoolKind kind) throws Exception {
    try (MonitoredPool pool =
            kind.of(1).queueCapacity(1).rejection(Rejection.BLOCK, Blocker.PATIENCE).build();
        Actors actors = new Actors(kind.clients(), Blocker.PATIENCE)) {
      Blocker running = Blocker.in(pool);
      CompletableFuture<String> waiting = pool.submit(() -> "waits");
      List<Step<String>> steps = new ArrayList<>();
      for (Actor actor : actors.actors(4, "submitter")) {
        Step<String> step = actor.startCall(() -> pool.submit(() -> "had a place").get());
        step.awaitBlocked();
        steps.add(step);
      }
      assertThat(pool.stats().submitted()).isEqualTo(2);
      running.letGo();
      for (Step<String> step : steps) {
        assertThat(step.result()).isEqualTo("had a place");
      }
      assertThat(waiting.get()).isEqualTo("waits");
      assertThat(pool.stats().rejected().total()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void submitterDoesNotWaitForEver(PoolKind kind) throws Exception {
    try (MonitoredPool pool =
            kind.of(1).queueCapacity(1).rejection(Rejection.BLOCK, Blocker.PATIENCE).build();
        Actors actors = new Actors(kind.clients(), Blocker.PATIENCE)) {
      Blocker running = Blocker.in(pool);
      CompletableFuture<String> waiting = pool.submit(() -> "waits");
      assertThatExceptionOfType(RejectedExecutionException.class)
          .isThrownBy(() -> pool.submit(() -> "no", Deadline.after(Duration.ofMillis(5))))
          .withMessageContaining("no place in time");
      Actor actor = actors.actor("interrupted");
      Step<?> interrupted = actor.start(() -> pool.execute(() -> {}));
      interrupted.awaitBlocked();
      actor.interrupt();
      assertThat(interrupted.failure(RejectedExecutionException.class))
          .hasCauseInstanceOf(InterruptedException.class);
      assertThat(interrupted.endedInterrupted()).isTrue();
      assertThat(pool.stats().rejected().blocked()).isEqualTo(2);
      Step<?> closed = actors.actor("closed").start(() -> pool.execute(() -> {}));
      closed.awaitBlocked();
      pool.shutdown();
      closed.failure(RejectedExecutionException.class);
      running.letGo();
      assertThat(waiting.get()).isEqualTo("waits");
    }
  }

  @ParameterizedTest
  @EnumSource
  void oldestMakesRoom(PoolKind kind) throws Exception {
    try (MonitoredPool pool =
        kind.of(1).queueCapacity(2).rejection(Rejection.DROP_OLDEST).build()) {
      Blocker running = Blocker.in(pool);
      List<CompletableFuture<Integer>> futures = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        int number = i;
        futures.add(pool.submit(() -> number));
      }
      for (CompletableFuture<Integer> dropped : futures.subList(0, 3)) {
        assertThatExceptionOfType(ExecutionException.class)
            .isThrownBy(dropped::get)
            .withCauseInstanceOf(RejectedExecutionException.class);
      }
      running.letGo();
      assertThat(futures.get(3).get()).isEqualTo(3);
      assertThat(futures.get(4).get()).isEqualTo(4);
      PoolStats stats = pool.stats();
      assertThat(stats.rejected().dropped()).isEqualTo(3);
      assertThat(stats.discarded()).isEqualTo(3);
      assertThat(stats.submitted()).isEqualTo(6);
    }
  }

  /** A task with a rank, which the pool has not wrapped when it compares. */
  private record Ranked(int rank, List<Integer> ran) implements Runnable {
    @Override
    public void run() {
      ran.add(rank);
    }
  }

  @Test
  void leastRunsFirstAndTheOldestOfAllIsDropped() throws Exception {
    List<Integer> ran = new CopyOnWriteArrayList<>();
    try (MonitoredPool pool =
        PoolKind.PLATFORM
            .of(1)
            .queueCapacity(4)
            .priority((one, other) -> Integer.compare(((Ranked) one).rank, ((Ranked) other).rank))
            .rejection(Rejection.DROP_OLDEST)
            .build()) {
      Blocker running = Blocker.in(pool); // begins at once, and is not compared
      for (int rank : new int[] {3, 1, 4, 2, 5}) { // the 3 was first
        pool.execute(new Ranked(rank, ran));
      }
      running.letGo();
    }
    assertThat(ran).containsExactly(1, 2, 4, 5);
  }

  @Test
  void comparatorThatThrowsRejectsTheTask() throws Exception {
    List<Integer> ran = new CopyOnWriteArrayList<>();
    try (MonitoredPool pool =
        PoolKind.PLATFORM
            .of(1)
            .priority((one, other) -> Integer.compare(((Ranked) one).rank, ((Ranked) other).rank))
            .build()) {
      Blocker running = Blocker.in(pool);
      pool.execute(new Ranked(1, ran));
      assertThatExceptionOfType(ClassCastException.class)
          .isThrownBy(() -> pool.execute(() -> ran.add(-1)));
      assertThat(pool.stats().discarded()).isOne();
      assertThat(pool.stats().queued()).isOne();
      running.letGo();
    }
    assertThat(ran).containsExactly(1);
  }

  @ParameterizedTest
  @EnumSource
  void newestRunsFirst(PoolKind kind) throws Exception {
    List<Integer> ran = new CopyOnWriteArrayList<>();
    try (MonitoredPool pool = kind.of(1).lifo().build()) {
      Blocker running = Blocker.in(pool);
      for (int i = 0; i < 3; i++) {
        pool.execute(new Ranked(i, ran));
      }
      running.letGo();
    }
    assertThat(ran).containsExactly(2, 1, 0);
  }

  @Test
  @SuppressWarnings("NullAway") // that is the test
  void builderNamesAllThatIsWrong() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() ->
            MonitoredPool.builder(" ")
                .threads(3, 2)
                .queueCapacity(0)
                .rejection(Rejection.BLOCK)
                .keepAlive(Duration.ofNanos(-1))
                .taskTimeout(Duration.ZERO)
                .listener(null)
                .timingOneIn(3)
                .build())
        .withMessageContainingAll(
            "name is blank",
            "max is less than min: 2 < 3",
            "queueCapacity is not in 1 to 2^30: 0",
            "blockFor is missing",
            "keepAlive is negative: PT-0.000000001S",
            "taskTimeout is not positive: PT0S",
            "listener is null",
            "timingOneIn is not a power of two: 3");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> MonitoredPool.builder("jobs").virtual(0).build())
        .withMessage("maxConcurrent is less than 1: 0");
  }
}
