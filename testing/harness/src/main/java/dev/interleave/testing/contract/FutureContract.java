// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What the {@link Future} of a task tells, how it is waited for, and how the task is called off.
 */
abstract class FutureContract extends ExecutionContract {
  private static final long MICROS = 20_000;
  private static final int WAITERS = 4;

  /** A future says truly whether its task is done, and how it ended. */
  @ContractTest
  public void futureTellsItsState(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    try (Workplace place = workplace()) {
      Held task = place.held();
      Future<String> future = submit(client, place, task);
      task.awaitBegun();
      client.run(() -> {
        assertState(Future.State.RUNNING, future);
        assertThrows(IllegalStateException.class, future::resultNow);
        assertThrows(IllegalStateException.class, future::exceptionNow);
      });
      task.release();
      String result = client.call(future::get);
      client.run(() -> {
        assertState(Future.State.SUCCESS, future);
        assertEquals(task.toString(), result, "get()");
        assertEquals(result, future.get(0, TimeUnit.SECONDS), "timed get()");
        assertEquals(result, future.resultNow(), "resultNow()");
        assertThrows(IllegalStateException.class, future::exceptionNow);
      });
    }
  }

  /** All who wait for a result get it. */
  @ContractTest
  public void everyWaiterGetsTheResult(Actors actors) throws InterruptedException {
    try (Workplace place = workplace()) {
      Held task = place.held();
      Future<String> future = submit(actors.actor("client"), place, task);
      List<Step<String>> waiting = new ArrayList<>();
      for (Actor waiter : actors.actors(WAITERS, "waiter")) {
        boolean timed = waiting.size() % 2 == 0;
        waiting.add(waiter.startCall(() -> timed ? future.get(1, TimeUnit.DAYS) : future.get()));
      }
      for (Step<String> step : waiting) {
        step.awaitBlocked();
      }
      task.release();
      for (Step<String> step : waiting) {
        assertEquals(task.toString(), step.result());
      }
    }
  }

  /** The timed get throws when its time is over, not before, and the task goes on. */
  @ContractTest
  public void timedGetGivesUpAfterItsTime(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    try (Workplace place = workplace()) {
      Held task = place.held();
      Future<String> future = submit(client, place, task);
      long waited =
          client.call(() -> {
            long start = System.nanoTime();
            assertThrows(TimeoutException.class, () -> future.get(MICROS, TimeUnit.MICROSECONDS));
            return System.nanoTime() - start;
          });
      assertNotBefore(TimeUnit.MICROSECONDS.toNanos(MICROS), waited);
      for (long time : new long[] {0, -1, Long.MIN_VALUE}) {
        client.run(
            () -> assertThrows(TimeoutException.class, () -> future.get(time, TimeUnit.SECONDS)));
      }
      task.awaitBegun();
      task.assertNotInterrupted();
      task.release();
      assertEquals(task.toString(), client.call(future::get));
    }
  }

  /** The timed get refuses null for the unit. */
  @ContractTest
  @SuppressWarnings("NullAway") // that is the test
  public void getRefusesNullUnit(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    try (Workplace place = workplace()) {
      Future<String> future = submit(client, place, place.held());
      client.start(() -> future.get(1, null)).failure(NullPointerException.class);
    }
  }

  /** Who is interrupted, before or while waiting for a result, leaves; the task goes on. */
  @ContractTest
  public void interruptedWaiterLeaves(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    Actor waiter = actors.actor("waiter");
    try (Workplace place = workplace()) {
      Held task = place.held();
      Future<String> future = submit(client, place, task);
      List<Callable<String>> forms = List.of(future::get, () -> future.get(1, TimeUnit.DAYS));
      for (Callable<String> get : forms) {
        Step<String> waiting = waiter.startCall(get);
        waiting.awaitBlocked();
        waiter.interrupt();
        assertInterrupted(waiting);
        assertInterrupted(
            waiter.startCall(() -> {
              Thread.currentThread().interrupt();
              return get.call();
            }));
      }
      task.assertNotInterrupted();
      task.release();
      assertEquals(task.toString(), client.call(future::get));
    }
  }

  /** A cancelled task is done at once: all who wait are told, and it is interrupted if promised. */
  @ContractTest
  public void runningTaskIsCancelled(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    try (Workplace place = workplace()) {
      Held task = place.held();
      Future<String> future = submit(client, place, task);
      task.awaitBegun();
      List<Step<String>> waiting = new ArrayList<>();
      for (Actor waiter : actors.actors(WAITERS, "waiter")) {
        waiting.add(waiter.startCall(future::get));
      }
      for (Step<String> step : waiting) {
        step.awaitBlocked();
      }
      assertTrue(client.ask(() -> future.cancel(true)), "cancel of a running task");
      assertCancelled(client, future);
      for (Step<String> step : waiting) {
        step.failure(CancellationException.class);
      }
      if (cancelInterrupts()) {
        task.awaitInterrupted();
        task.awaitEnded();
      }
    }
  }

  /** Without an interrupt a cancelled task runs to its end, of which no one learns. */
  @ContractTest
  public void runningTaskIsCancelledWithoutInterrupt(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    try (Workplace place = workplace()) {
      Held task = place.held();
      Future<String> future = submit(client, place, task);
      task.awaitBegun();
      assertTrue(client.ask(() -> future.cancel(false)), "cancel of a running task");
      assertCancelled(client, future);
      task.release();
      task.awaitEnded();
      task.assertNotInterrupted();
      assertCancelled(client, future);
    }
  }

  /** A task that is cancelled before its turn never runs, and the others do. */
  @ContractTest
  public void waitingTaskIsCancelled(Actors actors) throws InterruptedException {
    assumeLimited();
    Actor client = actors.actor("client");
    for (boolean interrupt : new boolean[] {true, false}) {
      try (Workplace place = workplace(1)) {
        Held running = client.call(() -> place.occupy(1)).get(0);
        Held cancelled = place.held();
        Held after = place.held();
        Future<String> future = submit(client, place, cancelled);
        Future<String> last = submit(client, place, after);
        assertTrue(client.ask(() -> future.cancel(interrupt)), "cancel of a waiting task");
        assertCancelled(client, future);
        running.assertNotInterrupted();
        after.release();
        running.release();
        assertEquals(after.toString(), client.call(last::get));
        cancelled.assertNotBegun();
        assertCancelled(client, future);
      }
    }
  }

  /** A task that is done cannot be cancelled: its result stays. */
  @ContractTest
  public void doneTaskIsNotCancelled(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    try (Workplace place = workplace()) {
      Future<String> done = client.call(() -> place.executor().submit(() -> "done"));
      assertEquals("done", client.call(done::get));
      assertFalse(client.ask(() -> done.cancel(true)), "cancel of a task that is done");
      assertState(Future.State.SUCCESS, done);
      assertEquals("done", client.call(done::get));
      Exception failure = new Exception("failed");
      Callable<String> failing =
          () -> {
            throw failure;
          };
      Future<String> failed = client.call(() -> place.executor().submit(failing));
      client.startCall(failed::get).failure(ExecutionException.class);
      assertFalse(client.ask(() -> failed.cancel(false)), "cancel of a task that failed");
      assertState(Future.State.FAILED, failed);
    }
  }

  /** A task may end at the very moment of its cancellation: it is one or the other. */
  @ContractTest
  public void cancellationMeetsTheEnd(Actors actors) throws InterruptedException {
    try (Workplace place = workplace()) {
      actors.race(
          actors.actors(2, "client"),
          stressTime(),
          (racer, round) -> {
            AtomicBoolean ran = new AtomicBoolean();
            Callable<String> task =
                () -> {
                  pause();
                  ran.set(true);
                  return "done";
                };
            Future<String> future = place.executor().submit(task);
            if (round % 2 == 0) {
              pause();
            }
            boolean cancelled = future.cancel(round % 3 == 0);
            if (cancelled) {
              assertState(Future.State.CANCELLED, future);
              assertThrows(CancellationException.class, future::get);
            } else {
              assertEquals("done", future.get(), "of a task that could not be cancelled");
              assertTrue(ran.get(), "done without having run");
            }
          });
    }
  }

  /** After a cancellation the thread is free for others, and not interrupted, if promised. */
  @ContractTest
  public void cancellationDoesNotReachTheNextTask(Actors actors) throws InterruptedException {
    assumeTrue(clearsInterrupts() && cancelInterrupts(), "an interrupt may stay behind");
    Actor client = actors.actor("client");
    try (Workplace place = workplace(1)) {
      long start = System.nanoTime();
      do {
        Future<String> cancelled = client.call(() -> place.executor().submit(() -> "short"));
        Callable<Boolean> next = () -> Thread.currentThread().isInterrupted();
        List<Future<Boolean>> after = new ArrayList<>();
        client.run(() -> {
          cancelled.cancel(true);
          after.add(place.executor().submit(next));
        });
        assertFalse(client.ask(after.get(0)::get), "interrupted by the cancellation of another");
      } while (System.nanoTime() - start < Waiting.nanos(stressTime()));
    }
  }

  static Future<String> submit(Actor client, Workplace place, Callable<String> task)
      throws InterruptedException {
    return client.call(() -> place.executor().submit(task));
  }

  private static void assertCancelled(Actor client, Future<?> future) throws InterruptedException {
    assertState(Future.State.CANCELLED, future);
    client.start(future::get).failure(CancellationException.class);
    client.start(() -> future.get(1, TimeUnit.DAYS)).failure(CancellationException.class);
    client.run(() -> {
      assertThrows(IllegalStateException.class, future::resultNow);
      assertThrows(IllegalStateException.class, future::exceptionNow);
    });
  }
}
