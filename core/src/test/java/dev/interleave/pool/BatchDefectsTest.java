// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.interleave.Deadline;
import dev.interleave.testing.NoThreadLeaks;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The defects of the maps and batches of futures that {@link Batch} is to be better than, each as a
 * test that it is not ours. The numbers are those of the pattern catalogue.
 */
@NoThreadLeaks(ignoring = ExecutorKind.CLOCKS)
class BatchDefectsTest {
  private static final Duration SOON = Duration.ofMillis(50);

  private static void await(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(Blocker.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  /** The ordered map of an executor. */
  @Nested
  class A41 {
    /** There, what came after the first exception was lost. */
    @ParameterizedTest
    @EnumSource
    void resultsBehindAFailureAreKept(ExecutorKind kind) throws Exception {
      try (ExecutorService executor = kind.of(2)) {
        BatchResult<Integer, Integer> result =
            Batch.on(executor).collect(List.of(1, 0, 2), i -> 10 / i);
        assertThat(result.values()).containsExactly(10, 5);
        assertThat(result.failures())
            .singleElement()
            .extracting(Outcome.Failure::cause)
            .isInstanceOf(ArithmeticException.class);
      }
    }

    /** There, a timeout waited for the end of what was late all the same. */
    @ParameterizedTest
    @EnumSource
    void timeoutDoesNotWaitForWhoDoesNotHeedIt(ExecutorKind kind) throws Exception {
      Blocker stubborn = new Blocker(true);
      try (ExecutorService executor = kind.of(1)) {
        assertThatExceptionOfType(TimeoutException.class)
            .isThrownBy(() ->
                Batch.on(executor)
                    .deadline(Deadline.after(SOON))
                    .map(List.of(0), i -> stubborn.call()));
        if (stubborn.hasBegun()) { // the call has returned, and the item runs on
          stubborn.awaitInterrupted();
        }
        stubborn.letGo();
      }
    }

    /** There, all inputs were submitted before the first result was asked for. */
    @ParameterizedTest
    @EnumSource
    void inputsAreNotTakenBeforeThereIsRoom(ExecutorKind kind) throws Exception {
      AtomicInteger drawn = new AtomicInteger();
      Iterator<Integer> inputs = Stream.generate(drawn::incrementAndGet).iterator();
      try (ExecutorService executor = kind.of(2);
          Outcomes<Integer, Integer> outcomes =
              Batch.on(executor).window(2).inOrder(inputs, i -> i)) {
        assertThat(drawn).hasValue(2);
        assertThat(outcomes.takeOrNull()).isNotNull();
        assertThat(drawn).hasValue(2);
      }
    }
  }

  /** The order of results. */
  @Nested
  class A45 {
    /** There, items that were done waited for a slow one before them. */
    @ParameterizedTest
    @EnumSource
    void fastOnesNeedNotWaitForASlowOne(ExecutorKind kind) throws Exception {
      CountDownLatch slow = new CountDownLatch(1);
      try (ExecutorService executor = kind.of(2);
          Outcomes<Integer, Integer> outcomes =
              Batch.on(executor)
                  .window(2)
                  .asCompleted(
                      List.of(0, 1, 2, 3).iterator(),
                      i -> {
                        if (i == 0) {
                          await(slow);
                        }
                        return i;
                      })) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          order.add(Objects.requireNonNull(outcomes.takeOrNull()).input());
        }
        assertThat(order).containsExactly(1, 2, 3);
        slow.countDown();
        assertThat(Objects.requireNonNull(outcomes.takeOrNull()).input()).isZero();
      }
    }
  }

  /** Errors of batches, and attempts. */
  @Nested
  class A56 {
    /** There, an attempt that had timed out ran on, and was executed again beside itself. */
    @ParameterizedTest
    @EnumSource
    void attemptThatTimedOutIsOverBeforeTheNextIsBegunOnItsThread(ExecutorKind kind)
        throws Exception {
      AtomicInteger running = new AtomicInteger();
      AtomicInteger most = new AtomicInteger();
      CountDownLatch never = new CountDownLatch(1);
      try (ExecutorService executor = kind.of(1)) {
        Batch attempt = Batch.on(executor).callTimeout(SOON);
        for (int i = 0; i < 4; i++) {
          BatchResult<Integer, Boolean> result =
              attempt.collect(
                  List.of(i),
                  n -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    try {
                      return never.await(Blocker.PATIENCE.toSeconds(), TimeUnit.SECONDS);
                    } finally {
                      running.decrementAndGet();
                    }
                  });
          assertThat(result.failures())
              .singleElement()
              .extracting(Outcome.Failure::cause)
              .isInstanceOf(TimeoutException.class);
        }
      }
      assertThat(most).hasValue(1);
      assertThat(running).hasValue(0);
    }

    /** There, an attempt that was late while it was still queued ran later. */
    @ParameterizedTest
    @EnumSource
    void attemptThatWasLateInTheQueueNeverRuns(ExecutorKind kind) throws Exception {
      Blocker blocker = new Blocker(false);
      AtomicInteger runs = new AtomicInteger();
      try (ExecutorService executor = kind.of(1)) {
        executor.execute(blocker);
        blocker.awaitBegun();
        for (int i = 0; i < 4; i++) {
          Batch late = Batch.on(executor).deadline(Deadline.after(Duration.ofMillis(5)));
          assertThatExceptionOfType(TimeoutException.class)
              .isThrownBy(() -> late.map(List.of(0), n -> runs.incrementAndGet()));
        }
        blocker.letGo();
        executor.submit(() -> {}).get(30, TimeUnit.SECONDS);
      }
      assertThat(runs).hasValue(0);
    }

    /** There, some errors were texts and others maps. */
    @ParameterizedTest
    @EnumSource
    void failureIsWhatWasThrown(ExecutorKind kind) throws Exception {
      IOException thrown = new IOException("no route");
      try (ExecutorService executor = kind.of(1)) {
        BatchResult<String, String> result =
            Batch.on(executor)
                .collect(
                    List.of("network"),
                    id -> {
                      throw thrown;
                    });
        Outcome<String, String> outcome = result.outcomes().get(0);
        assertThat(outcome.input()).isEqualTo("network");
        assertThatExceptionOfType(ExecutionException.class)
            .isThrownBy(outcome::get)
            .withCause(thrown);
      }
    }
  }

  /** Many at a time, with a limit. */
  @Nested
  class G20 {
    /** There, results were kept by name, and one of two with the same name was lost. */
    @ParameterizedTest
    @EnumSource
    void equalInputsHaveAnOutcomeEach(ExecutorKind kind) throws Exception {
      AtomicInteger next = new AtomicInteger();
      try (ExecutorService executor = kind.of(2)) {
        assertThat(Batch.on(executor).map(List.of("x", "x", "x"), x -> next.incrementAndGet()))
            .containsExactlyInAnyOrder(1, 2, 3);
      }
    }

    /** There, a cancellation was taken for a result. */
    @ParameterizedTest
    @EnumSource
    void cancellationThatIsThrownIsAFailure(ExecutorKind kind) throws Exception {
      try (ExecutorService executor = kind.of(2)) {
        BatchResult<Integer, Integer> result =
            Batch.on(executor)
                .collect(
                    List.of(1),
                    i -> {
                      throw new CancellationException("of the work");
                    });
        assertThat(result.failures())
            .singleElement()
            .extracting(Outcome.Failure::cause)
            .isInstanceOf(CancellationException.class);
        assertThat(result.stopped()).isEmpty();
      }
    }
  }

  /** A window of submitted tasks. */
  @Nested
  class D13 {
    /** There, the list of futures, and with it every result, was kept to the end. */
    @ParameterizedTest
    @EnumSource
    void whatWasHandedOutIsNotKept(ExecutorKind kind) throws Exception {
      try (ExecutorService executor = kind.of(1);
          Outcomes<Integer, Object> outcomes =
              Batch.on(executor)
                  .window(1)
                  .asCompleted(Stream.iterate(0, i -> i + 1).iterator(), i -> new byte[100_000])) {
        WeakReference<Object> value = new WeakReference<>(valueOf(outcomes));
        Deadline deadline = Deadline.after(Blocker.PATIENCE);
        while (value.get() != null) {
          assertThat(deadline.isExpired()).as("kept").isFalse();
          assertThat(outcomes.takeOrNull()).isNotNull();
          System.gc();
        }
      }
    }

    private static Object valueOf(Outcomes<Integer, Object> outcomes) throws Exception {
      return Objects.requireNonNull(outcomes.takeOrNull()).get();
    }
  }
}
