// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** Several tasks in one call: all of them, or whichever is first. */
abstract class InvocationContract extends FutureContract {
  private static final long MICROS = 30_000;
  private static final int TASKS = 7;

  /** invokeAll returns the futures in the order of the tasks, all done, failed ones among them. */
  @ContractTest
  public void invokeAllKeepsTheOrder(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    try (Workplace place = workplace()) {
      for (boolean timed : new boolean[] {true, false}) {
        Exception failure = new Exception("failed");
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < TASKS; i++) {
          int number = i;
          tasks.add(() -> {
            if (number == 3) {
              throw failure;
            }
            return number;
          });
        }
        List<Future<Integer>> futures = client.call(() -> invokeAll(place, tasks, timed));
        assertEquals(TASKS, futures.size(), "futures");
        for (int i = 0; i < TASKS; i++) {
          Future<Integer> future = futures.get(i);
          if (i == 3) {
            assertState(Future.State.FAILED, future);
            assertCausedBy(
                failure, client.startCall(future::get).failure(ExecutionException.class));
          } else {
            assertState(Future.State.SUCCESS, future);
            assertEquals(i, future.resultNow());
          }
        }
        List<Callable<Integer>> none = List.of();
        assertEquals(List.of(), client.call(() -> invokeAll(place, none, timed)), "of no tasks");
      }
    }
  }

  /** invokeAll returns when the last task is done, not before. */
  @ContractTest
  public void invokeAllWaitsForTheLast(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    for (boolean timed : new boolean[] {true, false}) {
      try (Workplace place = workplace()) {
        Held one = place.held();
        Held other = place.held();
        List<Held> tasks = List.of(one, other);
        Step<List<Future<String>>> invoking =
            client.startCall(() -> invokeAll(place, tasks, timed));
        one.awaitBegun();
        other.awaitBegun();
        invoking.awaitBlocked();
        other.release();
        other.awaitEnded();
        invoking.awaitBlocked();
        one.release();
        for (Future<String> future : invoking.result()) {
          assertState(Future.State.SUCCESS, future);
        }
      }
    }
  }

  /** The timed invokeAll returns after its time, not before, with all that is late cancelled. */
  @ContractTest
  public void timedInvokeAllCancelsWhatIsLate(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    try (Workplace place = workplace()) {
      Held late = place.held();
      Held never = place.held();
      List<Callable<String>> tasks = List.of(() -> "early", late, place.held(), never);
      List<Future<String>> futures = new ArrayList<>();
      long waited =
          client.call(() -> {
            long start = System.nanoTime();
            futures.addAll(place.executor().invokeAll(tasks, MICROS, TimeUnit.MICROSECONDS));
            return System.nanoTime() - start;
          });
      assertNotBefore(TimeUnit.MICROSECONDS.toNanos(MICROS), waited);
      assertEquals(tasks.size(), futures.size(), "futures");
      assertTrue(futures.get(0).isDone(), "the early one is done");
      for (Future<String> future : futures.subList(1, futures.size())) {
        assertState(Future.State.CANCELLED, future);
      }
      if (cancelInterrupts()) {
        for (Held task : List.of(late, never)) {
          if (task.hasBegun()) {
            task.awaitInterrupted();
          }
        }
      }
    }
  }

  /** With no time left, invokeAll cancels at once whatever is not done. */
  @ContractTest
  public void invokeAllWithoutTimeDoesNotWait(Actors actors) throws InterruptedException {
    for (long time : new long[] {0, -1}) {
      assertInvokeAllCancelsAtOnce(actors, time);
    }
  }

  /** The least time that can be asked for does not overflow to the longest. */
  @ContractTest
  public void leastTimeDoesNotOverflow(Actors actors) throws InterruptedException {
    assertInvokeAllCancelsAtOnce(actors, Long.MIN_VALUE);
    Actor client = actors.actor("client");
    try (Workplace place = workplace()) {
      List<Held> tasks = List.of(place.held(), place.held());
      client
          .startCall(() -> place.executor().invokeAny(tasks, Long.MIN_VALUE, TimeUnit.DAYS))
          .failure(TimeoutException.class);
    }
  }

  private void assertInvokeAllCancelsAtOnce(Actors actors, long time) throws InterruptedException {
    Actor client = actors.actor("client");
    try (Workplace place = workplace()) {
      List<Held> tasks = List.of(place.held(), place.held());
      List<Future<String>> futures =
          client.call(() -> place.executor().invokeAll(tasks, time, TimeUnit.DAYS));
      assertEquals(tasks.size(), futures.size(), "futures");
      for (Future<String> future : futures) {
        assertState(Future.State.CANCELLED, future);
      }
    }
  }

  /** Who is interrupted in invokeAll leaves, and all that is not done is cancelled. */
  @ContractTest
  public void interruptedInvokeAllCancels(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    for (boolean timed : new boolean[] {true, false}) {
      try (Workplace place = workplace(1)) {
        Held running = place.held();
        Held waiting = place.held();
        List<Held> tasks = limited() ? List.of(running, waiting) : List.of(running);
        Step<List<Future<String>>> invoking =
            client.startCall(() -> invokeAll(place, tasks, timed));
        Waiting.until(
            () -> running.hasBegun() || waiting.hasBegun(), patience(), () -> "none has begun");
        invoking.awaitBlocked();
        client.interrupt();
        assertInterrupted(invoking);
        if (cancelInterrupts()) {
          (running.hasBegun() ? running : waiting).awaitInterrupted();
        } else {
          running.release();
          waiting.release();
        }
        // The other one may have had its turn before it was cancelled; then it is interrupted, too.
        client.run(() -> place.executor().submit(place::enter).get());
      }
    }
  }

  /** invokeAny returns what the first to succeed returned, failures or not, and ends the others. */
  @ContractTest
  public void invokeAnyReturnsTheFirstToSucceed(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    for (boolean timed : new boolean[] {true, false}) {
      try (Workplace place = workplace(4)) {
        Held slow = place.held();
        Held chosen = place.held();
        Callable<String> failing =
            () -> {
              throw new Exception("failed");
            };
        List<Callable<String>> tasks = List.of(slow, failing, chosen);
        Step<String> invoking = client.startCall(() -> invokeAny(place, tasks, timed));
        slow.awaitBegun();
        chosen.awaitBegun();
        invoking.awaitBlocked();
        chosen.release();
        assertEquals(chosen.toString(), invoking.result());
        if (cancelInterrupts()) {
          slow.awaitInterrupted();
        }
      }
    }
  }

  /** invokeAny fails if all do, by a cause of one of them. */
  @ContractTest
  public void invokeAnyFailsIfAllFail(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    try (Workplace place = workplace()) {
      for (boolean timed : new boolean[] {true, false}) {
        Exception failure = new Exception("failed");
        AtomicInteger runs = new AtomicInteger();
        Callable<String> failing =
            () -> {
              runs.incrementAndGet();
              throw failure;
            };
        Step<String> invoking =
            client.startCall(() -> invokeAny(place, List.of(failing, failing, failing), timed));
        assertCausedBy(failure, invoking.failure(ExecutionException.class));
        assertEquals(3, runs.get(), "all of them had their chance");
      }
    }
  }

  /** invokeAny of nothing is refused. */
  @ContractTest
  public void invokeAnyOfNothingIsRefused(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    try (Workplace place = workplace()) {
      List<Callable<String>> none = List.of();
      for (boolean timed : new boolean[] {true, false}) {
        client
            .startCall(() -> invokeAny(place, none, timed))
            .failure(IllegalArgumentException.class);
      }
    }
  }

  /** The timed invokeAny gives up after its time, not before, and ends all. */
  @ContractTest
  public void timedInvokeAnyGivesUpAfterItsTime(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    for (long micros : new long[] {MICROS, 0, -1}) {
      try (Workplace place = workplace()) {
        Held one = place.held();
        Held other = place.held();
        List<Held> tasks = List.of(one, other);
        long start = System.nanoTime();
        client
            .startCall(() -> place.executor().invokeAny(tasks, micros, TimeUnit.MICROSECONDS))
            .failure(TimeoutException.class);
        assertNotBefore(TimeUnit.MICROSECONDS.toNanos(micros), System.nanoTime() - start);
        if (cancelInterrupts()) {
          for (Held task : tasks) {
            if (task.hasBegun()) {
              task.awaitEnded();
            }
          }
        }
      }
    }
  }

  /** Who is interrupted in invokeAny leaves, and all tasks are ended. */
  @ContractTest
  public void interruptedInvokeAnyCancels(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    for (boolean timed : new boolean[] {true, false}) {
      try (Workplace place = workplace()) {
        Held one = place.held();
        Held other = place.held();
        Step<String> invoking =
            client.startCall(() -> invokeAny(place, List.of(one, other), timed));
        one.awaitBegun();
        other.awaitBegun();
        invoking.awaitBlocked();
        client.interrupt();
        assertInterrupted(invoking);
        if (cancelInterrupts()) {
          one.awaitInterrupted();
          other.awaitInterrupted();
        }
      }
    }
  }

  private static <T> List<Future<T>> invokeAll(
      Workplace place, List<? extends Callable<T>> tasks, boolean timed)
      throws InterruptedException {
    return timed
        ? place.executor().invokeAll(tasks, 1, TimeUnit.DAYS)
        : place.executor().invokeAll(tasks);
  }

  private static <T> T invokeAny(Workplace place, List<? extends Callable<T>> tasks, boolean timed)
      throws Exception {
    return timed
        ? place.executor().invokeAny(tasks, 1, TimeUnit.DAYS)
        : place.executor().invokeAny(tasks);
  }
}
