// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the scheduler ends, is interrupted, and waits. */
@SuppressWarnings("FutureReturnValueIgnored") // what the tasks did is seen by the events
class VirtualSchedulerTest {
  private final VirtualTime time = VirtualTime.create();
  private final ScheduledExecutorService scheduler = time.scheduler();
  private final List<String> events = new ArrayList<>();

  @AfterEach
  void noInterruptIsLeftBehind() {
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void periodicTaskThatShutsDownIsCancelled() {
    ScheduledFuture<?> future =
        scheduler.scheduleAtFixedRate(scheduler::shutdown, 1, 1, TimeUnit.SECONDS);
    time.advance(Duration.ofSeconds(5));
    assertThat(future.isCancelled()).isTrue();
    assertThatThrownBy(future::get).isInstanceOf(CancellationException.class);
    assertThat(scheduler.isTerminated()).isTrue();
  }

  @Test
  void periodicTaskThatRunsDuringShutdownNowIsCancelled() {
    ScheduledFuture<?> future =
        scheduler.scheduleWithFixedDelay(
            () -> {
              Thread.ofPlatform().start(scheduler::shutdownNow);
              while (!scheduler.isShutdown()) {
                Thread.onSpinWait();
              }
            },
            1,
            1,
            TimeUnit.SECONDS);
    time.advance(Duration.ofSeconds(5));
    assertThat(future.isCancelled()).isTrue();
    assertThat(scheduler.isTerminated()).isTrue();
  }

  @Test
  void periodicTaskIsCancelledWhenItsNextTimeIsAfterTheEndOfTime() throws Exception {
    time.advance(Duration.ofNanos(Long.MAX_VALUE - 5));
    ScheduledFuture<?> future =
        scheduler.scheduleAtFixedRate(() -> events.add("run"), 3, 3, TimeUnit.NANOSECONDS);
    assertThat(scheduler.awaitTermination(Long.MAX_VALUE, TimeUnit.DAYS)).isFalse();
    assertThat(events).containsExactly("run");
    assertThat(future.isCancelled()).isTrue();
    assertThat(time.nanoTime()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void interruptByCancelEndsWithItsTask() {
    AtomicReference<Future<?>> self = new AtomicReference<>();
    self.set(
        scheduler.submit(() -> {
          self.get().cancel(true);
          events.add("first " + Thread.currentThread().isInterrupted());
        }));
    scheduler.execute(() -> events.add("second " + Thread.currentThread().isInterrupted()));
    time.advance(Duration.ZERO);
    assertThat(events).containsExactly("first true", "second false");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void interruptOfATaskByItselfEndsWithIt() {
    scheduler.execute(() -> Thread.currentThread().interrupt());
    scheduler.execute(() -> events.add("second " + Thread.currentThread().isInterrupted()));
    scheduler.execute(() -> Thread.currentThread().interrupt());
    time.advance(Duration.ZERO);
    assertThat(events).containsExactly("second false");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void interruptOfTheOneThatAdvancesIsKeptFromTheTasks() {
    scheduler.execute(() -> events.add("task " + Thread.currentThread().isInterrupted()));
    Thread.currentThread().interrupt();
    time.advance(Duration.ZERO);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(events).containsExactly("task false");
  }

  @Test
  void shutdownNowInterruptsTheTaskThatRuns() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Future<?> waits =
        scheduler.submit(() -> {
          running.countDown();
          never.await();
          return null;
        });
    Thread other =
        Thread.ofPlatform()
            .start(() -> {
              await(running);
              scheduler.shutdownNow();
            });
    time.advance(Duration.ZERO);
    other.join();
    assertThat(waits.exceptionNow()).isInstanceOf(InterruptedException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(scheduler.isTerminated()).isTrue();
  }

  @Test
  void awaitTerminationCanBeInterruptedWhileAnotherAdvances() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    scheduler.execute(() -> {
      running.countDown();
      await(goOn);
    });
    Thread driver = Thread.ofPlatform().start(() -> time.advance(Duration.ZERO));
    running.await();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread waiter =
        Thread.ofPlatform()
            .start(() -> {
              try {
                scheduler.awaitTermination(1, TimeUnit.DAYS);
              } catch (InterruptedException e) {
                thrown.set(e);
              }
            });
    while (waiter.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    waiter.interrupt();
    boolean ended = waiter.join(Duration.ofSeconds(30));
    goOn.countDown();
    driver.join();
    assertThat(ended).isTrue();
    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
  }

  @Test
  void awaitTerminationOfTasksWithoutEndCanBeInterrupted() throws Exception {
    Thread waiter = Thread.currentThread();
    AtomicBoolean thrown = new AtomicBoolean();
    Thread other =
        Thread.ofPlatform()
            .unstarted(() -> {
              while (!thrown.get()) {
                waiter.interrupt(); // until one comes between two tasks
              }
            });
    scheduler.schedule(other::start, 1, TimeUnit.SECONDS);
    scheduler.scheduleAtFixedRate(() -> {}, 1, 1, TimeUnit.MILLISECONDS);
    try {
      assertThatThrownBy(() -> scheduler.awaitTermination(Long.MAX_VALUE, TimeUnit.DAYS))
          .isInstanceOf(InterruptedException.class);
    } finally {
      thrown.set(true);
      while (other.isAlive()) {
        Thread.onSpinWait();
      }
      Thread.interrupted();
    }
  }

  @Test
  void awaitTerminationWithoutShutdownTakesAllOfItsTime() throws Exception {
    scheduler.scheduleAtFixedRate(() -> events.add("run"), 1, 1, TimeUnit.HOURS);
    assertThat(scheduler.awaitTermination(3, TimeUnit.HOURS)).isFalse();
    assertThat(events).hasSize(3);
    assertThat(time.nanoTime()).isEqualTo(TimeUnit.HOURS.toNanos(3));
    assertThat(VirtualTime.create().scheduler().awaitTermination(Long.MAX_VALUE, TimeUnit.DAYS))
        .isFalse();
  }

  @Test
  void closeRunsAllThatIsLeftAlsoWhenATaskThrows() {
    scheduler.execute(() -> {
      throw new IllegalStateException("one");
    });
    scheduler.schedule(() -> events.add("left"), 30, TimeUnit.DAYS);
    assertThatThrownBy(scheduler::close).hasMessage("one");
    assertThat(events).containsExactly("left");
    assertThat(time.nanoTime()).isEqualTo(TimeUnit.DAYS.toNanos(30));
    assertThat(scheduler.isTerminated()).isTrue();
  }

  @Test
  void closeOfAnInterruptedThreadDropsWhatWaits() {
    scheduler.schedule(() -> events.add("dropped"), 30, TimeUnit.DAYS);
    Thread.currentThread().interrupt();
    scheduler.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(events).isEmpty();
    assertThat(scheduler.isTerminated()).isTrue();
    assertThat(time.nanoTime()).isZero();
  }

  @Test
  void invocationsWithNoTimeLeftRunNothing() throws Exception {
    List<Callable<String>> tasks = List.of(() -> event("one"), () -> event("two"));
    assertThat(scheduler.invokeAll(tasks, 0, TimeUnit.SECONDS)).allMatch(Future::isCancelled);
    assertThatThrownBy(() -> scheduler.invokeAny(tasks, -1, TimeUnit.SECONDS))
        .isInstanceOf(TimeoutException.class);
    assertThat(time.advance(Duration.ofDays(1))).isZero();
    assertThat(events).isEmpty();
    assertThat(scheduler.invokeAll(tasks, 1, TimeUnit.NANOSECONDS))
        .extracting(Future::resultNow)
        .containsExactly("one", "two");
    assertThat(scheduler.invokeAny(tasks, 1, TimeUnit.NANOSECONDS)).isEqualTo("one");
  }

  @Test
  void invocationsByATaskAreRefusedAndLeaveNothingBehind() {
    List<Callable<String>> tasks = List.of(() -> event("one"), () -> event("two"));
    Future<?> all = scheduler.submit(() -> scheduler.invokeAll(tasks));
    Future<?> any = scheduler.submit(() -> scheduler.invokeAny(tasks));
    time.advance(Duration.ofDays(1));
    assertThat(all.exceptionNow()).isInstanceOf(IllegalStateException.class);
    assertThat(any.exceptionNow()).isInstanceOf(IllegalStateException.class);
    assertThat(events).isEmpty();
    assertThat(time.pending()).isZero();
  }

  private String event(String name) {
    events.add(name);
    return name;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
