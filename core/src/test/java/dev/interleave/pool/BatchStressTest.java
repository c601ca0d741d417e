// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.EndlessExecutor;
import dev.interleave.testing.Stress;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Races between those who run items, those who cancel them, and those who ask for outcomes. */
class BatchStressTest {
  private static final Duration TIME =
      Duration.ofMillis(Boolean.getBoolean("interleave.thorough") ? 5_000 : 300);

  /** Keeps what it is given until somebody runs it. */
  private static final class ByHand extends EndlessExecutor {
    final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }
  }

  /** A batch of one item, which somebody is to run. */
  private static final class One {
    final ByHand executor = new ByHand();
    final AtomicInteger runs = new AtomicInteger();
    final BatchRun<Integer, Integer> run =
        new BatchRun<>(
            Batch.on(executor),
            List.of(7).iterator(),
            OptionalLong.of(1),
            i -> i + runs.incrementAndGet(),
            false);

    One begin() throws InterruptedException {
      run.begin();
      run.fill();
      return this;
    }

    static One create() {
      try {
        return new One().begin();
      } catch (InterruptedException e) {
        throw new AssertionError("nobody interrupts", e);
      }
    }

    void execute() {
      Objects.requireNonNull(executor.tasks.peek()).run();
    }

    boolean runIsInterrupted() {
      execute();
      return Thread.currentThread().isInterrupted();
    }

    void cancel() {
      run.stop(new CancellationException());
    }

    String outcome() throws InterruptedException {
      Outcome<Integer, Integer> outcome = Objects.requireNonNull(run.take());
      @Nullable Outcome<Integer, Integer> more = run.take();
      String kind = outcome.getClass().getSimpleName();
      return kind + ", runs " + runs + (more == null ? "" : ", and again " + more);
    }
  }

  @ParameterizedTest
  @EnumSource
  void cancelAgainstCompletion(ThreadKind kind) throws Exception {
    Stress.on(One::create)
        .actorReturning("runs", One::runIsInterrupted)
        .actor("cancels", One::cancel)
        .arbiter(One::outcome)
        .expect(Stress.outcome(false, "Success, runs 1"), "done before")
        .expect(Stress.outcome(false, "Cancelled, runs 1"), "while it ran")
        .expect(Stress.outcome(false, "NotStarted, runs 0"), "taken back")
        .forbid(Stress.outcome(true, "Cancelled, runs 1"), "the interrupt outlived the item")
        .threads(kind)
        .run(TIME)
        .assertHolds();
  }

  /** An executor that is mad, or a future that somebody runs again. */
  @ParameterizedTest
  @EnumSource
  void noItemIsBegunTwice(ThreadKind kind) throws Exception {
    Stress.on(One::create)
        .actor("runs", One::execute)
        .actor("runs as well", One::execute)
        .arbiter(One::outcome)
        .expect("Success, runs 1", "once")
        .threads(kind)
        .run(TIME)
        .assertHolds();
  }

  /** Whoever cancels, and whenever: each item that was begun has one outcome, and all are heard. */
  @ParameterizedTest
  @EnumSource
  void eachItemHasOneOutcomeUnderManySchedules(ExecutorKind kind) throws Exception {
    SplittableRandom random = new SplittableRandom(11);
    try (ExecutorService executor = kind.of(3)) {
      for (long start = System.nanoTime(); System.nanoTime() - start < TIME.toNanos(); ) {
        int items = random.nextInt(40);
        int left = random.nextInt(items + 10);
        boolean ordered = random.nextBoolean();
        AtomicInteger begun = new AtomicInteger();
        Batch batch = Batch.on(executor).window(1 + random.nextInt(8));
        Work<Integer, Integer> work =
            i -> {
              begun.incrementAndGet();
              if (i % 3 == 0) {
                LockSupport.parkNanos(1_000L * (i % 7));
              }
              return i;
            };
        var inputs = IntStream.range(0, items).iterator();
        try (Outcomes<Integer, Integer> outcomes =
            ordered ? batch.inOrder(inputs, work) : batch.asCompleted(inputs, work)) {
          boolean[] seen = new boolean[items];
          long next = 0;
          for (int taken = 0; taken < left; taken++) {
            Outcome<Integer, Integer> outcome = outcomes.takeOrNull();
            if (outcome == null) {
              assertThat(taken).isEqualTo(items);
              break;
            }
            assertThat(outcome.isSuccess()).isTrue();
            assertThat(seen[outcome.input()]).as("again").isFalse();
            seen[outcome.input()] = true;
            if (ordered) {
              assertThat(outcome.index()).isEqualTo(next);
              next++;
            }
          }
        }
        assertThat(begun.get()).isLessThanOrEqualTo(items);
      }
    }
  }
}
