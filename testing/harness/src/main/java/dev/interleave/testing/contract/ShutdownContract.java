// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** How an executor ends: in order, in a hurry, and for whoever waits for it. */
abstract class ShutdownContract extends InvocationContract {
  private static final long MICROS = 20_000;
  private static final int WAITING = 5;

  /** shutdown() lets all that was submitted run to its end, and the executor ends after that. */
  @ContractTest
  public void shutdownRunsWhatWasSubmitted(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    try (Workplace place = workplace()) {
      ExecutorService executor = place.executor();
      List<Held> running = client.call(() -> place.occupy(THREADS));
      AtomicInteger ran = new AtomicInteger();
      List<Future<?>> waiting = new ArrayList<>();
      for (int i = 0; i < WAITING; i++) {
        waiting.add(client.call(() -> executor.submit(ran::incrementAndGet)));
      }
      assertFalse(executor.isShutdown(), "isShutdown() before");
      client.run(executor::shutdown);
      assertTrue(executor.isShutdown(), "isShutdown()");
      assertFalse(executor.isTerminated(), "isTerminated() while tasks run");
      client.run(executor::shutdown); // no harm
      for (Held task : running) {
        task.assertNotInterrupted();
        task.release();
      }
      for (Future<?> future : waiting) {
        client.run(future::get);
      }
      place.assertTerminates();
      assertEquals(WAITING, ran.get(), "run after shutdown()");
    }
  }

  /** An executor that never ran anything ends at once. */
  @ContractTest
  public void unusedExecutorEnds(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    try (Workplace place = workplace()) {
      client.run(place.executor()::shutdown);
      place.assertTerminates();
    }
    try (Workplace place = workplace()) {
      assertEquals(List.of(), client.call(place.executor()::shutdownNow));
      place.assertTerminates();
    }
    try (Workplace place = workplace()) {
      client.run(place.executor()::close);
      place.assertTerminates();
    }
  }

  /** After shutdown() each form rejects, while the last tasks run and after, and runs nothing. */
  @ContractTest
  public void shutDownExecutorRejects(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    AtomicInteger ran = new AtomicInteger();
    for (boolean busy : new boolean[] {true, false}) {
      for (boolean now : new boolean[] {true, false}) {
        try (Workplace place = workplace()) {
          if (busy) {
            Held task = place.stubborn();
            client.run(() -> place.executor().execute(task));
            task.awaitBegun();
          }
          client.run(now ? place.executor()::shutdownNow : place.executor()::shutdown);
          for (Submission how : Submission.ALL) {
            client
                .start(() -> how.to(place.executor(), ran::incrementAndGet))
                .failure(RejectedExecutionException.class);
          }
        }
      }
    }
    assertEquals(0, ran.get(), "rejected, but run");
  }

  /** shutdownNow() interrupts what runs, if promised. */
  @ContractTest
  public void shutdownNowEndsWhatRuns(Actors actors) throws InterruptedException {
    assumeTrue(shutdownNowInterrupts(), "running tasks need not be interrupted");
    Actor client = actors.actor("client");
    try (Workplace place = workplace()) {
      List<Held> running = client.call(() -> place.occupy(THREADS));
      client.run(place.executor()::shutdownNow);
      assertTrue(place.executor().isShutdown(), "isShutdown()");
      for (Held task : running) {
        task.awaitInterrupted();
        task.awaitEnded();
      }
      place.assertTerminates();
      assertEquals(List.of(), client.call(place.executor()::shutdownNow), "the second time");
    }
  }

  /** shutdownNow() runs no task that has not begun, and returns those, if promised. */
  @ContractTest
  public void shutdownNowDropsWhatWaits(Actors actors) throws InterruptedException {
    assumeLimited();
    Actor client = actors.actor("client");
    for (boolean after : new boolean[] {true, false}) { // after an orderly shutdown or not
      try (Workplace place = workplace()) {
        List<Held> running = client.call(() -> place.occupy(THREADS));
        List<Held> waiting = new ArrayList<>();
        for (int i = 0; i < WAITING; i++) {
          Held task = place.held();
          waiting.add(task);
          client.run(() -> place.executor().execute(task));
        }
        if (after) {
          client.run(place.executor()::shutdown);
        }
        List<Runnable> dropped = client.call(place.executor()::shutdownNow);
        running.forEach(Held::release);
        place.assertTerminates();
        waiting.forEach(Held::assertNotBegun);
        if (shutdownNowReturnsWaiting()) {
          assertEquals(WAITING, dropped.size(), "returned by shutdownNow()");
        }
      }
    }
  }

  /** An executor has not ended while a task runs, however little that task heeds. */
  @ContractTest
  public void executorEndsWithItsLastTask(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    try (Workplace place = workplace()) {
      Held task = place.stubborn();
      client.run(() -> place.executor().execute(task));
      task.awaitBegun();
      client.run(place.executor()::shutdownNow);
      if (shutdownNowInterrupts()) {
        task.awaitInterrupted();
      }
      assertFalse(place.executor().isTerminated(), "isTerminated() while a task runs");
      assertFalse(
          client.ask(() -> place.executor().awaitTermination(1, TimeUnit.MILLISECONDS)),
          "awaitTermination while a task runs");
      task.release();
      place.assertTerminates();
    }
  }

  /** awaitTermination returns false after its time, not before, and true when all has ended. */
  @ContractTest
  public void awaitTerminationGivesUpAfterItsTime(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    try (Workplace place = workplace()) {
      ExecutorService executor = place.executor();
      Held task = client.call(() -> place.occupy(1)).get(0);
      for (boolean shutdown : new boolean[] {false, true}) {
        if (shutdown) {
          client.run(executor::shutdown);
        }
        long waited =
            client.call(() -> {
              long start = System.nanoTime();
              assertFalse(executor.awaitTermination(MICROS, TimeUnit.MICROSECONDS), "task runs");
              return System.nanoTime() - start;
            });
        assertNotBefore(TimeUnit.MICROSECONDS.toNanos(MICROS), waited);
        for (long time : new long[] {0, -1, Long.MIN_VALUE}) {
          assertFalse(
              client.ask(() -> executor.awaitTermination(time, TimeUnit.DAYS)),
              () -> "awaitTermination while a task runs, " + time);
        }
      }
      task.release();
      for (long time : new long[] {Long.MAX_VALUE, 0, -1}) {
        assertTrue(
            client.ask(() -> executor.awaitTermination(time, TimeUnit.DAYS)),
            () -> "awaitTermination after the end, " + time);
      }
    }
  }

  /** All who wait for the end of an executor are told. */
  @ContractTest
  public void everyoneLearnsOfTheEnd(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    try (Workplace place = workplace()) {
      Held task = client.call(() -> place.occupy(1)).get(0);
      List<Step<Boolean>> waiting = new ArrayList<>();
      for (Actor waiter : actors.actors(4, "waiter")) {
        TimeUnit unit = waiting.size() % 2 == 0 ? TimeUnit.DAYS : TimeUnit.NANOSECONDS;
        waiting.add(
            waiter.startCall(() -> place.executor().awaitTermination(Long.MAX_VALUE, unit)));
      }
      Step<?> closing = actors.actor("closer").start(place.executor()::close);
      closing.awaitBlocked();
      for (Step<Boolean> step : waiting) {
        step.awaitBlocked();
      }
      task.release();
      for (Step<Boolean> step : waiting) {
        assertTrue(step.result(), "awaitTermination without an end of the time");
      }
      closing.result();
    }
  }

  /** Who is interrupted, before or while waiting for the end, leaves; the tasks go on. */
  @ContractTest
  public void interruptedWaiterForTheEndLeaves(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    Actor waiter = actors.actor("waiter");
    try (Workplace place = workplace()) {
      ExecutorService executor = place.executor();
      Held task = client.call(() -> place.occupy(1)).get(0);
      client.run(executor::shutdown);
      Step<Boolean> waiting = waiter.startCall(() -> executor.awaitTermination(1, TimeUnit.DAYS));
      waiting.awaitBlocked();
      waiter.interrupt();
      assertInterrupted(waiting);
      assertInterrupted(
          waiter.startCall(() -> {
            Thread.currentThread().interrupt();
            return executor.awaitTermination(1, TimeUnit.DAYS);
          }));
      task.assertNotInterrupted();
    }
  }

  /** close() waits until all that was submitted has run, and does no harm a second time. */
  @ContractTest
  public void closeWaitsForTheTasks(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    Actor closer = actors.actor("closer");
    AtomicInteger ran = new AtomicInteger();
    try (Workplace place = workplace()) {
      List<Held> running = client.call(() -> place.occupy(THREADS));
      client.run(() -> place.executor().execute(ran::incrementAndGet));
      Step<?> closing = closer.start(place.executor()::close);
      closing.awaitBlocked();
      client
          .start(() -> place.executor().execute(ran::incrementAndGet))
          .failure(RejectedExecutionException.class);
      for (Held task : running) {
        task.assertNotInterrupted();
        closing.assertNotDone();
        task.release();
      }
      closing.result();
      assertTrue(place.executor().isTerminated(), "isTerminated() after close()");
      assertEquals(1, ran.get(), "run before the end of close()");
      closer.run(place.executor()::close);
    }
  }

  /** Who is interrupted in close() ends the tasks, waits for that, and stays interrupted. */
  @ContractTest
  public void interruptedCloseHurries(Actors actors) throws InterruptedException {
    assumeTrue(shutdownNowInterrupts(), "running tasks need not be interrupted");
    Actor client = actors.actor("client");
    Actor closer = actors.actor("closer");
    for (boolean before : new boolean[] {true, false}) {
      try (Workplace place = workplace()) {
        Held task = client.call(() -> place.occupy(1)).get(0);
        Step<@Nullable Void> closing =
            closer.start(() -> {
              if (before) {
                Thread.currentThread().interrupt();
              }
              place.executor().close();
            });
        if (!before) {
          closing.awaitBlocked();
          closer.interrupt();
        }
        task.awaitInterrupted();
        closing.result();
        assertTrue(closing.endedInterrupted(), "close() cleared the interrupt status");
        assertTrue(place.executor().isTerminated(), "isTerminated() after close()");
      }
    }
  }

  /** The threads that ran the tasks are gone when the executor has ended, if they are its own. */
  @ContractTest
  public void noThreadIsLeftBehind(Actors actors) throws InterruptedException {
    assumeTrue(ownsThreads(), "the threads belong to others");
    Actor client = actors.actor("client");
    for (boolean now : new boolean[] {true, false}) {
      Workplace place = workplace(4);
      List<Held> running = client.call(() -> place.occupy(4));
      running.forEach(Held::release);
      for (Held task : running) {
        task.awaitEnded();
      }
      client.run(now ? place.executor()::shutdownNow : place.executor()::shutdown);
      place.close(); // looks for them
    }
  }
}
