// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.interleave.Deadline;
import dev.interleave.testing.NoThreadLeaks;
import dev.interleave.testing.contract.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tasks that are cancelled, late, or completed by others. */
@NoThreadLeaks(ignoring = PoolKind.CLOCKS)
@SuppressWarnings("FutureReturnValueIgnored") // the pool, or the next call, tells
class TaskFateTest {
  private static final Duration SHORT = Duration.ofMillis(5);

  private static void awaitTimeout(CompletableFuture<?> future) {
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> future.get(30, TimeUnit.SECONDS))
        .withCauseInstanceOf(TimeoutException.class);
  }

  /** What can only be seen if a task begins before its time is up. */
  private interface Lateness {
    /** Tries it with so much time; returns whether that was enough. */
    boolean seenWithin(Duration time) throws Exception;
  }

  /** Tries with little time first; a machine that stood still meanwhile is given more. */
  private static void awaitLateWhileItRuns(Lateness late) throws Exception {
    Duration time = Duration.ofMillis(20);
    while (!late.seenWithin(time)) {
      time = time.multipliedBy(2);
      assertThat(time).as("not enough to begin").isLessThan(Blocker.PATIENCE);
    }
  }

  /** Waits until time is up; returns whether the task had begun. */
  private static boolean isLateWhileItRuns(CompletableFuture<?> future) {
    awaitTimeout(future);
    return !String.valueOf(future.exceptionNow().getMessage()).contains("not run");
  }

  /** The next task on the thread of a pool of one is not interrupted. */
  private static void assertNoInterruptIsLeft(MonitoredPool pool) throws Exception {
    assertThat(pool.submit(() -> Thread.currentThread().isInterrupted()).get()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void cancelledWhileItWaitsIsNeverRunAndItsPlaceIsFree(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(1).queueCapacity(1).build()) {
      Blocker running = Blocker.in(pool);
      Blocker waiting = Blocker.submit(pool);
      assertThatExceptionOfType(RejectedExecutionException.class)
          .isThrownBy(() -> pool.submit(() -> "one too many"));
      assertThat(waiting.future.cancel(true)).isTrue();
      assertThat(pool.stats().cancelled()).isOne();
      assertThat(pool.stats().queued()).isZero();
      CompletableFuture<String> next = pool.submit(() -> "next");
      running.letGo();
      assertThat(next.get()).isEqualTo("next");
      assertThat(waiting.hasBegun()).isFalse();
      assertThat(waiting.future.isCancelled()).isTrue();
    }
  }

  /** Those cancelled leave no trace in the queue that would fill it. */
  @ParameterizedTest
  @EnumSource
  void anyNumberMayBeCancelledWhileTheyWait(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(1).queueCapacity(4).build()) {
      Blocker running = Blocker.in(pool);
      CompletableFuture<String> kept = pool.submit(() -> "kept");
      for (int i = 0; i < 10_000; i++) {
        assertThat(pool.submit(() -> "never").cancel(false)).isTrue();
      }
      running.letGo();
      assertThat(kept.get()).isEqualTo("kept");
      assertThat(pool.stats().cancelled()).isEqualTo(10_000);
      assertThat(pool.stats().completed()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void cancelledWhileItRunsIsInterruptedAndCountsWhenItHasEnded(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(1).build()) {
      Blocker running = Blocker.stubbornIn(pool);
      assertThat(running.future.cancel(true)).isTrue();
      assertThat(running.future.state()).isEqualTo(Future.State.CANCELLED);
      running.awaitInterrupted();
      assertThat(pool.stats().active()).isOne();
      assertThat(pool.stats().cancelled()).isZero();
      running.letGo();
      assertNoInterruptIsLeft(pool);
      assertThat(pool.stats().cancelled()).isOne();
      assertThat(pool.stats().failed()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void cancelWithoutInterruptLetsItRun(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(1).build()) {
      Blocker running = Blocker.in(pool);
      assertThat(running.future.cancel(false)).isTrue();
      running.letGo();
      running.awaitEnded();
      assertThat(running.wasInterrupted()).isFalse();
      assertThatExceptionOfType(CancellationException.class).isThrownBy(running.future::get);
    }
  }

  @ParameterizedTest
  @EnumSource
  void lateWhileItWaitsIsNeverRun(PoolKind kind) throws Exception {
    Told told = new Told();
    try (MonitoredPool pool = kind.of(1).queueCapacity(1).listener(told).build()) {
      Blocker running = Blocker.in(pool);
      Blocker late = Blocker.submit(pool, false, Deadline.after(SHORT));
      awaitTimeout(late.future); // while it waits
      assertThat(told.next()).isEqualTo("timed out jobs#1, not begun");
      assertThat(pool.stats().timedOut()).isOne();
      assertThat(pool.stats().queued()).isZero();
      CompletableFuture<String> next = pool.submit(() -> "in its place");
      running.letGo();
      assertThat(next.get()).isEqualTo("in its place");
      assertThat(late.hasBegun()).isFalse();
      assertThat(pool.stats().failed()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void deadlineThatHasPassedRunsNothing(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(1).build()) {
      for (int i = 0; i < 100; i++) {
        Blocker late = Blocker.submit(pool, false, Deadline.after(Duration.ZERO));
        awaitTimeout(late.future);
        assertThat(late.hasBegun()).isFalse();
      }
      pool.close();
      assertThat(pool.stats().timedOut()).isEqualTo(100);
    }
  }

  @ParameterizedTest
  @EnumSource
  void lateWhileItRunsIsInterruptedAndNoOther(PoolKind kind) throws Exception {
    awaitLateWhileItRuns(time -> {
      Told told = new Told();
      try (MonitoredPool pool = kind.of(1).listener(told).build()) {
        Blocker gate = Blocker.in(pool);
        Blocker late = Blocker.submit(pool, false, Deadline.after(time));
        gate.letGo();
        if (!isLateWhileItRuns(late.future)) {
          return false;
        }
        late.awaitInterrupted();
        assertThat(told.next()).isEqualTo("timed out jobs#1, begun");
        assertNoInterruptIsLeft(pool);
        PoolStats stats = pool.stats();
        assertThat(stats.timedOut()).isOne();
        assertThat(stats.failed()).isZero();
        assertThat(stats.cancelled()).isZero();
        assertThat(gate.wasInterrupted()).isFalse();
        return true;
      }
    });
  }

  /** Its future does not wait for a task that does not heed the interrupt. */
  @ParameterizedTest
  @EnumSource
  void lateAndStubbornIsGivenUpInTime(PoolKind kind) throws Exception {
    awaitLateWhileItRuns(time -> {
      try (MonitoredPool pool = kind.of(1).build()) {
        Blocker late = Blocker.submit(pool, true, Deadline.after(time));
        if (!isLateWhileItRuns(late.future)) {
          return false;
        }
        assertThat(pool.stats().active()).isOne();
        assertThat(pool.stats().timedOut()).isZero();
        late.letGo();
        assertNoInterruptIsLeft(pool);
        assertThat(pool.stats().timedOut()).isOne();
        return true;
      }
    });
  }

  @ParameterizedTest
  @EnumSource
  void timeLimitOfThePoolHoldsForExecuteToo(PoolKind kind) throws Exception {
    awaitLateWhileItRuns(time -> {
      Told told = new Told();
      try (MonitoredPool pool = kind.of(1).taskTimeout(time).listener(told).build()) {
        Blocker late = new Blocker(false);
        pool.execute(late);
        late.awaitInterrupted();
        assertThat(told.next()).isEqualTo("timed out jobs#0, begun");
        CompletableFuture<Boolean> next = pool.submit(() -> Thread.currentThread().isInterrupted());
        pool.close();
        if (next.isCompletedExceptionally()) { // the limit is its, too
          assertThat(next.exceptionNow()).isInstanceOf(TimeoutException.class);
          return false;
        }
        assertThat(next.get()).isFalse();
        assertThat(pool.stats().timedOut()).isOne();
        return true;
      }
    });
  }

  /** It is for how long a task may run: one that waits for longer than that still runs. */
  @ParameterizedTest
  @EnumSource
  void timeLimitOfThePoolBeginsWithTheRun(PoolKind kind) throws Exception {
    awaitLateWhileItRuns(limit -> {
      try (MonitoredPool pool = kind.of(1).taskTimeout(limit).build()) {
        Blocker running = Blocker.stubbornIn(pool);
        CompletableFuture<String> waiting = pool.submit(() -> "had its time");
        Deadline fromSubmission = Deadline.after(limit);
        assertThatExceptionOfType(ExecutionException.class)
            .isThrownBy(() -> running.future.get(30, TimeUnit.SECONDS))
            .havingCause()
            .isInstanceOf(TimeoutException.class)
            .withMessage("jobs#0 was interrupted, as it ran for longer than " + limit);
        Waiting.until(fromSubmission::isExpired, Blocker.PATIENCE, pool::toString);
        assertThat(waiting).isNotDone();
        running.letGo();
        if (waiting.handle((result, late) -> late != null).get()) {
          return false; // its thread was away for that long
        }
        assertThat(waiting.get()).isEqualTo("had its time");
        assertThat(pool.stats().timedOut()).isOne();
        return true;
      }
    });
  }

  /** The earlier of the two counts. */
  @ParameterizedTest
  @EnumSource
  void taskMayHaveADeadlineAndALimit(PoolKind kind) throws Exception {
    awaitLateWhileItRuns(time -> {
      try (MonitoredPool pool = kind.of(1).taskTimeout(Duration.ofDays(1)).build()) {
        Blocker late = Blocker.submit(pool, false, Deadline.after(time));
        if (!isLateWhileItRuns(late.future)) {
          return false;
        }
        late.awaitInterrupted();
        assertThat(late.future.exceptionNow())
            .hasMessage("jobs#0 was interrupted, as its deadline passed while it ran");
        return true;
      }
    });
    try (MonitoredPool pool = kind.of(1).taskTimeout(Duration.ofMillis(20)).build()) {
      Blocker late = Blocker.submit(pool, false, Deadline.after(Duration.ofDays(1)));
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> late.future.get(30, TimeUnit.SECONDS))
          .havingCause()
          .withMessage("jobs#0 was interrupted, as it ran for longer than PT0.02S");
    }
  }

  /** Actions that depend on late tasks may block: other tasks are late in time all the same. */
  @ParameterizedTest
  @EnumSource
  void nobodyHoldsUpTheDeadlinesOfOthers(PoolKind kind) throws Exception {
    CountDownLatch held = new CountDownLatch(5);
    CountDownLatch release = new CountDownLatch(1);
    try (MonitoredPool pool = kind.of(1).build()) {
      Blocker running = Blocker.in(pool);
      for (int i = 0; i < 5; i++) {
        pool.submit(() -> "never", Deadline.after(SHORT))
            .whenComplete((result, thrown) -> {
              held.countDown();
              awaitUninterruptibly(release);
            });
      }
      assertThat(held.await(30, TimeUnit.SECONDS)).isTrue();
      awaitTimeout(pool.submit(() -> "never", Deadline.after(SHORT)));
      running.letGo();
    } finally {
      release.countDown();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts", e);
    }
  }

  /** A task may end at the very moment of its deadline: it is one or the other. */
  @ParameterizedTest
  @EnumSource
  void deadlineMeetsTheEnd(PoolKind kind) throws Exception {
    int rounds = 300;
    int done = 0;
    int late = 0;
    try (MonitoredPool pool = kind.of(1).build()) {
      List<CompletableFuture<String>> futures = new ArrayList<>();
      for (int i = 0; i < rounds; i++) {
        long nanos = 20_000L + 500L * i;
        futures.add(
            pool.submit(
                () -> {
                  long start = System.nanoTime();
                  while (System.nanoTime() - start < nanos && !Thread.interrupted()) {
                    Thread.onSpinWait();
                  }
                  return "done";
                },
                Deadline.after(Duration.ofNanos(nanos))));
        CompletableFuture<String> last = futures.get(i);
        try {
          assertThat(last.get()).isEqualTo("done");
          done++;
        } catch (ExecutionException e) {
          assertThat(e).hasCauseInstanceOf(TimeoutException.class);
          late++;
        }
        assertNoInterruptIsLeft(pool);
      }
      pool.close();
      PoolStats stats = pool.stats();
      assertThat(stats.completed()).isEqualTo(done + rounds);
      assertThat(stats.timedOut()).isEqualTo(late);
    }
  }

  @ParameterizedTest
  @EnumSource
  void completedByHandIsTakenBackIfItHasNotBegun(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(1).build()) {
      Blocker running = Blocker.in(pool);
      Blocker waiting = Blocker.submit(pool);
      assertThat(waiting.future.complete("by hand")).isTrue();
      assertThat(running.future.complete("by hand")).isTrue();
      running.letGo();
      pool.close();
      assertThat(waiting.hasBegun()).isFalse();
      assertThat(running.wasInterrupted()).isFalse();
      assertThat(pool.stats().cancelled()).isOne();
      assertThat(pool.stats().completed()).isOne();
    }
  }

  /** Of a task that throws one, the future is failed and not cancelled. */
  @ParameterizedTest
  @EnumSource
  void cancellationThrownByATaskIsItsFailure(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(1).build()) {
      CancellationException thrown = new CancellationException("of something else");
      CompletableFuture<?> future =
          pool.submit(() -> {
            throw thrown;
          });
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(future::get)
          .satisfies(e -> assertThat(e.getCause()).isSameAs(thrown));
      assertThat(future.isCancelled()).isFalse();
      assertThat(pool.stats().failed()).isOne();
    }
  }

  /** Who keeps a future does not keep what the task has captured. */
  @ParameterizedTest
  @EnumSource
  void futureDoesNotKeepTheTask(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(1).build()) {
      byte[] captured = new byte[1];
      var reference = new java.lang.ref.WeakReference<>(captured);
      CompletableFuture<Integer> future = submitLengthOf(captured, pool);
      assertThat(future.get()).isOne();
      captured = new byte[0];
      Waiting.until(
          () -> {
            System.gc();
            return reference.refersTo(null);
          },
          Blocker.PATIENCE,
          () -> "kept by " + future);
      assertThat(captured).isEmpty();
    }
  }

  private static CompletableFuture<Integer> submitLengthOf(byte[] captured, MonitoredPool pool) {
    return pool.submit(() -> captured.length);
  }

  @ParameterizedTest
  @EnumSource
  void whatExecutedTasksThrowIsNotLost(PoolKind kind) throws Exception {
    Told told = new Told();
    AtomicBoolean handled = new AtomicBoolean();
    try (MonitoredPool pool = kind.of(1).listener(told).build()) {
      pool.execute(() -> {
        Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> handled.set(true));
        throw new IllegalStateException("nobody has a future of it");
      });
      assertThat(told.next()).isEqualTo("failed jobs#0: nobody has a future of it");
      assertThat(pool.submit(handled::get).get()).isTrue();
      assertThat(pool.stats().failed()).isOne();
    }
  }

  /** It would end the worker in the midst of its accounts, or be thrown at a submitter. */
  @Test
  void whatAThreadsHandlerThrowsIsIgnored() throws Exception {
    FutureTask<Boolean> task =
        new FutureTask<>(() -> {
          Thread.currentThread()
              .setUncaughtExceptionHandler((thread, e) -> {
                throw new IllegalStateException("handler");
              });
          Incidents.uncaught(new IllegalStateException("nobody has a future of it"));
          return true;
        });
    Thread.ofVirtual().start(task);
    assertThat(task.get()).isTrue();
  }
}
