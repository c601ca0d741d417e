// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.interleave.Deadline;
import dev.interleave.pool.MonitoredPool.OnStarvation;
import dev.interleave.testing.NoThreadLeaks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The defects of the threads, pools and futures that this package is to be better than, each as a
 * test that it is not ours. The numbers are those of the pattern catalogue.
 */
@NoThreadLeaks(ignoring = PoolKind.CLOCKS)
@SuppressWarnings("FutureReturnValueIgnored") // the pool, or the next call, tells
class CatalogDefectsTest {

  /** A thread, its name and what it throws. */
  @Nested
  class A01 {
    /** There, it was printed, and nobody heard of it. */
    @ParameterizedTest
    @EnumSource
    void failureIsTheResult(PoolKind kind) throws Exception {
      try (MonitoredPool pool = kind.of(1).build()) {
        CompletableFuture<?> future =
            pool.submit(() -> {
              throw new IllegalStateException("of the task");
            });
        assertThatExceptionOfType(ExecutionException.class)
            .isThrownBy(future::get)
            .withMessageContaining("of the task");
      }
    }
  }

  /** A function on a thread of its own. */
  @Nested
  class A02 {
    /** There, each item got a thread, whatever their number. */
    @ParameterizedTest
    @EnumSource
    void threadsAreBounded(PoolKind kind) throws Exception {
      Set<Thread> threads = ConcurrentHashMap.newKeySet();
      try (MonitoredPool pool = kind.of(4).queueCapacity(1_000).build()) {
        List<Blocker> blockers = Blocker.fill(pool, 4);
        for (int i = 0; i < 1_000; i++) {
          pool.execute(() -> threads.add(Thread.currentThread()));
        }
        blockers.forEach(Blocker::letGo);
      }
      assertThat(threads).hasSizeBetween(1, 4);
    }
  }

  /** A stop by a flag. */
  @Nested
  class A08 {
    /** There, the flag did not wake a thread that was blocked. */
    @ParameterizedTest
    @EnumSource
    void stopWakesWhoIsBlocked(PoolKind kind) throws Exception {
      MonitoredPool pool = kind.of(1).build();
      Blocker blocked = Blocker.in(pool);
      assertThat(pool.close(Duration.ZERO).abandoned()).isEmpty();
      assertThat(blocked.wasInterrupted()).isTrue();
    }
  }

  /** What a pool is. */
  @Nested
  class A35 {
    /** There, the queue took whatever came. */
    @ParameterizedTest
    @EnumSource
    void queueIsBounded(PoolKind kind) throws Exception {
      try (MonitoredPool pool = kind.of(1).queueCapacity(2).build()) {
        Blocker running = Blocker.in(pool);
        for (int i = 0; i < 2; i++) {
          pool.execute(() -> {});
        }
        assertThatExceptionOfType(RejectedExecutionException.class)
            .isThrownBy(() -> pool.execute(() -> {}));
        running.letGo();
      }
    }
  }

  /** Sizes of pools. */
  @Nested
  class A36 {
    /** Eight tasks, four threads: two waves. */
    @ParameterizedTest
    @EnumSource
    void eightTasksOnFourThreadsTakeTwoWaves(PoolKind kind) throws Exception {
      try (MonitoredPool pool = kind.of(4).build()) {
        List<Blocker> first = Blocker.fill(pool, 4);
        List<Blocker> second = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          second.add(Blocker.submit(pool));
        }
        assertThat(second).noneMatch(Blocker::hasBegun);
        first.forEach(Blocker::letGo);
        for (Blocker blocker : second) {
          blocker.awaitBegun();
          blocker.letGo();
        }
      }
    }
  }

  /** Names of threads. */
  @Nested
  class A38 {
    @ParameterizedTest
    @EnumSource
    void threadsAreNamedAfterThePool(PoolKind kind) throws Exception {
      try (MonitoredPool pool = kind.of(1).build()) {
        assertThat(pool.submit(() -> Thread.currentThread().getName()).get()).isEqualTo("jobs-1");
      }
    }
  }

  /** Initializers. */
  @Nested
  class A39 {
    /** There, it made the pool useless, and only who asked for a result saw why. */
    @ParameterizedTest
    @EnumSource
    void failureSurfacesAtSubmit(PoolKind kind) throws Exception {
      IllegalStateException failure = new IllegalStateException("no seed");
      MonitoredPool pool =
          kind.of(1)
              .initializer(() -> {
                throw failure;
              })
              .build();
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> pool.submit(() -> "never").get(30, TimeUnit.SECONDS))
          .satisfies(e -> assertThat(e.getCause()).hasCause(failure));
      assertThatExceptionOfType(RejectedExecutionException.class)
          .isThrownBy(() -> pool.submit(() -> "never"))
          .withCause(failure);
      assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    /** There, two of three threads drew the same seed. */
    @ParameterizedTest
    @EnumSource
    void eachThreadHasARandomOfItsOwn(PoolKind kind) throws Exception {
      try (MonitoredPool pool = kind.of(2).build()) {
        CountDownLatch both = new CountDownLatch(2);
        List<CompletableFuture<Long>> drawn = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
          drawn.add(
              pool.submit(() -> {
                both.countDown();
                both.await();
                return ThreadLocalRandom.current().nextLong();
              }));
        }
        assertThat(drawn.get(0).get()).isNotEqualTo(drawn.get(1).get());
      }
    }
  }

  /** A map with a timeout. */
  @Nested
  class A41 {
    /** There, a timeout ended the wait, and the tasks ran on. */
    @ParameterizedTest
    @EnumSource
    void invokeAllThatTimesOutCancelsForReal(PoolKind kind) throws Exception {
      try (MonitoredPool pool = kind.of(1).build()) {
        Blocker running = new Blocker(false);
        Blocker waiting = new Blocker(false);
        List<Future<String>> futures =
            pool.invokeAll(List.of(running, waiting), 200, TimeUnit.MILLISECONDS);
        assertThat(futures).allMatch(Future::isCancelled);
        if (running.hasBegun()) {
          running.awaitInterrupted();
        }
        if (waiting.hasBegun()) { // between the one cancel and the other
          waiting.awaitInterrupted();
        }
        assertThat(pool.submit(() -> "free again").get()).isEqualTo("free again");
      }
    }
  }

  /** Shutting down. */
  @Nested
  class A42 {
    /** There, what was called a forced stop let all of them run, those in the queue too. */
    @ParameterizedTest
    @EnumSource
    void forcedStopIsOne(PoolKind kind) throws Exception {
      MonitoredPool pool = kind.of(2).build();
      List<Blocker> running = Blocker.fill(pool, 2);
      Blocker waiting = Blocker.submit(pool);
      assertThat(pool.shutdownNow()).hasSize(1);
      for (Blocker blocker : running) {
        blocker.awaitInterrupted();
      }
      assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
      assertThat(waiting.hasBegun()).isFalse();
    }
  }

  /** Pools in a block. */
  @Nested
  class A43 {
    /** There, the end of the block waited for the task whose result was given up. */
    @ParameterizedTest
    @EnumSource
    void timeoutIsNotDefeatedByTheEndOfTheBlock(PoolKind kind) throws Exception {
      Blocker late;
      try (MonitoredPool pool = kind.of(1).build()) {
        late = Blocker.submit(pool, false, Deadline.after(Duration.ofMillis(100)));
        assertThatExceptionOfType(ExecutionException.class)
            .isThrownBy(late.future::get)
            .withCauseInstanceOf(TimeoutException.class);
      } // which ends although nobody lets the task go
      assertThat(late.hasBegun()).isEqualTo(late.wasInterrupted());
    }

    @ParameterizedTest
    @EnumSource
    void rejectionNamesThePool(PoolKind kind) throws Exception {
      MonitoredPool pool = kind.of(1).build();
      pool.close();
      assertThatExceptionOfType(RejectedExecutionException.class)
          .isThrownBy(() -> pool.submit(() -> "too late"))
          .withMessage("Pool jobs is terminated");
    }
  }

  /** Orders, and pools within pools. */
  @Nested
  class A47 {
    /** There, each order made a pool of its own, since one that is shared would have hung. */
    @ParameterizedTest
    @EnumSource
    void tasksMayWaitForTasksOfTheSamePool(PoolKind kind) throws Exception {
      try (MonitoredPool pool = kind.of(2).onStarvation(OnStarvation.COMPENSATE).build()) {
        List<CompletableFuture<Integer>> orders = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
          orders.add(
              pool.submit(() -> {
                CompletableFuture<Integer> payment = pool.submit(() -> 1);
                CompletableFuture<Integer> shipping = pool.submit(() -> 2);
                return payment.get() + shipping.get();
              }));
        }
        for (CompletableFuture<Integer> order : orders) {
          assertThat(order.get(30, TimeUnit.SECONDS)).isEqualTo(3);
        }
      }
    }
  }

  /** Results that do not come. */
  @Nested
  class A49 {
    /** There, the task that was given up ran to its end, for nobody. */
    @ParameterizedTest
    @EnumSource
    void lateTaskIsEnded(PoolKind kind) throws Exception {
      try (MonitoredPool pool = kind.of(1).build()) {
        Blocker gate = Blocker.in(pool);
        Blocker late = Blocker.submit(pool, false, Deadline.after(Duration.ofSeconds(1)));
        gate.letGo();
        late.awaitInterrupted();
        late.awaitEnded();
      }
    }
  }

  /** Cancellation. */
  @Nested
  class A51 {
    /** There, a running task could not be cancelled, and the example of one that waits had none. */
    @ParameterizedTest
    @EnumSource
    void whatWaitsAndWhatRunsIsCancelled(PoolKind kind) throws Exception {
      try (MonitoredPool pool = kind.of(1).build()) {
        Blocker running = Blocker.in(pool);
        Blocker waiting = Blocker.submit(pool);
        assertThat(waiting.future.cancel(true)).isTrue();
        assertThat(running.future.cancel(true)).isTrue();
        running.awaitInterrupted();
        assertThat(pool.submit(() -> "next").get()).isEqualTo("next");
        assertThat(waiting.hasBegun()).isFalse();
        assertThat(pool.stats().cancelled()).isEqualTo(2);
      }
    }
  }

  /** States of futures. */
  @Nested
  class A52 {
    /** There, two questions could get the answers of two moments. */
    @ParameterizedTest
    @EnumSource
    void stateIsOneAnswer(PoolKind kind) throws Exception {
      try (MonitoredPool pool = kind.of(1).build()) {
        Blocker running = Blocker.in(pool);
        Blocker waiting = Blocker.submit(pool);
        assertThat(running.future.toString()).isEqualTo("jobs#0[RUNNING]");
        assertThat(waiting.future.toString()).isEqualTo("jobs#1[WAITING]");
        waiting.letGo();
        running.letGo();
        assertThat(waiting.future.get()).isEqualTo("let go");
        assertThat(waiting.future.toString()).isEqualTo("jobs#1[SUCCESS]");
      }
    }
  }

  /** Callbacks. */
  @Nested
  class A54 {
    /** There, what a callback threw was logged, and gone. */
    @ParameterizedTest
    @EnumSource
    void failureOfACallbackIsItsFuturesFailure(PoolKind kind) throws Exception {
      try (MonitoredPool pool = kind.of(1).build()) {
        Blocker task = Blocker.in(pool);
        CompletableFuture<Object> after =
            task.future.thenApply(result -> {
              throw new IllegalStateException("of the callback");
            });
        task.letGo();
        assertThatExceptionOfType(ExecutionException.class)
            .isThrownBy(after::get)
            .withMessageContaining("of the callback");
        assertThat(task.future.get()).isEqualTo("let go");
      }
    }
  }

  /** Chains. */
  @Nested
  class A55 {
    /** There, only the first of three steps ran, and the demo slept for the others. */
    @ParameterizedTest
    @EnumSource
    void allStepsOfAChainRunInOrder(PoolKind kind) throws Exception {
      try (MonitoredPool pool = kind.of(1).build()) {
        String result =
            pool.submit(() -> "step 1")
                .thenApplyAsync(before -> before + ", step 2", pool)
                .thenApplyAsync(before -> before + ", final", pool)
                .get(30, TimeUnit.SECONDS);
        assertThat(result).isEqualTo("step 1, step 2, final");
      }
    }
  }

  /** Attempts that are repeated. */
  @Nested
  class A56 {
    /** There, an attempt that had timed out went on, beside the next one. */
    @ParameterizedTest
    @EnumSource
    void attemptsDoNotOverlap(PoolKind kind) throws Exception {
      AtomicInteger running = new AtomicInteger();
      AtomicInteger most = new AtomicInteger();
      try (MonitoredPool pool = kind.of(1).build()) {
        for (int attempt = 0; attempt < 4; attempt++) {
          CompletableFuture<?> late =
              pool.submit(
                  () -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    try {
                      new CountDownLatch(1).await();
                      return "never";
                    } finally {
                      running.decrementAndGet();
                    }
                  },
                  Deadline.after(Duration.ofMillis(50)));
          assertThatExceptionOfType(ExecutionException.class)
              .isThrownBy(late::get)
              .withCauseInstanceOf(TimeoutException.class);
        }
        pool.close();
        assertThat(pool.stats().timedOut()).isEqualTo(4);
      }
      assertThat(running).hasValue(0);
      assertThat(most.get()).isLessThanOrEqualTo(1);
    }

    /** There, attempts made from within the pool hung when it was full. */
    @ParameterizedTest
    @EnumSource
    void attemptsFromWithinASaturatedPoolAreSeen(PoolKind kind) throws Exception {
      try (MonitoredPool pool = kind.of(1).build()) {
        CompletableFuture<String> outer = pool.submit(() -> pool.submit(() -> "attempt").get());
        assertThatExceptionOfType(ExecutionException.class)
            .isThrownBy(() -> outer.get(30, TimeUnit.SECONDS))
            .withCauseInstanceOf(PoolStarvationException.class);
      }
    }
  }
}
