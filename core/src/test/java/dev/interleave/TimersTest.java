// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How many timers are kept, which of them is the first, and what becomes of what they throw. */
class TimersTest {
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  private final LinkedBlockingQueue<Throwable> heard = new LinkedBlockingQueue<>();
  private final Timers timers =
      new Timers(
          Thread.ofPlatform()
              .daemon()
              .name("timers-test")
              .uncaughtExceptionHandler((thread, error) -> heard.add(error))
              .factory());

  @Test
  void aTimerThatIsDueLaterThanTheLastOneIsNotTheFirst() {
    for (int i = 0; i < 10; i++) {
      Future<?> timer = timers.after(HOUR, () -> {});
      assertThat(timers.pending().peek()).isNotNull().isNotSameAs(timer);
      assertThat(timer.cancel(false)).isTrue();
      assertThat(timers.pending()).doesNotContain((Runnable) timer);
    }
  }

  @Test
  void howeverManyAreSetAndCancelledOneIsKept() {
    for (long nanos = HOUR; nanos > HOUR / 2; nanos -= HOUR / 1000) {
      assertThat(timers.after(nanos, () -> {}).cancel(false)).isTrue();
    }
    assertThat(timers.pending()).hasSize(1);
    long second = TimeUnit.SECONDS.toNanos(1);
    for (long nanos = 9 * second; nanos > 8 * second; nanos -= second / 1000) {
      assertThat(timers.after(nanos, () -> {}).cancel(false)).isTrue();
    }
    assertThat(timers.pending()).hasSize(1);
  }

  @Test
  void oneThatIsDueEarlierRunsAlthoughALaterOneWasSetBefore() throws InterruptedException {
    Future<?> later = timers.after(HOUR, () -> {});
    CountDownLatch ran = new CountDownLatch(1);
    Future<?> unused = timers.after(1000, ran::countDown);
    assertThat(ran.await(1, TimeUnit.MINUTES)).isTrue();
    assertThat(later.cancel(false)).isTrue();
  }

  @Test
  void oneThatIsDueAtOnceLeavesTheFirstInItsPlace() throws InterruptedException {
    for (long nanos : new long[] {0, -1, Long.MIN_VALUE}) {
      Future<?> later = timers.after(HOUR, () -> {});
      Runnable first = timers.pending().peek();
      CountDownLatch ran = new CountDownLatch(1);
      Future<?> unused = timers.after(nanos, ran::countDown);
      assertThat(ran.await(1, TimeUnit.MINUTES)).isTrue();
      assertThat(timers.pending().peek()).isNotNull().isSameAs(first).isNotSameAs(later);
      assertThat(later.cancel(false)).isTrue();
    }
  }

  @Test
  void whatAnActionThrowsIsHeardAndTheOthersRun() throws InterruptedException {
    IllegalStateException mine = new IllegalStateException("mine");
    Future<?> failing =
        timers.after(
            0,
            () -> {
              throw mine;
            });
    assertThat(heard.poll(1, TimeUnit.MINUTES)).isSameAs(mine);
    assertThatThrownBy(failing::get).isInstanceOf(ExecutionException.class).hasCause(mine);
    CountDownLatch ran = new CountDownLatch(1);
    Future<?> unused = timers.after(0, ran::countDown);
    assertThat(ran.await(1, TimeUnit.MINUTES)).isTrue();
    assertThat(heard).isEmpty();
  }

  /** As a deadline does: it ends the call, which cancels its timer, and then goes on. */
  @Test
  void whatAnActionThrowsIsHeardAlthoughItHasCancelledItsTimer() throws Exception {
    IllegalStateException mine = new IllegalStateException("mine");
    CompletableFuture<Future<?>> own = new CompletableFuture<>();
    Future<?> timer =
        timers.after(
            0,
            () -> {
              own.join().cancel(false);
              throw mine;
            });
    own.complete(timer);
    assertThat(heard.poll(1, TimeUnit.MINUTES)).isSameAs(mine);
    assertThat(timer.isCancelled()).isTrue();
  }

  @Test
  void whatIsToRunAgainAndAgainDoesUntilItIsCancelled() throws InterruptedException {
    CountDownLatch ran = new CountDownLatch(3);
    Future<?> timer = timers.every(1000, ran::countDown);
    assertThat(ran.await(1, TimeUnit.MINUTES)).isTrue();
    assertThat(timer.cancel(false)).isTrue();
    assertThat(timers.pending()).doesNotContain((Runnable) timer);
    assertThatThrownBy(() -> timers.every(0, () -> {}))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
