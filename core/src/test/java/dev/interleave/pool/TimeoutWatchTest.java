// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The clock of all pools: how many timers it keeps, and which of them is the first. */
class TimeoutWatchTest {
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  @Test
  void aTimerThatIsDueLaterThanTheLastOneIsNotTheFirst() {
    for (int i = 0; i < 10; i++) {
      Future<?> timer = TimeoutWatch.in(HOUR, () -> {});
      assertThat(TimeoutWatch.timers().peek()).isNotNull().isNotSameAs(timer);
      assertThat(timer.cancel(false)).isTrue();
      assertThat(TimeoutWatch.timers()).doesNotContain((Runnable) timer);
    }
  }

  @Test
  void howeverManyAreSetAndCancelledFewAreKept() {
    int before = TimeoutWatch.timers().size(); // of other tests, more or less
    for (long nanos = HOUR; nanos > HOUR / 2; nanos -= HOUR / 1000) {
      assertThat(TimeoutWatch.in(nanos, () -> {}).cancel(false)).isTrue();
    }
    assertThat(TimeoutWatch.timers()).hasSizeLessThan(before + 10);
    long second = TimeUnit.SECONDS.toNanos(1);
    for (long nanos = 9 * second; nanos > 8 * second; nanos -= second / 1000) {
      assertThat(TimeoutWatch.in(nanos, () -> {}).cancel(false)).isTrue();
    }
    assertThat(TimeoutWatch.timers()).hasSizeLessThan(before + 10);
  }

  @Test
  void oneThatIsDueEarlierRunsAlthoughALaterOneWasSetBefore() throws InterruptedException {
    Future<?> later = TimeoutWatch.in(HOUR, () -> {});
    CountDownLatch ran = new CountDownLatch(1);
    Future<?> unused = TimeoutWatch.in(1000, ran::countDown);
    assertThat(ran.await(1, TimeUnit.MINUTES)).isTrue();
    assertThat(later.cancel(false)).isTrue();
  }
}
