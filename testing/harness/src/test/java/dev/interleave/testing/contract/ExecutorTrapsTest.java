// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnJre;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.parallel.Execution;

/**
 * Where executors of JDK 25 fail the kit. Should one of these tests fail, the JDK has been mended,
 * and the tests of those executors can run the kit whole.
 *
 * <ul>
 *   <li>{@code invokeAll} with a time of {@code Long.MIN_VALUE} waits for 292 years, since what is
 *       left of it is computed by a subtraction that overflows.
 *   <li>{@code ForkJoinPool}: a {@code cancel} that meets the end of the task may say false and yet
 *       make the task a cancelled one, whose result is lost. {@code ForkJoinTask.trySetCancelled}
 *       looks whether the task is done and then adds the marks of a cancelled one by {@code
 *       getAndBitwiseOr}, which it also does if the task became done in between.
 *   <li>{@code ForkJoinPool}: shut down while others submit, it may never terminate, although it
 *       has run all it accepted and its workers are idle.
 * </ul>
 */
@EnabledOnJre(JRE.JAVA_25)
class ExecutorTrapsTest {
  private static final String TEST = "leastTimeDoesNotOverflow";

  /** How long to try at most; it takes milliseconds. */
  private static final long TRYING_NANOS = 60_000_000_000L;

  /** How long a task takes to begin on a machine that is not busy. */
  private static final long BEGINNING_NANOS = 50_000;

  @Test
  @Execution(CONCURRENT) // waits for a hang to be noticed
  void forkJoinPoolWaitsForTheLeastTime() {
    assertHangs(ForkJoinKit.class);
  }

  @Test
  @Execution(CONCURRENT) // waits for a hang to be noticed
  void threadPerTaskExecutorWaitsForTheLeastTime() {
    assertHangs(PerTaskKit.class);
  }

  /** Some thousand cancellations, each a little later than the one before, meet the window. */
  @Test
  void forkJoinPoolCancelsWhatItSaysItCouldNot() {
    boolean seen = false;
    try (ExecutorService pool = new ForkJoinPool(2)) {
      long start = System.nanoTime();
      for (int i = 0; !seen && System.nanoTime() - start < TRYING_NANOS; i++) {
        AtomicBoolean begun = new AtomicBoolean();
        Future<String> future =
            pool.submit(() -> {
              begun.setOpaque(true);
              return "done";
            });
        long submitted = System.nanoTime();
        while (!begun.getOpaque() && System.nanoTime() - submitted < BEGINNING_NANOS) {
          Thread.onSpinWait();
        }
        for (int later = i % 64; later > 0; later--) {
          Thread.onSpinWait();
        }
        seen = !future.cancel(false) && future.state() == Future.State.CANCELLED;
      }
    }
    assertThat(seen).as("cancel said false, and the task was cancelled all the same").isTrue();
  }

  /** Some pools are enough. Asked once more whether it has terminated, the pool does. */
  @Test
  void forkJoinPoolClosedInTrafficMayNeverEnd() throws InterruptedException {
    boolean seen = false;
    long start = System.nanoTime();
    for (int i = 0; !seen && System.nanoTime() - start < TRYING_NANOS; i++) {
      AtomicInteger accepted = new AtomicInteger();
      AtomicInteger run = new AtomicInteger();
      ForkJoinPool pool = new ForkJoinPool(2);
      List<Thread> clients =
          Stream.generate(() -> Thread.ofPlatform().start(() -> submitAll(pool, accepted, run)))
              .limit(3)
              .toList();
      while (accepted.get() < 20 * (i % 16)) {
        Thread.onSpinWait();
      }
      Thread closer = Thread.ofPlatform().start(pool::close);
      for (Thread client : clients) {
        client.join();
      }
      seen = !closer.join(Duration.ofSeconds(2)) && run.get() == accepted.get();
      assertThat(pool.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
      closer.join();
    }
    assertThat(seen).as("all was run, and close() waited on").isTrue();
  }

  private static void submitAll(ForkJoinPool pool, AtomicInteger accepted, AtomicInteger run) {
    try {
      while (true) {
        pool.execute(run::incrementAndGet);
        accepted.incrementAndGet();
      }
    } catch (RejectedExecutionException e) {
      assertThat(pool.isShutdown()).isTrue();
    }
  }

  private static void assertHangs(Class<?> kit) {
    KitRun run = KitRun.some(kit, List.of(TEST), Map.of());
    assertThat(run.failed()).containsExactly(TEST);
    assertThat(run.failures())
        .allSatisfy(failure ->
            assertThat(failure)
                .hasMessageContaining("is not done")
                .hasMessageContaining("invokeAll"));
  }

  static class ForkJoinKit extends ExecutorServiceContract {
    @Override
    protected ExecutorService create(int threads) {
      return new ForkJoinPool(threads);
    }

    @Override
    protected Duration patience() {
      return Duration.ofSeconds(1);
    }
  }

  static class PerTaskKit extends ExecutorServiceContract {
    @Override
    protected ExecutorService create(int threads) {
      return Executors.newVirtualThreadPerTaskExecutor();
    }

    @Override
    protected Duration patience() {
      return Duration.ofSeconds(1);
    }
  }
}
