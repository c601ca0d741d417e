// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

@SuppressWarnings("FutureReturnValueIgnored") // what the tasks did is seen by the events
class VirtualTimeTest {
  private static final Instant START = Instant.parse("2000-01-01T00:00:00Z");

  private final VirtualTime time = VirtualTime.create();
  private final ScheduledExecutorService scheduler = time.scheduler();
  private final List<String> events = new ArrayList<>();

  @Test
  void standsStillUntilItIsAdvanced() {
    assertThat(time.instant()).isEqualTo(START);
    assertThat(time.nanoTime()).isZero();
    assertThat(time.advance(Duration.ofMillis(1500))).isZero();
    assertThat(time.instant()).isEqualTo(START.plusMillis(1500));
    assertThat(time.nanoTimeSource().getAsLong()).isEqualTo(1_500_000_000L);
    assertThatThrownBy(() -> time.advance(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT-0.000000001S");
  }

  @Test
  void clocksAreViews() {
    Clock utc = time.clock();
    Clock berlin = utc.withZone(ZoneId.of("Europe/Berlin"));
    time.advance(Duration.ofHours(1));
    assertThat(utc.instant()).isEqualTo(START.plusSeconds(3600)).isEqualTo(berlin.instant());
    assertThat(utc.millis()).isEqualTo(START.plusSeconds(3600).toEpochMilli());
    assertThat(berlin.getZone()).isEqualTo(ZoneId.of("Europe/Berlin"));
    assertThat(utc).isEqualTo(time.clock()).isNotEqualTo(berlin).hasSameHashCodeAs(time.clock());
    assertThat(VirtualTime.create().clock()).isNotEqualTo(utc);
  }

  @Test
  void nanoTimeMayOverflow() {
    VirtualTime late = VirtualTime.startingAt(START, Long.MAX_VALUE);
    long before = late.nanoTime();
    late.advance(Duration.ofNanos(10));
    assertThat(late.nanoTime()).isNegative();
    assertThat(late.nanoTime() - before).isEqualTo(10);
    assertThat(late.instant()).isEqualTo(START.plusNanos(10));
  }

  @Test
  void endOfTimeIsNotPassed() {
    time.advance(Duration.ofNanos(Long.MAX_VALUE));
    assertThatThrownBy(() -> time.advance(Duration.ofNanos(1)))
        .isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> time.advance(Duration.ofDays(200_000)))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void tasksRunWhenDueInOrderAndAtTheirTime() {
    scheduler.schedule(log("late"), 3, TimeUnit.SECONDS);
    scheduler.schedule(log("early"), 1, TimeUnit.SECONDS);
    scheduler.schedule(log("same time, second"), 1000, TimeUnit.MILLISECONDS);
    scheduler.execute(log("now"));
    scheduler.schedule(log("past"), -5, TimeUnit.DAYS);
    assertThat(events).isEmpty();
    assertThat(time.pending()).isEqualTo(5);
    assertThat(time.advance(Duration.ZERO)).isEqualTo(2);
    assertThat(time.advance(Duration.ofSeconds(2))).isEqualTo(2);
    assertThat(time.instant()).isEqualTo(START.plusSeconds(2));
    assertThat(time.advance(Duration.ofSeconds(2))).isEqualTo(1);
    assertThat(events)
        .containsExactly(
            "now at 0 ms",
            "past at 0 ms",
            "early at 1000 ms",
            "same time, second at 1000 ms",
            "late at 3000 ms");
    assertThat(time.instant()).isEqualTo(START.plusSeconds(4));
  }

  @Test
  void whatATaskSchedulesRunsInTheSameAdvanceIfDue() {
    scheduler.schedule(
        () -> scheduler.schedule(log("in time"), 1, TimeUnit.SECONDS), 1, TimeUnit.SECONDS);
    scheduler.schedule(
        () -> scheduler.schedule(log("too late"), 2, TimeUnit.SECONDS), 1, TimeUnit.SECONDS);
    time.advance(Duration.ofSeconds(2));
    assertThat(events).containsExactly("in time at 2000 ms");
    assertThat(time.pending()).isEqualTo(1);
  }

  @Test
  void advanceToNextSkipsTheWait() {
    assertThat(time.advanceToNext()).isZero();
    scheduler.schedule(log("one"), 10, TimeUnit.DAYS);
    scheduler.schedule(log("two"), 10, TimeUnit.DAYS);
    scheduler.schedule(log("three"), 11, TimeUnit.DAYS);
    assertThat(time.advanceToNext()).isEqualTo(2);
    assertThat(time.instant()).isEqualTo(START.plus(Duration.ofDays(10)));
    assertThat(time.advanceToNext()).isEqualTo(1);
  }

  @Test
  void periodicTasksComeAgainInTheOrderInWhichTheyWereHandedOver() {
    VirtualTime other = VirtualTime.create();
    ScheduledFuture<?> rate =
        other.scheduler().scheduleAtFixedRate(() -> events.add("rate"), 1, 2, TimeUnit.SECONDS);
    other.scheduler().scheduleWithFixedDelay(() -> events.add("delay"), 1, 3, TimeUnit.SECONDS);
    other.advance(Duration.ofSeconds(7));
    assertThat(events).containsExactly("rate", "delay", "rate", "delay", "rate", "rate", "delay");
    assertThat(rate.getDelay(TimeUnit.SECONDS)).isEqualTo(2);
    assertThat(rate.isDone()).isFalse();
    assertThat(rate.cancel(false)).isTrue();
    events.clear();
    other.advance(Duration.ofSeconds(3));
    assertThat(events).containsExactly("delay");
    assertThatThrownBy(rate::get).isInstanceOf(CancellationException.class);
  }

  @Test
  void periodicTaskComesBeforeWhatWasHandedOverAfterIt() {
    scheduler.scheduleAtFixedRate(log("periodic"), 10, 10, TimeUnit.MILLISECONDS);
    scheduler.schedule(log("once"), 20, TimeUnit.MILLISECONDS);
    time.advance(Duration.ofMillis(20));
    assertThat(events).containsExactly("periodic at 10 ms", "periodic at 20 ms", "once at 20 ms");
  }

  @Test
  void periodicTaskThatThrowsEnds() {
    ScheduledFuture<?> failing =
        scheduler.scheduleAtFixedRate(
            () -> {
              events.add("run");
              throw new IllegalStateException("wrong");
            },
            1,
            1,
            TimeUnit.SECONDS);
    time.advance(Duration.ofSeconds(10));
    assertThat(events).containsExactly("run");
    assertThatThrownBy(failing::get)
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseMessage("wrong");
  }

  @Test
  void futureHasTheResultOrTheFailure() throws Exception {
    Future<String> good = scheduler.schedule(() -> "done", 1, TimeUnit.SECONDS);
    Future<?> bad =
        scheduler.submit(() -> {
          throw new IllegalStateException("wrong");
        });
    assertThat(good.isDone()).isFalse();
    time.advance(Duration.ofSeconds(1));
    assertThat(good.get()).isEqualTo("done");
    assertThatThrownBy(bad::get).hasRootCauseMessage("wrong");
    Future<String> given = scheduler.submit(log("given"), "result");
    time.advance(Duration.ZERO);
    assertThat(given.get()).isEqualTo("result");
  }

  @Test
  void failureWithoutAFutureIsThrownByTheAdvance() {
    scheduler.execute(() -> {
      throw new IllegalStateException("one");
    });
    scheduler.execute(() -> {
      throw new AssertionError("two");
    });
    scheduler.schedule(log("after"), 1, TimeUnit.SECONDS);
    assertThatThrownBy(() -> time.advance(Duration.ofSeconds(2)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("one")
        .satisfies(thrown -> assertThat(thrown.getSuppressed()[0]).hasMessage("two"));
    assertThat(events).containsExactly("after at 1000 ms");
    assertThat(time.instant()).isEqualTo(START.plusSeconds(2));
  }

  @Test
  void cancelledTaskDoesNotRunAndDoesNotWait() {
    ScheduledFuture<?> future = scheduler.schedule(log("never"), 1, TimeUnit.SECONDS);
    assertThat(future.cancel(true)).isTrue();
    assertThat(time.pending()).isZero();
    assertThat(time.advance(Duration.ofSeconds(1))).isZero();
    assertThat(events).isEmpty();
  }

  @Test
  void taskMustNotAdvance() {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    scheduler.execute(() -> {
      try {
        time.advance(Duration.ZERO);
      } catch (IllegalStateException e) {
        thrown.set(e);
      }
    });
    time.advance(Duration.ZERO);
    assertThat(thrown.get()).hasMessageContaining("must not advance");
  }

  @Test
  void endlessTasksAreNoticed() {
    AtomicReference<Runnable> again = new AtomicReference<>();
    again.set(() -> scheduler.execute(again.get()));
    scheduler.execute(again.get());
    assertThatThrownBy(() -> time.advance(Duration.ZERO))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no end of tasks");
  }

  @Test
  void afterShutdownDelayedTasksRunAndPeriodicOnesDoNot() {
    scheduler.schedule(log("delayed"), 1, TimeUnit.SECONDS);
    ScheduledFuture<?> periodic =
        scheduler.scheduleAtFixedRate(log("periodic"), 1, 1, TimeUnit.SECONDS);
    scheduler.shutdown();
    assertThat(periodic.isCancelled()).isTrue();
    assertThat(scheduler.isShutdown()).isTrue();
    assertThat(scheduler.isTerminated()).isFalse();
    assertThatThrownBy(() -> scheduler.execute(log("rejected")))
        .isInstanceOf(RejectedExecutionException.class);
    time.advance(Duration.ofSeconds(5));
    assertThat(events).containsExactly("delayed at 1000 ms");
    assertThat(scheduler.isTerminated()).isTrue();
  }

  @Test
  void shutdownNowReturnsWhatWaits() {
    scheduler.schedule(log("late"), 2, TimeUnit.SECONDS);
    scheduler.schedule(log("early"), 1, TimeUnit.SECONDS);
    List<Runnable> dropped = scheduler.shutdownNow();
    assertThat(dropped).hasSize(2);
    assertThat(scheduler.isTerminated()).isTrue();
    assertThat(time.advance(Duration.ofSeconds(5))).isZero();
    assertThat(events).isEmpty();
  }

  @Test
  void periodicTaskThatShutsDownRunsNoMore() {
    scheduler.scheduleAtFixedRate(
        () -> {
          log("last").run();
          scheduler.shutdown();
          assertThat(scheduler.isTerminated()).isFalse();
        },
        1,
        1,
        TimeUnit.SECONDS);
    time.advance(Duration.ofSeconds(5));
    assertThat(events).containsExactly("last at 1000 ms");
    assertThat(scheduler.isTerminated()).isTrue();
  }

  @Test
  void awaitTerminationTakesVirtualTime() throws InterruptedException {
    scheduler.schedule(log("first"), 1, TimeUnit.HOURS);
    scheduler.schedule(log("last"), 3, TimeUnit.HOURS);
    scheduler.shutdown();
    assertThat(scheduler.awaitTermination(2, TimeUnit.HOURS)).isFalse();
    assertThat(time.instant()).isEqualTo(START.plus(Duration.ofHours(2)));
    assertThat(scheduler.awaitTermination(Long.MAX_VALUE, TimeUnit.DAYS)).isTrue();
    assertThat(time.instant()).isEqualTo(START.plus(Duration.ofHours(3)));
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> scheduler.awaitTermination(1, TimeUnit.HOURS))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void closeRunsWhatIsLeft() {
    scheduler.schedule(log("left"), 30, TimeUnit.DAYS);
    scheduler.close();
    assertThat(events).containsExactly("left at 2592000000 ms");
    assertThat(scheduler.isTerminated()).isTrue();
  }

  @Test
  void invocationsRunAtOnce() throws Exception {
    List<Future<Integer>> futures = scheduler.invokeAll(List.of(() -> 1, () -> 2));
    assertThat(futures).extracting(Future::resultNow).containsExactly(1, 2);
    assertThat(scheduler.<String>invokeAny(List.of(VirtualTimeTest::fails, () -> "second")))
        .isEqualTo("second");
    assertThatThrownBy(() -> scheduler.<String>invokeAny(List.of(VirtualTimeTest::fails)))
        .isInstanceOf(ExecutionException.class);
    assertThatThrownBy(() -> scheduler.<String>invokeAny(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(time.instant()).isEqualTo(START);
  }

  @Test
  void periodsAreChecked() {
    assertThatThrownBy(() -> scheduler.scheduleAtFixedRate(log("x"), 0, 0, TimeUnit.SECONDS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("period: 0");
    assertThatThrownBy(() -> scheduler.scheduleWithFixedDelay(log("x"), 0, -1, TimeUnit.SECONDS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("delay: -1");
  }

  @Test
  void anotherThreadMayWaitForAResult() throws Exception {
    Future<String> future = scheduler.schedule(() -> "done", 1, TimeUnit.DAYS);
    CountDownLatch started = new CountDownLatch(1);
    AtomicReference<String> got = new AtomicReference<>();
    Thread waiter =
        Thread.ofVirtual()
            .start(() -> {
              started.countDown();
              try {
                got.set(future.get());
              } catch (InterruptedException | ExecutionException e) {
                throw new AssertionError(e);
              }
            });
    started.await();
    time.advance(Duration.ofDays(1));
    assertThat(waiter.join(Duration.ofSeconds(30))).isTrue();
    assertThat(got).hasValue("done");
  }

  private Runnable log(String event) {
    return () ->
        events.add(event + " at " + Duration.between(START, time.instant()).toMillis() + " ms");
  }

  private static String fails() {
    throw new IllegalStateException("wrong");
  }
}
