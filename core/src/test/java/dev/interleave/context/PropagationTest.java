// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import static dev.interleave.context.Users.ANN;
import static dev.interleave.context.Users.BOB;
import static dev.interleave.context.Users.NOBODY;
import static dev.interleave.context.Users.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ContractTest;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Contexts on the threads of executors. */
class PropagationTest {
  private static ThreadFactory threads(ThreadKind kind) {
    return kind == ThreadKind.VIRTUAL
        ? Thread.ofVirtual().factory()
        : Thread.ofPlatform().factory();
  }

  @ContractTest
  void taskRunsInTheContextOfWhoSubmits(ThreadKind kind) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(1, threads(kind));
    try (ExecutorService executor = Context.propagating(pool)) {
      Future<String> ann = ANN.call(() -> executor.submit(() -> user()));
      Future<String> bob = BOB.call(() -> executor.submit(() -> user()));
      Future<String> nobody = executor.submit(() -> user());
      assertThat(ann.get()).isEqualTo("ann");
      assertThat(bob.get()).isEqualTo("bob");
      assertThat(nobody.get()).isEqualTo(NOBODY);
      assertThat(pool.submit(() -> Context.CURRENT.get() == null).get()).isTrue();
    }
  }

  @ContractTest
  void wrappedTaskRunsInItsContextWhoeverSubmits(ThreadKind kind) throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(1, threads(kind))) {
      ExecutorService executor = ANN.wrap(pool);
      assertThat(BOB.call(() -> executor.submit(() -> user())).get()).isEqualTo("ann");
      assertThat(executor).asString().contains("Context[user=ann]");
      Callable<String> task = BOB.wrap((Callable<String>) Users::user);
      assertThat(executor.submit(task).get()).isEqualTo("bob"); // the inner one is nearer
    }
  }

  @ContractTest
  void failedTaskLeavesNothingInItsThread(ThreadKind kind) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(1, threads(kind));
    try (ExecutorService executor = Context.propagating(pool)) {
      Future<?> failed =
          ANN.call(() ->
              executor.submit(
                  (Runnable)
                      () -> {
                        throw new IllegalStateException("expected");
                      }));
      assertThatExceptionOfType(Exception.class).isThrownBy(failed::get);
      assertThat(pool.submit(() -> user()).get()).isEqualTo(NOBODY);
    }
  }

  @ContractTest
  void cancelledTaskLeavesNothingInItsThread(ThreadKind kind) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(1, threads(kind));
    try (ExecutorService executor = Context.propagating(pool)) {
      AtomicInteger ran = CancelledTasks.cancel(executor, ANN, BOB);
      assertThat(pool.submit(() -> user()).get()).isEqualTo(NOBODY);
      assertThat(ran).hasValue(0);
    }
  }

  /** Who has to run a task itself runs it in that task's context, and is itself again after it. */
  @Test
  void callerRuns() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    ExecutorService pool =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            new ThreadPoolExecutor.CallerRunsPolicy());
    try (ExecutorService executor = Context.propagating(pool)) {
      Future<Boolean> busy = executor.submit(() -> release.await(1, TimeUnit.DAYS));
      Runnable ofBob = BOB.wrap((Runnable) () -> assertThat(user()).isEqualTo("bob"));
      ANN.run(() -> {
        Thread me = Thread.currentThread();
        List<Thread> ran = new ArrayList<>();
        executor.execute(() -> {
          ran.add(Thread.currentThread());
          assertThat(user()).isEqualTo("ann");
          ofBob.run();
          assertThat(user()).isEqualTo("ann");
        });
        executor.execute(ofBob);
        assertThat(ran).containsExactly(me);
        assertThat(user()).isEqualTo("ann");
      });
      release.countDown();
      assertThat(busy.get()).isTrue();
    }
  }

  @Test
  void rejectedTaskChangesNothing() throws Exception {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    ExecutorService executor = Context.propagating(pool);
    executor.close();
    ANN.run(() -> {
      assertThatExceptionOfType(RejectedExecutionException.class)
          .isThrownBy(() -> executor.execute(() -> {}));
      assertThat(user()).isEqualTo("ann");
    });
    assertThat(pool.isTerminated()).isTrue();
  }

  /** A task submits a task, and so on; each has the context of the one before. */
  @ContractTest
  void nestedSubmissionsPassItOn(ThreadKind kind) throws Exception {
    try (ExecutorService executor =
        Context.propagating(Executors.newCachedThreadPool(threads(kind)))) {
      assertThat(ANN.call(() -> executor.submit(() -> chain(executor, 5))).get())
          .isEqualTo("ann/5ann/4ann/3ann/2ann/1ann/0");
    }
  }

  private static String chain(ExecutorService executor, int depth) throws Exception {
    String mine = user() + "/" + depth;
    return depth == 0 ? mine : mine + executor.submit(() -> chain(executor, depth - 1)).get();
  }

  @Test
  void scheduledTasksRunInTheContextOfTheirScheduling() throws Exception {
    ScheduledExecutorService pool = Executors.newScheduledThreadPool(1);
    try (ScheduledExecutorService executor = Context.propagating(pool)) {
      assertThat(ANN.call(() -> executor.schedule(() -> user(), 1, TimeUnit.MILLISECONDS)).get())
          .isEqualTo("ann");
      List<String> seen = new ArrayList<>();
      CountDownLatch runs = new CountDownLatch(3);
      CountDownLatch runsOfBob = new CountDownLatch(3);
      Runnable note =
          () -> {
            seen.add(user());
            (user().equals("bob") ? runsOfBob : runs).countDown();
          };
      List<Future<?>> repeated = new ArrayList<>();
      ANN.run(() -> {
        repeated.add(executor.scheduleAtFixedRate(note, 0, 1, TimeUnit.MILLISECONDS));
      });
      BOB.run(() -> {
        repeated.add(executor.scheduleWithFixedDelay(note, 0, 1, TimeUnit.MILLISECONDS));
        repeated.add(executor.schedule(note, 0, TimeUnit.MILLISECONDS));
      });
      runs.await();
      runsOfBob.await();
      repeated.forEach(each -> each.cancel(false));
      List<String> all = pool.submit(() -> List.copyOf(seen)).get(); // by the thread that wrote it
      assertThat(all).contains("ann", "bob").doesNotContain(NOBODY);
      assertThat(pool.submit(() -> user()).get()).isEqualTo(NOBODY);
      assertThat(ANN.wrap(pool).submit(() -> user()).get()).isEqualTo("ann");
    }
  }

  @ContractTest
  void threadOfAFactoryLivesInTheContextOfItsMaker(ThreadKind kind) throws Exception {
    ThreadFactory factory = Context.propagating(threads(kind));
    List<String> seen = new ArrayList<>();
    Thread thread = ANN.call(() -> factory.newThread(() -> seen.add(user())));
    BOB.run(thread::start);
    thread.join();
    assertThat(seen).containsExactly("ann");
    try (ExecutorService executor = Executors.newThreadPerTaskExecutor(factory)) {
      assertThat(BOB.call(() -> executor.submit(() -> user())).get()).isEqualTo("bob");
    }
  }

  /** Nothing is inherited: not by a new thread, not by the thread of a pool that grows. */
  @ContractTest
  void plainThreadBeginsEmpty(Actors actors) throws Exception {
    Step<String> step =
        ANN.call(() -> {
          Actor actor = actors.actor("new");
          return actor.startCall(Users::user);
        });
    assertThat(step.result()).isEqualTo(NOBODY);
  }

  private static final class Sum extends ContextForkJoinTask<Integer> {
    private static final long serialVersionUID = 1L;
    private final int from;
    private final int to;

    Sum(int from, int to) {
      this.from = from;
      this.to = to;
    }

    @Override
    protected Integer compute() {
      String mine = user();
      if (to - from < 4) {
        return mine.equals("ann") ? to - from : 1_000_000;
      }
      int middle = (from + to) >>> 1;
      Sum left = new Sum(from, middle);
      left.fork();
      int right = new Sum(middle, to).invoke();
      int sum = right + left.join(); // helps, with tasks of others
      assertThat(user()).isEqualTo(mine);
      return sum;
    }
  }

  @Test
  void forkedTasksTakeItAlong() throws Exception {
    try (ForkJoinPool pool = new ForkJoinPool(4)) {
      List<Sum> ofOthers = BOB.call(() -> List.of(new Sum(0, 500), new Sum(0, 500)));
      ofOthers.forEach(pool::execute);
      Sum ours = ANN.call(() -> new Sum(0, 10_000));
      assertThat(pool.invoke(ours)).isEqualTo(10_000);
      assertThat(ours.getRawResult()).isEqualTo(10_000);
      for (Sum other : ofOthers) {
        assertThat(other.join()).isGreaterThanOrEqualTo(1_000_000);
      }
      assertThat(pool.submit(() -> user()).get()).isEqualTo(NOBODY);
    }
  }
}
