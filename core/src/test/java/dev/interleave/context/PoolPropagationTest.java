// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import static dev.interleave.context.Users.ANN;
import static dev.interleave.context.Users.BOB;
import static dev.interleave.context.Users.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.interleave.pool.Batch;
import dev.interleave.pool.MonitoredPool;
import dev.interleave.pool.Outcome;
import dev.interleave.pool.Pipeline;
import dev.interleave.pool.Rejection;
import dev.interleave.testing.contract.ContractTest;
import dev.interleave.testing.contract.ThreadKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Contexts in this library's own pool, and in batches and pipelines. */
class PoolPropagationTest {
  private static MonitoredPool.Builder pool(ThreadKind kind, int threads) {
    MonitoredPool.Builder pool = MonitoredPool.builder("jobs");
    return kind == ThreadKind.VIRTUAL ? pool.virtual(threads) : pool.threads(threads, threads);
  }

  private static ThreadFactory threads(ThreadKind kind) {
    return kind == ThreadKind.VIRTUAL
        ? Thread.ofVirtual().factory()
        : Thread.ofPlatform().factory();
  }

  /** No thread of it has anything left; asked of each thread, at the same time. */
  private static void assertNothingLeft(ExecutorService pool, int threads) throws Exception {
    CountDownLatch together = new CountDownLatch(threads);
    List<Future<Boolean>> asked = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      asked.add(
          pool.submit(() -> {
            together.countDown();
            together.await();
            return Context.CURRENT.get() == null;
          }));
    }
    for (Future<Boolean> each : asked) {
      assertThat(each.get()).isTrue();
    }
  }

  @ContractTest
  void taskRunsInTheContextOfWhoSubmits(ThreadKind kind) throws Exception {
    MonitoredPool pool = pool(kind, 2).build();
    try (ExecutorService executor = Context.propagating(pool)) {
      Future<String> ann = ANN.call(() -> executor.submit(() -> user()));
      Future<String> bob = BOB.call(() -> executor.submit(() -> user()));
      assertThat(ann.get() + bob.get() + executor.submit(() -> user()).get())
          .isEqualTo("annbobnobody");
      assertNothingLeft(pool, 2);
    }
    assertThat(pool.isTerminated()).isTrue(); // closing the wrapper closes the pool
  }

  @ContractTest
  void taskThatFailsOrIsCancelledLeavesNothing(ThreadKind kind) throws Exception {
    MonitoredPool pool = pool(kind, 1).build();
    try (ExecutorService executor = Context.propagating(pool)) {
      Callable<String> failing =
          () -> {
            throw new IllegalStateException("expected");
          };
      Future<String> failed = ANN.call(() -> executor.submit(failing));
      assertThatExceptionOfType(ExecutionException.class).isThrownBy(failed::get);
      AtomicInteger ran = CancelledTasks.cancel(executor, ANN, BOB);
      assertNothingLeft(pool, 1);
      assertThat(ran).hasValue(0);
    }
  }

  @ContractTest
  void nestedTasksPassItOnAndTheirOwnersKeepTheirs(ThreadKind kind) throws Exception {
    try (ExecutorService executor = Context.propagating(pool(kind, 2).build())) {
      Callable<String> inner = () -> user();
      Callable<String> outer =
          () -> {
            String below = executor.submit(inner).get();
            String other = BOB.call(() -> executor.submit(inner)).get();
            return below + other + user();
          };
      assertThat(ANN.call(() -> executor.submit(outer)).get()).isEqualTo("annbobann");
    }
  }

  @ContractTest
  void whoeverRunsARefusedTaskIsItselfAgain(ThreadKind kind) throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    MonitoredPool pool = pool(kind, 1).queueCapacity(1).rejection(Rejection.CALLER_RUNS).build();
    try (ExecutorService executor = Context.propagating(pool)) {
      CountDownLatch begun = new CountDownLatch(1);
      executor.execute(() -> {
        begun.countDown();
        awaitQuietly(release);
      });
      begun.await();
      executor.execute(() -> {}); // waits
      List<String> seen = new ArrayList<>();
      Runnable ofAnn =
          ANN.wrap((Runnable) () -> seen.add(user() + Thread.currentThread().threadId()));
      BOB.run(() -> {
        executor.execute(ofAnn);
        assertThat(user()).isEqualTo("bob");
      });
      release.countDown();
      assertThat(seen).containsExactly("ann" + Thread.currentThread().threadId());
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @ContractTest
  void closedPoolRefusesAndChangesNothing(ThreadKind kind) throws Exception {
    MonitoredPool pool = pool(kind, 1).build();
    ExecutorService executor = Context.propagating(pool);
    Future<String> before = ANN.call(() -> executor.submit(() -> user()));
    executor.close();
    assertThat(before.get()).isEqualTo("ann");
    ANN.run(() -> {
      assertThatExceptionOfType(RejectedExecutionException.class)
          .isThrownBy(() -> executor.execute(() -> {}));
      assertThat(user()).isEqualTo("ann");
    });
  }

  /** Also those that are given to the pool only when others are done. */
  @ContractTest
  void itemsOfABatchAreDoneInTheContextOfWhoRunsIt(ThreadKind kind) throws Exception {
    MonitoredPool pool = pool(kind, 2).build();
    try (ExecutorService executor = Context.propagating(pool)) {
      Batch batch = Batch.on(executor).window(2);
      List<Integer> items = IntStream.range(0, 20).boxed().toList();
      assertThat(ANN.call(() -> batch.map(items, i -> user()))).hasSize(20).containsOnly("ann");
      assertThat(BOB.call(() -> batch.collect(items, i -> user())).outcomes())
          .allSatisfy(outcome -> assertThat(outcome.get()).isEqualTo("bob"));
      List<Callable<String>> calls = List.of(() -> user(), () -> user());
      String first = ANN.call(() -> batch.firstSuccess(calls));
      assertThat(first).isEqualTo("ann");
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() ->
              ANN.call(() ->
                  batch.map(
                      items,
                      i -> {
                        throw new IllegalStateException(user());
                      })))
          .withRootCauseInstanceOf(IllegalStateException.class)
          .havingRootCause()
          .withMessage("ann");
      assertNothingLeft(pool, 2);
    }
  }

  /** The threads of a pipeline belong to it, and it to whoever has opened it. */
  @ContractTest
  void stagesOfAPipelineRunInTheContextOfWhoOpensIt(ThreadKind kind) throws Exception {
    Pipeline<String, String> pipeline =
        ANN.supply(() ->
            Pipeline.<String>named("orders")
                .threads(Context.propagating(threads(kind)))
                .stage("first", 2, item -> item + user())
                .stage("second", 2, item -> item + user())
                .open());
    assertThat(BOB.call(() -> through(pipeline, "x"))).isEqualTo("xannann");
  }

  /** One that serves many takes the context along with the item. */
  @ContractTest
  void itemsOfAPipelineMayHaveContextsOfTheirOwn(ThreadKind kind) throws Exception {
    record Order(Context context, String text) {}
    Pipeline<Order, String> pipeline =
        Pipeline.<Order>named("orders")
            .threads(threads(kind))
            .stage("first", 1, order -> order.context().call(() -> order.text() + user()))
            .stage("second", 1, text -> text + user())
            .open();
    pipeline.put(new Order(ANN, "x"));
    pipeline.put(new Order(BOB, "y"));
    pipeline.close();
    List<String> all = new ArrayList<>();
    for (Outcome<Order, String> outcome = pipeline.takeOrNull();
        outcome != null;
        outcome = pipeline.takeOrNull()) {
      all.add(outcome.get());
    }
    assertThat(all).containsExactly("xannnobody", "ybobnobody");
  }

  /** A stage that is always of one context. */
  @ContractTest
  void stageMayHaveAContextOfItsOwn(ThreadKind kind) throws Exception {
    Function<String, String> ofAnn = item -> item + user();
    Pipeline<String, String> pipeline =
        Pipeline.<String>named("orders")
            .threads(threads(kind))
            .stage("hers", 1, ANN.wrap(ofAnn)::apply)
            .stage("nobody's", 1, item -> item + user())
            .open();
    assertThat(BOB.call(() -> through(pipeline, "x"))).isEqualTo("xannnobody");
  }

  private static String through(Pipeline<String, String> pipeline, String item) throws Exception {
    pipeline.put(item);
    pipeline.close();
    Outcome<String, String> outcome = pipeline.takeOrNull();
    assertThat(pipeline.takeOrNull()).isNull();
    return Objects.requireNonNull(outcome).get();
  }
}
