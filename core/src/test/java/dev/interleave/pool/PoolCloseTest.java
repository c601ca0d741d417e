// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.interleave.Deadline;
import dev.interleave.StopReport;
import dev.interleave.testing.NoThreadLeaks;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How a pool ends, and how its threads begin. */
@NoThreadLeaks(ignoring = PoolKind.CLOCKS)
@SuppressWarnings("FutureReturnValueIgnored") // the pool, or the next call, tells
class PoolCloseTest {

  @ParameterizedTest
  @EnumSource
  void closeDrainsAndReportsWhatItDrained(PoolKind kind) throws Exception {
    MonitoredPool pool = kind.of(1).build();
    try (Actors actors = new Actors(kind.clients(), Blocker.PATIENCE)) {
      Blocker running = Blocker.in(pool);
      CompletableFuture<String> waiting = pool.submit(() -> "ran");
      Step<StopReport> closing =
          actors.actor("closer").startCall(() -> pool.close(Blocker.PATIENCE));
      closing.awaitBlocked();
      assertThat(pool.isShutdown()).isTrue();
      assertThat(pool.isTerminated()).isFalse();
      running.letGo();
      StopReport report = closing.result();
      assertThat(report.isClean()).isTrue();
      assertThat(report.drained()).isEqualTo(2);
      assertThat(report.name()).isEqualTo("jobs");
      assertThat(waiting.get()).isEqualTo("ran");
      assertThat(pool.isTerminated()).isTrue();
    }
    assertThat(pool.close(Blocker.PATIENCE).drained()).isZero();
    pool.close();
  }

  @ParameterizedTest
  @EnumSource
  void closeInterruptsThenAbandonsAndShowsWhere(PoolKind kind) throws Exception {
    MonitoredPool pool = kind.of(2).build();
    Blocker heeds = Blocker.in(pool);
    Blocker stubborn = new Blocker(true);
    CompletableFuture<String> runsOn = pool.submit("stubborn", stubborn, Deadline.none());
    stubborn.awaitBegun();
    Blocker waiting = Blocker.submit(pool);
    StopReport report = pool.close(Duration.ZERO);
    assertThat(report.isClean()).isFalse();
    assertThat(report.drained()).isZero();
    assertThat(report.discarded()).isOne();
    assertThat(report.interrupted()).extracting(StopReport.Running::task).containsExactly("jobs#0");
    assertThat(report.abandoned()).extracting(StopReport.Running::task).containsExactly("stubborn");
    assertThat(report.abandoned().get(0).stack())
        .anyMatch(frame -> frame.getClassName().equals(Blocker.class.getName()));
    assertThat(report.toString()).contains("still running", "stubborn on jobs-2");
    assertThat(heeds.wasInterrupted()).isTrue();
    assertThat(waiting.hasBegun()).isFalse();
    assertThat(waiting.future.isCancelled()).isTrue();
    assertThat(pool.isTerminated()).isFalse();
    stubborn.letGo();
    assertThat(runsOn.get()).isEqualTo("let go");
    assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    assertThat(pool.stats().live()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void interruptedCloseDoesNotWaitAndStaysInterrupted(PoolKind kind) throws Exception {
    MonitoredPool pool = kind.of(1).build();
    try (Actors actors = new Actors(kind.clients(), Blocker.PATIENCE)) {
      Blocker stubborn = Blocker.stubbornIn(pool);
      Actor closer = actors.actor("closer");
      Step<StopReport> closing = closer.startCall(() -> pool.close(Blocker.PATIENCE));
      closing.awaitBlocked();
      closer.interrupt();
      assertThat(closing.result().abandoned()).hasSize(1);
      assertThat(closing.endedInterrupted()).isTrue();
      stubborn.letGo();
    }
    assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void taskCannotWaitForTheEndOfItsPool(PoolKind kind) throws Exception {
    MonitoredPool pool = kind.of(1).build();
    CompletableFuture<?> waits = pool.submit(() -> pool.close(Blocker.PATIENCE));
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(waits::get)
        .withCauseInstanceOf(IllegalStateException.class);
    assertThat(pool.isShutdown()).isFalse();
    Runnable closing = pool::close;
    pool.submit(closing).get(30, TimeUnit.SECONDS);
    assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void shutdownNowReturnsWhatWasHandedOverAndCancelsItsFutures(PoolKind kind) throws Exception {
    MonitoredPool pool = kind.of(1).build();
    Blocker running = Blocker.in(pool);
    Runnable executed = () -> {};
    pool.execute(executed);
    CompletableFuture<String> submitted = pool.submit(() -> "never");
    CompletableFuture<String> cancelled = pool.submit(() -> "never");
    assertThat(cancelled.cancel(false)).isTrue();
    List<Runnable> never = pool.shutdownNow();
    assertThat(never).containsExactly(executed, (Runnable) submitted);
    assertThat(submitted.isCancelled()).isTrue();
    running.awaitInterrupted();
    assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    assertThat(pool.stats().discarded()).isEqualTo(2);
    assertThat(pool.stats().cancelled()).isOne();
    never.forEach(Runnable::run); // what was cancelled does not run now
    assertThat(pool.shutdownNow()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void initializerRunsOncePerThreadBeforeItsFirstTask(PoolKind kind) throws Exception {
    AtomicInteger runs = new AtomicInteger();
    ThreadLocal<Integer> number = new ThreadLocal<>();
    try (MonitoredPool pool =
        kind.of(3).initializer(() -> number.set(runs.incrementAndGet())).build()) {
      CountDownLatch all = new CountDownLatch(3);
      List<CompletableFuture<Integer>> numbers =
          List.of(number(pool, all, number), number(pool, all, number), number(pool, all, number));
      assertThat(numbers)
          .extracting(future -> future.get(30, TimeUnit.SECONDS))
          .containsExactlyInAnyOrder(1, 2, 3);
    }
    assertThat(runs).hasValue(3);
  }

  private static CompletableFuture<Integer> number(
      MonitoredPool pool, CountDownLatch all, ThreadLocal<Integer> number) {
    return pool.submit(() -> {
      all.countDown();
      all.await();
      return number.get();
    });
  }

  /**
   * The failure is that of the task the thread was for, of those that wait, and of every submit.
   */
  @ParameterizedTest
  @EnumSource
  void initializerThatFailsBreaksThePoolLoudly(PoolKind kind) throws Exception {
    Told told = new Told();
    AtomicInteger started = new AtomicInteger();
    IllegalStateException failure = new IllegalStateException("no database");
    CountDownLatch waits = new CountDownLatch(1);
    MonitoredPool pool =
        kind.of(2)
            .listener(told)
            .initializer(() -> {
              if (started.incrementAndGet() == 2) {
                awaitUninterruptibly(waits);
                throw failure;
              }
            })
            .build();
    Blocker running = Blocker.in(pool);
    CompletableFuture<String> first = pool.submit(() -> "never");
    CompletableFuture<String> waiting = pool.submit(() -> "never");
    waits.countDown();
    for (CompletableFuture<String> future : List.of(first, waiting)) {
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> future.get(30, TimeUnit.SECONDS))
          .withCauseInstanceOf(RejectedExecutionException.class)
          .satisfies(e -> assertThat(e.getCause()).hasCause(failure));
    }
    assertThatExceptionOfType(RejectedExecutionException.class)
        .isThrownBy(() -> pool.submit(() -> "no"))
        .withMessage("Pool jobs accepts nothing, as its initializer failed")
        .withCause(failure);
    assertThat(running.wasInterrupted()).isFalse();
    running.letGo();
    assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    assertThat(pool.stats().discarded()).isEqualTo(2);
    assertThat(pool.stats().completed()).isOne();
  }

  /** A thread that never gets to its first task is interrupted, and shows where it is. */
  @ParameterizedTest
  @EnumSource
  void initializerThatHangsIsInterruptedAndReported(PoolKind kind) throws Exception {
    Told told = new Told();
    Blocker initializer = new Blocker(false);
    MonitoredPool pool =
        kind.of(1)
            .listener(told)
            .initializer(() -> {
              try {
                initializer.call();
              } catch (InterruptedException e) {
                throw new IllegalStateException("was stopped", e);
              }
            })
            .build();
    CompletableFuture<String> first = pool.submit(() -> "never");
    initializer.awaitBegun();
    StopReport report = pool.close(Duration.ZERO);
    initializer.awaitInterrupted();
    assertThat(first).isCancelled();
    assertThat(report.discarded()).isOne();
    assertThat(report.drained()).isZero();
    assertThat(report.interrupted())
        .singleElement()
        .satisfies(seen -> assertThat(seen.task()).isEqualTo("the initializer of jobs"))
        .satisfies(seen -> assertThat(seen.stack().toString()).contains("Blocker.call"));
    assertThat(pool.isTerminated()).isTrue();
    assertThat(told.next()).isEqualTo("failed the initializer of jobs: was stopped");
  }

  /** One that does not heed it is abandoned. */
  @ParameterizedTest
  @EnumSource
  void stubbornInitializerIsAbandoned(PoolKind kind) throws Exception {
    Blocker initializer = new Blocker(true);
    MonitoredPool pool = kind.of(1).initializer(initializer).build();
    CompletableFuture<String> first = pool.submit(() -> "never");
    initializer.awaitBegun();
    StopReport report = pool.close(Duration.ZERO);
    assertThat(first).isCancelled();
    assertThat(report.abandoned())
        .singleElement()
        .satisfies(seen -> assertThat(seen.task()).isEqualTo("the initializer of jobs"));
    initializer.letGo();
    assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    assertThat(pool.stats().discarded()).isOne();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts", e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void threadsHaveTheNameOfThePoolAndANumber(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(3).build()) {
      List<Blocker> blockers = Blocker.fill(pool, 3);
      assertThat(blockers)
          .extracting(blocker -> blocker.thread().getName())
          .containsExactly("jobs-1", "jobs-2", "jobs-3");
      assertThat(blockers)
          .allMatch(blocker -> blocker.thread().isVirtual() == (kind == PoolKind.VIRTUAL));
      assertThat(pool.toString()).isEqualTo("MonitoredPool[jobs, 3 of 3 threads busy, 0 waiting]");
      blockers.forEach(Blocker::letGo);
    }
  }
}
