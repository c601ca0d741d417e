// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.interleave.Deadline;
import dev.interleave.diagnose.DeadlockDetector;
import dev.interleave.diagnose.DeadlockException;
import dev.interleave.diagnose.Owners;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import dev.interleave.lock.WatchedLock;
import dev.interleave.pool.MonitoredPool.OnStarvation;
import dev.interleave.testing.NoThreadLeaks;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tasks that wait for tasks of their own pool. */
@NoThreadLeaks(ignoring = PoolKind.CLOCKS)
@SuppressWarnings("FutureReturnValueIgnored") // the pool, or the next call, tells
class StarvationTest {
  private static final Duration STRESS = Duration.ofMillis(300);

  /** How a worker may wait for a task. */
  private enum Form {
    GET {
      @Override
      String await(MonitoredPool pool, Callable<String> task) throws Exception {
        return pool.submit("inner", task, Deadline.none()).get();
      }
    },
    JOIN {
      @Override
      String await(MonitoredPool pool, Callable<String> task) {
        return pool.submit("inner", task, Deadline.none()).join();
      }
    },
    INVOKE_ALL {
      @Override
      String await(MonitoredPool pool, Callable<String> task) throws Exception {
        return pool.invokeAll(List.of(task)).get(0).get();
      }
    },
    INVOKE_ANY {
      @Override
      String await(MonitoredPool pool, Callable<String> task) throws Exception {
        return pool.invokeAny(List.of(task));
      }
    };

    abstract String await(MonitoredPool pool, Callable<String> task) throws Exception;
  }

  private static Throwable failure(CompletableFuture<?> future) {
    AtomicReference<@Nullable Throwable> cause = new AtomicReference<>();
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> future.get(30, TimeUnit.SECONDS))
        .satisfies(e -> cause.set(Objects.requireNonNull(e.getCause())));
    return Objects.requireNonNull(cause.get());
  }

  @ParameterizedTest
  @EnumSource
  void depthOneIsRefusedAndNamesTheTasks(PoolKind kind) throws Exception {
    Told told = new Told();
    try (MonitoredPool pool = kind.of(1).listener(told).build()) {
      CompletableFuture<String> outer =
          pool.submit("outer", () -> Form.GET.await(pool, () -> "never"), Deadline.none());
      assertThat(failure(outer))
          .isInstanceOf(PoolStarvationException.class)
          .hasMessage(
              "A task of pool jobs would wait for ever: outer (on jobs-1) for inner (queued); no"
                  + " thread is free for what waits, as of 1: outer (on jobs-1) for inner"
                  + " (queued)");
      assertThat(told.next()).startsWith("starved ").endsWith(": the wait was refused");
      assertThat(pool.stats().starvations()).isOne();
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyFormOfWaitingIsSeen(PoolKind kind) throws Exception {
    for (Form form : Form.values()) {
      try (MonitoredPool pool = kind.of(1).build()) {
        Throwable thrown = failure(pool.submit(() -> form.await(pool, () -> "never")));
        assertThat(thrown).as("by %s", form).isInstanceOf(PoolStarvationException.class);
      }
      try (MonitoredPool pool = kind.of(1).onStarvation(OnStarvation.COMPENSATE).build()) {
        assertThat(pool.submit(() -> form.await(pool, () -> "inner")).get(30, TimeUnit.SECONDS))
            .as("by %s", form)
            .isEqualTo("inner");
      }
    }
  }

  /** Two threads, both of whose tasks wait for others: which the JDK's pools never notice. */
  @ParameterizedTest
  @EnumSource
  void depthTwoIsFoundEachTime(PoolKind kind) throws Exception {
    for (int round = 0; round < 50; round++) {
      assertFound(kind, 2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void depthManyIsFoundEachTime(PoolKind kind) throws Exception {
    for (int round = 0; round < 5; round++) {
      assertFound(kind, 16);
    }
  }

  /** All begin to wait at the same time; at least one is refused, and then the others go on. */
  private static void assertFound(PoolKind kind, int threads) throws Exception {
    try (MonitoredPool pool = kind.of(threads).build()) {
      CyclicBarrier all = new CyclicBarrier(threads);
      List<CompletableFuture<String>> outer = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        outer.add(
            pool.submit(() -> {
              all.await(); // else an inner one may get the thread of an outer one
              CompletableFuture<String> inner = pool.submit(() -> "inner");
              all.await();
              return inner.get();
            }));
      }
      int refused = 0;
      for (CompletableFuture<String> future : outer) {
        try {
          assertThat(future.get(30, TimeUnit.SECONDS)).isEqualTo("inner");
        } catch (ExecutionException e) {
          assertThat(e).hasCauseInstanceOf(PoolStarvationException.class);
          refused++;
        }
      }
      assertThat(refused).isBetween(1, threads);
      assertThat(pool.stats().starvations()).isEqualTo(refused);
    }
  }

  /** Each waits for the next one deeper, on two threads. */
  @ParameterizedTest
  @EnumSource
  void compensationLetsAnyDepthFinishAndIsTakenBack(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(2).onStarvation(OnStarvation.COMPENSATE).build()) {
      assertThat(pool.submit(() -> depth(pool, 40)).get(30, TimeUnit.SECONDS)).isEqualTo(40);
      PoolStats stats = pool.stats();
      assertThat(stats.starvations()).isEqualTo(39); // 41 tasks on two threads
      assertThat(stats.peak()).isEqualTo(41);
      Waiting.until(() -> pool.stats().live() <= 2, Blocker.PATIENCE, pool::toString);
      assertThat(pool.stats().compensating()).isZero();
      List<Blocker> blockers = Blocker.fill(pool, 2);
      Blocker third = Blocker.submit(pool);
      assertThat(pool.stats().queued()).isOne();
      blockers.forEach(Blocker::letGo);
      third.letGo();
    }
  }

  private static int depth(MonitoredPool pool, int more) throws Exception {
    return more == 0 ? 0 : 1 + pool.submit(() -> depth(pool, more - 1)).get();
  }

  /** Tasks that run and wait for each other: no thread more would help. */
  @ParameterizedTest
  @EnumSource
  void tasksThatWaitForEachOtherAreRefusedUnderEitherPolicy(PoolKind kind) throws Exception {
    for (OnStarvation policy : List.of(OnStarvation.FAIL, OnStarvation.COMPENSATE)) {
      try (MonitoredPool pool = kind.of(2).onStarvation(policy).build()) {
        CyclicBarrier both = new CyclicBarrier(3);
        List<CompletableFuture<String>> tasks = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
          int other = 1 - i;
          tasks.add(
              pool.submit(() -> {
                both.await();
                return tasks.get(other).get();
              }));
        }
        both.await();
        long refused = 0;
        for (CompletableFuture<String> task : tasks) {
          Throwable thrown = failure(task);
          refused += thrown instanceof PoolStarvationException ? 1 : 0;
        }
        assertThat(refused).as("refused under %s", policy).isEqualTo(1);
        assertThat(pool.stats().compensating()).isZero();
      }
    }
  }

  /** A task that waits for itself. */
  @ParameterizedTest
  @EnumSource
  void taskThatWaitsForItselfIsRefused(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(1).build()) {
      CompletableFuture<CompletableFuture<String>> own = new CompletableFuture<>();
      CompletableFuture<String> task = pool.submit(() -> own.get().get());
      own.complete(task);
      assertThat(failure(task))
          .isInstanceOf(PoolStarvationException.class)
          .hasMessageContaining("these wait for each other");
    }
  }

  @ParameterizedTest
  @EnumSource
  void reportLeavesThemAsTheyAre(PoolKind kind) throws Exception {
    Told told = new Told();
    try (MonitoredPool pool = kind.of(1).onStarvation(OnStarvation.REPORT).listener(told).build()) {
      CompletableFuture<String> outer =
          pool.submit("outer", () -> Form.GET.await(pool, () -> "never"), Deadline.none());
      assertThat(told.next()).startsWith("starved A task of pool jobs would wait for ever: outer");
      assertThat(outer).isNotDone();
      assertThat(outer.cancel(true)).isTrue(); // then its thread runs the other one
    }
  }

  /**
   * Its deadline ends a task that no thread is free for: so who waits for it waits not for ever.
   */
  @ParameterizedTest
  @EnumSource
  void waitForATaskWithADeadlineIsNotRefused(PoolKind kind) throws Exception {
    for (OnStarvation policy : List.of(OnStarvation.FAIL, OnStarvation.REPORT)) {
      try (DeadlockDetector detector = DeadlockDetector.create();
          MonitoredPool pool = kind.of(1).onStarvation(policy).build()) {
        Duration soon = Duration.ofMillis(20);
        CompletableFuture<String> outer =
            pool.submit(() -> pool.submit(() -> "never", Deadline.after(soon)).get());
        assertThat(failure(outer)).hasCauseInstanceOf(TimeoutException.class);
        assertThat(pool.stats().starvations()).isZero();
        assertThat(detector.found()).isZero();
      }
    }
  }

  /** There only its deadline would have ended it, and a thread more lets it run. */
  @ParameterizedTest
  @EnumSource
  void taskWithADeadlineIsCompensatedForToo(PoolKind kind) throws Exception {
    Told told = new Told();
    try (MonitoredPool pool =
        kind.of(1).onStarvation(OnStarvation.COMPENSATE).listener(told).build()) {
      CompletableFuture<String> outer =
          pool.submit(() -> pool.submit(() -> "ran", Deadline.after(Duration.ofDays(1))).get());
      assertThat(outer.get(30, TimeUnit.SECONDS)).isEqualTo("ran");
      assertThat(told.next())
          .startsWith("starved A task of pool jobs would wait for a deadline to pass: jobs#0")
          .endsWith(": another thread stands in for it");
    }
  }

  /** The last thread that does not wait will come, or the time will be up. */
  @ParameterizedTest
  @EnumSource
  void nobodyIsRefusedWhileAThreadIsStillToCome(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(2).build()) {
      Blocker running = Blocker.in(pool);
      CompletableFuture<String> outer = pool.submit(() -> Form.GET.await(pool, () -> "inner"));
      Waiting.until(() -> pool.stats().queued() == 1, Blocker.PATIENCE, pool::toString);
      running.letGo();
      assertThat(outer.get()).isEqualTo("inner");
      assertThat(pool.stats().starvations()).isZero();
    }
    try (MonitoredPool pool = kind.of(1).build()) {
      CompletableFuture<?> timed =
          pool.submit(() -> pool.submit(() -> "never").get(5, TimeUnit.MILLISECONDS));
      assertThat(failure(timed)).isInstanceOf(TimeoutException.class);
      assertThat(pool.stats().starvations()).isZero();
    }
  }

  /** One thread more than there are waiters: nobody is ever refused, whatever the timing. */
  @ParameterizedTest
  @EnumSource
  void noFalseReport(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(3).build();
        Actors actors = new Actors(kind.clients(), Blocker.PATIENCE)) {
      actors.race(
          actors.actors(2, "client"),
          STRESS,
          (racer, round) ->
              assertThat(pool.submit(() -> Form.JOIN.await(pool, () -> "inner")).get())
                  .isEqualTo("inner"));
      assertThat(pool.stats().starvations()).isZero();
    }
  }

  /** Whoever waits for a task that is queued waits for any of the workers. */
  @ParameterizedTest
  @EnumSource
  void waitersAreInTheRegistry(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(2).build();
        Actors actors = new Actors(kind.clients(), Blocker.PATIENCE)) {
      List<Blocker> running = Blocker.fill(pool, 2);
      Blocker queued = Blocker.submit(pool);
      Actor client = actors.actor("client");
      Step<String> onQueued = client.startCall(queued.future::get);
      onQueued.awaitBlocked();
      Wait wait = Objects.requireNonNull(Waits.of(client.thread()));
      assertThat(wait.resource().name()).isEqualTo("jobs#2");
      assertThat(wait.wants()).isEqualTo("the result");
      Owners owners = wait.resource().owners(wait);
      assertThat(owners.need()).isEqualTo(Owners.Need.ANY);
      assertThat(owners.list())
          .extracting(owner -> owner.thread())
          .containsExactlyInAnyOrder(running.get(0).thread(), running.get(1).thread());
      Actor other = actors.actor("other");
      Step<String> onRunning = other.startCall(running.get(0).future::join);
      onRunning.awaitBlocked();
      Wait second = Objects.requireNonNull(Waits.of(other.thread()));
      assertThat(second.resource().owners(second).list())
          .extracting(owner -> owner.thread())
          .containsExactly(running.get(0).thread());
      running.forEach(Blocker::letGo);
      queued.letGo();
      assertThat(onQueued.result()).isEqualTo("let go");
      assertThat(onRunning.result()).isEqualTo("let go");
      assertThat(Waits.of(client.thread())).isNull();
    }
  }

  /** A lock that the client holds, and a task that wants it: a matter for a detector. */
  @ParameterizedTest
  @EnumSource
  void detectorSeesThroughThePool(PoolKind kind) throws Exception {
    try (DeadlockDetector detector = DeadlockDetector.create();
        MonitoredPool pool = kind.of(1).build();
        Actors actors = new Actors(kind.clients(), Blocker.PATIENCE)) {
      WatchedLock lock = detector.lock("accounts");
      Actor client = actors.actor("client");
      client.run(lock::lock);
      CompletableFuture<String> task =
          pool.submit(() -> {
            lock.lock();
            try {
              return "had it";
            } finally {
              lock.unlock();
            }
          });
      Waiting.until(
          () -> pool.inFlight().stream().anyMatch(in -> in.stack().toString().contains("park")),
          Blocker.PATIENCE,
          pool::toString);
      client.start(task::join).failure(DeadlockException.class);
      client.run(lock::unlock);
      assertThat(task.get()).isEqualTo("had it");
    }
  }

  /** Two pools whose tasks wait for each other's queues, which neither of them can see alone. */
  @ParameterizedTest
  @EnumSource
  void detectorSeesTwoPoolsThatWaitForEachOther(PoolKind kind) throws Exception {
    try (DeadlockDetector detector = DeadlockDetector.create();
        MonitoredPool one = kind.of(1).build();
        MonitoredPool other = kind.of(1).build()) {
      CyclicBarrier both = new CyclicBarrier(2);
      CompletableFuture<String> inOne = crossing(one, other, both);
      CompletableFuture<String> inOther = crossing(other, one, both);
      int refused = 0;
      for (CompletableFuture<String> future : List.of(inOne, inOther)) {
        try {
          assertThat(future.get(30, TimeUnit.SECONDS)).isEqualTo("crossed");
        } catch (ExecutionException e) {
          assertThat(e).hasCauseInstanceOf(DeadlockException.class);
          refused++;
        }
      }
      assertThat(refused).isOne();
      assertThat(detector.found()).isOne();
    }
  }

  private static CompletableFuture<String> crossing(
      MonitoredPool from, MonitoredPool to, CyclicBarrier both) {
    return from.submit(() -> {
      both.await();
      CompletableFuture<String> there = to.submit(() -> "crossed");
      both.await();
      return there.get();
    });
  }

  /** What join() throws is what get() throws. */
  @ParameterizedTest
  @EnumSource
  void joinOfAFailedTaskThrowsItsFailure(PoolKind kind) throws Exception {
    try (MonitoredPool pool = kind.of(1).build()) {
      CompletableFuture<Object> failed =
          pool.submit(() -> {
            throw new IllegalStateException("failed");
          });
      assertThatExceptionOfType(CompletionException.class)
          .isThrownBy(failed::join)
          .withCauseInstanceOf(IllegalStateException.class);
    }
  }
}
