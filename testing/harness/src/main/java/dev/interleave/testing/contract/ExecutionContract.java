// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What becomes of a task that is handed to an executor. */
abstract class ExecutionContract extends ExecutorContract {
  private static final int TASKS = 12;
  private static final int RACERS = 3;

  /** Every form runs the task, once. */
  @ContractTest
  public void everyFormRunsTheTask(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    try (Workplace place = workplace()) {
      for (Submission how : Submission.ALL) {
        AtomicInteger runs = new AtomicInteger();
        client.run(() -> how.to(place.executor(), runs::incrementAndGet));
        Waiting.until(() -> runs.get() > 0, patience(), () -> "not run by " + how);
        client.run(() -> place.executor().submit(place::enter).get()); // a chance to run it again
        assertEquals(1, runs.get(), () -> "runs by " + how);
      }
    }
  }

  /** Every form that has a result delivers it. */
  @ContractTest
  public void resultsAreDelivered(Actors actors) throws InterruptedException {
    try (Workplace place = workplace()) {
      ExecutorService executor = place.executor();
      actors
          .actor("client")
          .run(() -> {
            assertNull(executor.submit(place::enter).get(), "of a Runnable");
            assertEquals("given", executor.submit(place::enter, "given").get(), "of a Runnable");
            assertEquals("made", executor.submit(() -> "made").get(), "of a Callable");
            assertNull(executor.submit(() -> null).get(), "null of a Callable");
            assertEquals("any", executor.invokeAny(List.of(() -> "any")), "invokeAny");
            List<Callable<Integer>> tasks = List.of(() -> 1, () -> 2, () -> 3);
            List<Integer> results = new ArrayList<>();
            for (Future<Integer> future : executor.invokeAll(tasks)) {
              results.add(future.resultNow());
            }
            assertEquals(List.of(1, 2, 3), results, "invokeAll");
          });
    }
  }

  /** Those that do not wait return while the task runs. */
  @ContractTest
  public void submissionDoesNotWaitForTheTask(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    for (Submission how : Submission.NOT_WAITING) {
      try (Workplace place = workplace()) {
        Held task = place.held();
        client.run(() -> how.to(place.executor(), task));
        task.awaitBegun();
        task.release();
        task.awaitEnded();
      }
    }
  }

  /** As many tasks run at once as the executor was made for. */
  @ContractTest
  public void enoughTasksRunAtOnce(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    for (int threads = 1; threads <= 4; threads++) {
      try (Workplace place = workplace(threads)) {
        int tasks = threads;
        for (int round = 0; round < 2; round++) { // new threads, then the same ones again
          List<Held> running = client.call(() -> place.occupy(tasks));
          running.forEach(Held::release);
          for (Held task : running) {
            task.awaitEnded();
          }
        }
      }
    }
  }

  /** Tasks beyond that wait, and run when others have ended. */
  @ContractTest
  public void waitingTasksGetTheirTurn(Actors actors) throws InterruptedException {
    assumeLimited();
    Actor client = actors.actor("client");
    try (Workplace place = workplace()) {
      List<Held> running = client.call(() -> place.occupy(THREADS));
      CountDownLatch done = new CountDownLatch(TASKS);
      for (int i = 0; i < TASKS; i++) {
        client.run(() -> place.executor().execute(done::countDown));
      }
      assertEquals(TASKS, done.getCount(), "tasks that have to wait");
      running.get(0).release();
      assertTrue(
          done.await(Waiting.nanos(patience()), TimeUnit.NANOSECONDS),
          () -> done.getCount() + " tasks still wait: " + place.executor());
      running.get(1).assertNotInterrupted();
    }
  }

  /** No more tasks run at once than the executor was made for: a stress. */
  @ContractTest
  public void limitIsNeverPassed(Actors actors) throws InterruptedException {
    assumeLimited();
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (Workplace place = workplace()) {
      actors.race(
          actors.actors(RACERS, "client"),
          stressTime(),
          (racer, round) -> {
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < THREADS + 1; i++) {
              futures.add(
                  place
                      .executor()
                      .submit(() -> {
                        most.accumulateAndGet(running.incrementAndGet(), Math::max);
                        pause();
                        running.decrementAndGet();
                      }));
            }
            for (Future<?> future : futures) {
              future.get();
            }
          });
    }
    assertTrue(most.get() <= THREADS, () -> most + " at once, in " + THREADS + " threads");
  }

  /** In a single thread, tasks begin in the order of their submission, if promised. */
  @ContractTest
  public void tasksBeginInOrder(Actors actors) throws InterruptedException {
    assumeLimited();
    assumeTrue(inOrder(), "no order is promised");
    Actor client = actors.actor("client");
    List<Integer> order = new CopyOnWriteArrayList<>();
    List<Integer> expected = new ArrayList<>();
    try (Workplace place = workplace(1)) {
      Held first = client.call(() -> place.occupy(1)).get(0);
      List<Future<?>> futures = new ArrayList<>();
      for (int i = 0; i < TASKS; i++) {
        int number = i;
        futures.add(client.call(() -> place.executor().submit(() -> order.add(number))));
        expected.add(number);
      }
      first.release();
      for (Future<?> future : futures) {
        client.run(future::get);
      }
    }
    assertEquals(expected, order);
  }

  /** What a task throws is delivered, whatever it is. */
  @ContractTest
  public void failuresAreDelivered(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    try (Workplace place = workplace()) {
      List<Throwable> failures =
          List.of(new IllegalStateException("unchecked"), new IOException("checked"), new Bug());
      for (Throwable failure : failures) {
        Callable<String> failing = () -> raise(failure);
        Future<String> future = client.call(() -> place.executor().submit(failing));
        for (int i = 0; i < 2; i++) { // it stays like that
          assertCausedBy(failure, client.startCall(future::get).failure(ExecutionException.class));
        }
        assertState(Future.State.FAILED, future);
        assertThrows(IllegalStateException.class, future::resultNow);
        Future<String> one = client.call(() -> place.executor().invokeAll(List.of(failing))).get(0);
        assertCausedBy(failure, client.startCall(one::get).failure(ExecutionException.class));
        if (deliversFailuresAsThrown()) {
          assertSame(failure, future.exceptionNow(), "exceptionNow()");
        }
      }
    }
  }

  /** A task that throws, by whatever form, does not take a thread with it. */
  @ContractTest
  public void failedTaskLeavesAWorkingExecutor(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    try (Workplace place = workplace()) {
      for (int i = 0; i < 2 * THREADS; i++) {
        CountDownLatch failing = new CountDownLatch(1);
        Error bug = new Bug();
        client.run(() ->
            place
                .executor()
                .execute(() -> {
                  quietly();
                  failing.countDown();
                  throw bug;
                }));
        assertTrue(failing.await(Waiting.nanos(patience()), TimeUnit.NANOSECONDS), "not run");
        Future<?> future = client.call(() -> place.executor().submit(() -> raise(bug)));
        client.startCall(future::get).failure(ExecutionException.class);
      }
      client.run(() -> place.occupy(THREADS));
    }
  }

  /** An interrupt that a task leaves behind does not reach the next one, if promised. */
  @ContractTest
  public void interruptStaysWithItsTask(Actors actors) throws InterruptedException {
    assumeTrue(clearsInterrupts(), "an interrupt may stay behind");
    Actor client = actors.actor("client");
    try (Workplace place = workplace(1)) {
      for (int i = 0; i < TASKS; i++) {
        List<Future<Boolean>> interrupted = new ArrayList<>();
        client.run(() -> {
          place.executor().execute(() -> Thread.currentThread().interrupt());
          interrupted.add(place.executor().submit(() -> Thread.currentThread().isInterrupted()));
        });
        assertFalse(client.ask(interrupted.get(0)::get), "the next task is interrupted");
      }
    }
  }

  /** Null is refused everywhere, and nothing of the like is run. */
  @ContractTest
  @SuppressWarnings({"NullAway", "FutureReturnValueIgnored"}) // that is the test; there is none
  public void nullIsRefused(Actors actors) throws InterruptedException {
    try (Workplace place = workplace()) {
      ExecutorService executor = place.executor();
      List<Callable<String>> withNull = Arrays.asList((Callable<String>) null);
      List<Callable<String>> good = List.of(() -> "good");
      List<Task> refused =
          List.of(
              () -> executor.execute(null),
              () -> executor.submit((Runnable) null),
              () -> executor.submit(null, "result"),
              () -> executor.submit((Callable<String>) null),
              () -> executor.invokeAll(null),
              () -> executor.invokeAll(withNull),
              () -> executor.invokeAll(null, 1, TimeUnit.DAYS),
              () -> executor.invokeAll(withNull, 1, TimeUnit.DAYS),
              () -> executor.invokeAll(good, 1, null),
              () -> executor.invokeAny(null),
              () -> executor.invokeAny(withNull),
              () -> executor.invokeAny(null, 1, TimeUnit.DAYS),
              () -> executor.invokeAny(withNull, 1, TimeUnit.DAYS),
              () -> executor.invokeAny(good, 1, null),
              () -> executor.awaitTermination(1, null));
      Actor client = actors.actor("client");
      for (Task task : refused) {
        client.start(task).failure(NullPointerException.class);
      }
      client.run(() -> place.occupy(THREADS));
    }
  }

  /**
   * What was written before the submission is seen by the task, and what the task wrote is seen by
   * whoever got its result: a stress.
   */
  @ContractTest
  public void taskAndClientSeeWhatTheOtherWrote(Actors actors) throws InterruptedException {
    long[][] plain = new long[RACERS][2];
    try (Workplace place = workplace()) {
      actors.race(
          actors.actors(RACERS, "client"),
          stressTime(),
          (racer, round) -> {
            long[] mine = plain[racer];
            mine[0] = round;
            Runnable task =
                () -> {
                  pause();
                  mine[1] = mine[0] + 1;
                };
            switch (round % 3) {
              case 0 -> place.executor().submit(task).get();
              case 1 -> place.executor().submit(task, "done").get(1, TimeUnit.DAYS);
              default -> Submission.INVOKE_ALL.to(place.executor(), task);
            }
            assertEquals(round + 1, mine[1], "written by the task, after its end");
          });
    }
  }

  /** Two executors know nothing of each other. */
  @ContractTest
  public void anotherExecutorIsAnotherExecutor(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    try (Workplace place = workplace()) {
      Held task = client.call(() -> place.occupy(1)).get(0);
      try (Workplace other = workplace()) {
        client.run(() -> other.occupy(THREADS));
      }
      task.assertNotInterrupted();
      assertFalse(place.executor().isShutdown(), "another one has been shut down");
      client.run(() -> place.occupy(THREADS - 1));
    }
  }

  /** Gives others a chance to run, so that what overlaps is seen to. */
  @SuppressWarnings("ThreadPriorityCheck")
  static void pause() {
    Thread.yield();
  }

  /** What this thread is about to throw is expected, and nobody needs to read of it. */
  private static void quietly() {
    Thread.currentThread().setUncaughtExceptionHandler((thread, expected) -> {});
  }

  @SuppressWarnings("TypeParameterUnusedInFormals") // for whatever the task would return
  private static <T> T raise(Throwable failure) throws Exception {
    if (failure instanceof Error error) {
      throw error;
    }
    throw (Exception) failure;
  }

  /** An Error that no handler could take for one of the JVM. */
  private static final class Bug extends Error {
    private static final long serialVersionUID = 1;

    Bug() {
      super("a bug in a task");
    }
  }
}
