// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is an end of tasks and what is none, and that no failure of a task is lost by either. */
@SuppressWarnings("FutureReturnValueIgnored") // how the tasks end is seen otherwise
class VirtualTimeLimitTest {
  /** More than may run at one instant, also with the one that waits for it. */
  private static final int MANY = 1_000_100;

  private final VirtualTime time = VirtualTime.create();
  private final ScheduledExecutorService scheduler = time.scheduler();
  private final AtomicInteger runs = new AtomicInteger();

  @Test
  void manyTasksOneAfterTheOtherHaveAnEnd() throws Exception {
    scheduler.scheduleAtFixedRate(runs::incrementAndGet, 1, 1, TimeUnit.MILLISECONDS);
    assertThat(time.advance(Duration.ofMillis(MANY))).isEqualTo(MANY);
    assertThat(scheduler.awaitTermination(MANY, TimeUnit.MILLISECONDS)).isFalse();
    assertThat(runs).hasValue(2 * MANY);
  }

  @Test
  void manyTasksThatWaitForTheSameInstantHaveAnEnd() {
    for (int i = 0; i < MANY; i++) {
      scheduler.schedule(runs::incrementAndGet, 1, TimeUnit.MILLISECONDS);
    }
    assertThat(time.advance(Duration.ofMillis(1))).isEqualTo(MANY).isEqualTo(runs.get());
  }

  @Test
  void chainOfAMillionHasAnEnd() {
    scheduler.execute(() -> again(1_000_000));
    assertThat(time.advance(Duration.ZERO)).isEqualTo(1_000_000);
  }

  @Test
  void failureOfATaskIsNotLostWhenThereIsNoEnd() {
    scheduler.execute(() -> {
      throw new IllegalStateException("lost");
    });
    scheduler.schedule(() -> again(Integer.MAX_VALUE), 1, TimeUnit.SECONDS);
    assertThatThrownBy(() -> time.advance(Duration.ofDays(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("no end of tasks: ")
        .hasMessageEndingWith("more are due at 2000-01-01T00:00:01Z")
        .satisfies(thrown -> assertThat(thrown.getSuppressed()[0]).hasMessage("lost"));
    assertThat(time.nanoTime()).isEqualTo(TimeUnit.SECONDS.toNanos(1));
  }

  @Test
  void awaitTerminationNoticesThatThereIsNoEnd() {
    scheduler.execute(() -> again(Integer.MAX_VALUE));
    assertThatThrownBy(() -> scheduler.awaitTermination(1, TimeUnit.NANOSECONDS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("no end of tasks: ");
  }

  @Test
  void undeclaredCheckedExceptionIsThrownByTheAdvance() {
    scheduler.execute(
        undeclared(() -> {
          throw new IOException("one");
        }));
    scheduler.execute(() -> {
      throw new AssertionError("two");
    });
    assertThatThrownBy(() -> time.advance(Duration.ZERO))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("one")
        .satisfies(thrown -> assertThat(thrown.getSuppressed()[0]).hasMessage("two"));
  }

  /** Runs at this instant until it has run so many times. */
  private void again(int times) {
    if (runs.incrementAndGet() < times) {
      scheduler.execute(() -> again(times));
    }
  }

  /** A task that throws what it may not, as those of Kotlin do. */
  private static Runnable undeclared(Callable<?> task) {
    return () -> {
      try {
        task.call();
      } catch (Exception e) {
        throw VirtualTimeLimitTest.<RuntimeException>undeclared(e);
      }
    };
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // never really cast
  private static <X extends Throwable> X undeclared(Throwable thrown) throws X {
    throw (X) thrown;
  }
}
