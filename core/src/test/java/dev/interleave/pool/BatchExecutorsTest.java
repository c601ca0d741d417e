// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.interleave.Deadline;
import dev.interleave.diagnose.DeadlockDetector;
import dev.interleave.diagnose.DeadlockException;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import dev.interleave.lock.WatchedLock;
import dev.interleave.testing.NoThreadLeaks;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What executors do to batches, and what those who look for deadlocks see of them. */
@NoThreadLeaks(ignoring = ExecutorKind.CLOCKS)
class BatchExecutorsTest {
  private static final List<Integer> HUNDRED = IntStream.range(0, 100).boxed().toList();

  private static ThreadPoolExecutor pool(int threads, int queue) {
    return new ThreadPoolExecutor(
        threads, threads, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(queue));
  }

  // ------------------------------------------------------------------ full, and shut down

  @ParameterizedTest
  @EnumSource
  void fullPoolIsAskedAgainWhenOneHasEnded(PoolKind kind) throws Exception {
    AtomicInteger runs = new AtomicInteger();
    try (MonitoredPool pool = kind.of(1).queueCapacity(1).build()) {
      List<Integer> results =
          Batch.on(pool)
              .map(
                  HUNDRED,
                  i -> {
                    while (pool.stats().rejected().aborted() == 0) {
                      Thread.onSpinWait(); // until it is full, which it is with the third
                    }
                    runs.incrementAndGet();
                    return i;
                  });
      assertThat(results).isEqualTo(HUNDRED);
      pool.close(); // a batch has its result a moment before the pool has counted the task
      assertThat(pool.stats().rejected().aborted()).as("rejections on the way").isPositive();
      assertThat(pool.stats().completed()).isEqualTo(100);
    }
    assertThat(runs).hasValue(100);
  }

  @Test
  void fullThreadPoolExecutorIsAskedAgain() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    try (ExecutorService executor = pool(1, 1)) {
      assertThat(
              Batch.on(executor)
                  .map(
                      HUNDRED,
                      i -> {
                        runs.incrementAndGet();
                        return i;
                      }))
          .isEqualTo(HUNDRED);
    }
    assertThat(runs).hasValue(100);
  }

  /** Others have filled it: nothing of ours will make room, so waiting would be for nobody. */
  @Test
  void poolThatOthersHaveFilledEndsTheBatch() throws Exception {
    Blocker blocker = new Blocker(false);
    try (ThreadPoolExecutor executor =
        new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new SynchronousQueue<>())) {
      executor.execute(blocker);
      blocker.awaitBegun();
      Batch batch = Batch.on(executor).name("late");
      assertThatExceptionOfType(RejectedExecutionException.class)
          .isThrownBy(() -> batch.map(HUNDRED, i -> i))
          .withMessage("late: the executor takes nothing any more")
          .withCauseInstanceOf(RejectedExecutionException.class);
      BatchResult<Integer, Integer> result = batch.collect(HUNDRED, i -> i);
      assertThat(result.notStarted()).isEqualTo(100);
      assertThat(result.stopped()).containsInstanceOf(RejectedExecutionException.class);
      blocker.letGo();
    }
  }

  @ParameterizedTest
  @EnumSource
  void shutdownInTheMiddleLosesNothing(ExecutorKind kind) throws Exception {
    try (ExecutorService executor = kind.of(2);
        Outcomes<Integer, Integer> outcomes =
            Batch.on(executor).window(2).asCompleted(HUNDRED.iterator(), i -> i)) {
      Outcome<Integer, Integer> first = Objects.requireNonNull(outcomes.takeOrNull());
      executor.shutdown();
      // What was accepted is done, and what was not is not lost.
      List<Outcome<Integer, Integer>> rest = outcomes.stream().toList();
      List<Long> indices = new ArrayList<>(rest.stream().map(Outcome::index).toList());
      indices.add(first.index());
      assertThat(indices)
          .containsExactlyInAnyOrderElementsOf(
              LongStream.range(0, indices.size()).boxed().toList());
      assertThat(indices).hasSizeBetween(2, 3);
      assertThat(rest.get(rest.size() - 1))
          .isInstanceOfSatisfying(
              Outcome.NotStarted.class,
              never -> assertThat(never.cause()).isInstanceOf(RejectedExecutionException.class));
      assertThat(outcomes.stopped()).containsInstanceOf(RejectedExecutionException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void shutdownNowOfAPoolIsHeardOf(PoolKind kind) throws Exception {
    Blocker blocker = new Blocker(false);
    try (MonitoredPool pool = kind.of(1).build();
        Actors actors = new Actors(kind.clients(), Blocker.PATIENCE)) {
      Step<BatchResult<Integer, String>> call =
          actors
              .actor("caller")
              .startCall(() ->
                  Batch.on(pool).window(4).collect(HUNDRED.subList(0, 4), i -> blocker.call()));
      blocker.awaitBegun();
      call.awaitBlocked();
      pool.shutdownNow();
      BatchResult<Integer, String> result = call.result();
      assertThat(result.failed()).as("interrupted by the pool").isOne();
      assertThat(result.notStarted()).isEqualTo(3);
      assertThat(result.outcomes().get(3))
          .isInstanceOfSatisfying(
              Outcome.NotStarted.class,
              never ->
                  assertThat(never.cause())
                      .isInstanceOf(RejectedExecutionException.class)
                      .hasCauseInstanceOf(CancellationException.class));
    }
  }

  @Test
  void whoCancelsWhatShutdownNowReturnedIsHeard() throws Exception {
    Blocker blocker = new Blocker(false);
    try (ThreadPoolExecutor executor = pool(1, 8);
        Actors actors = new Actors(ThreadKind.PLATFORM, Blocker.PATIENCE)) {
      Step<BatchResult<Integer, String>> call =
          actors
              .actor("caller")
              .startCall(() -> Batch.on(executor).collect(List.of(0, 1, 2), i -> blocker.call()));
      blocker.awaitBegun();
      call.awaitBlocked();
      for (Runnable never : executor.shutdownNow()) {
        assertThat(((Future<?>) never).cancel(false)).isTrue();
      }
      assertThat(call.result().notStarted()).isEqualTo(2);
    }
  }

  /** The limit of the pool's own is not the batch's: the others go on. */
  @ParameterizedTest
  @EnumSource
  void limitOfThePoolEndsOneItem(PoolKind kind) throws Exception {
    Blocker stays = new Blocker(false);
    try (MonitoredPool pool = kind.of(2).taskTimeout(Duration.ofMillis(50)).build()) {
      BatchResult<Integer, String> result =
          Batch.on(pool).window(1).collect(List.of(0), i -> stays.call());
      assertThat(result.stopped()).isEmpty();
      assertThat(result.outcomes().get(0))
          .isNotInstanceOf(Outcome.Success.class)
          .extracting(outcome ->
              outcome instanceof Outcome.Cancelled<Integer, String> cancelled
                  ? cancelled.cause()
                  : ((Outcome.NotStarted<Integer, String>) outcome).cause())
          .isInstanceOf(TimeoutException.class);
      pool.close(); // it counts the task when its code has ended
      assertThat(pool.stats().timedOut()).isOne();
    }
  }

  @ParameterizedTest
  @EnumSource
  void poolCountsWhatTheDeadlineEnded(PoolKind kind) throws Exception {
    Blocker stays = new Blocker(false);
    try (MonitoredPool pool = kind.of(1).build()) {
      BatchResult<Integer, String> result =
          Batch.on(pool)
              .deadline(Deadline.after(Duration.ofMillis(50)))
              .collect(List.of(0, 1), i -> stays.call());
      assertThat(result.cancelled() + result.notStarted()).isEqualTo(2);
      pool.submit(() -> {}).get(30, TimeUnit.SECONDS);
      PoolStats stats = pool.stats();
      assertThat(stats.timedOut() + stats.cancelled()).isEqualTo(stats.submitted() - 1);
    }
  }

  // ------------------------------------------------------------------ the caller runs it

  @Test
  void interruptForAnItemThatTheCallerRunsIsNotTheCallers() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (ThreadPoolExecutor executor = pool(1, 1)) {
      executor.setRejectedExecutionHandler(new ThreadPoolExecutor.CallerRunsPolicy());
      Thread caller = Thread.currentThread();
      BatchResult<Integer, Integer> result =
          Batch.on(executor)
              .callTimeout(Duration.ofMillis(20))
              .collect(
                  HUNDRED.subList(0, 6),
                  i -> {
                    if (Thread.currentThread().equals(caller)) {
                      assertThat(never.await(30, TimeUnit.SECONDS)).isTrue();
                    }
                    return i;
                  });
      assertThat(Thread.interrupted()).as("interrupt left behind").isFalse();
      assertThat(result.outcomes()).hasSize(6);
      assertThat(result.notStarted()).isZero();
    }
  }

  // ------------------------------------------------------------------ deadlocks

  @ParameterizedTest
  @EnumSource
  void itemThatWantsTheCallersLockIsFound(ExecutorKind kind) throws Exception {
    try (DeadlockDetector detector = DeadlockDetector.create();
        ExecutorService executor = kind.of(1)) {
      WatchedLock lock = detector.lock("accounts");
      lock.lock();
      try {
        assertThatExceptionOfType(Exception.class)
            .isThrownBy(
                () -> Batch.on(executor).name("transfers").map(List.of(0), i -> underLock(lock, i)))
            .satisfies(e -> {
              // Whoever came last was refused: the caller, or the item.
              Throwable found = e instanceof ExecutionException ? e.getCause() : e;
              assertThat(found)
                  .isInstanceOf(DeadlockException.class)
                  .hasMessageContaining("transfers")
                  .hasMessageContaining("accounts");
            });
      } finally {
        lock.unlock();
      }
    }
  }

  private static int underLock(Lock lock, int item) {
    lock.lock();
    try {
      return item;
    } finally {
      lock.unlock();
    }
  }

  @ParameterizedTest
  @EnumSource
  void waitOfTheCallerNamesWhoRuns(ExecutorKind kind) throws Exception {
    Blocker blocker = new Blocker(false);
    try (ExecutorService executor = kind.of(1);
        Actors actors = new Actors(kind.callers(), Blocker.PATIENCE)) {
      Actor caller = actors.actor("caller");
      Step<List<String>> call =
          caller.startCall(
              () -> Batch.on(executor).name("reports").map(List.of(0), i -> blocker.call()));
      blocker.awaitBegun();
      call.awaitBlocked();
      Wait wait = requireNonNull(Waits.of(caller.thread()));
      assertThat(wait.resource().name()).isEqualTo("reports");
      assertThat(wait.exit()).isEqualTo(Wait.Exit.INTERRUPT);
      assertThat(wait.resource().owners(wait).list())
          .singleElement()
          .satisfies(owner -> assertThat(owner.thread()).isEqualTo(blocker.thread()));
      blocker.letGo();
      assertThat(call.result()).containsExactly("let go");
      assertThat(Waits.of(caller.thread())).isNull();
    }
  }
}
