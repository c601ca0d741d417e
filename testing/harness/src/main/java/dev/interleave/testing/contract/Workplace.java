// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An executor to be tested, the tasks that it is kept busy with, and the threads that were seen to
 * run them.
 *
 * <p>Closing it releases all tasks, ends the executor, and fails unless that works and no thread is
 * left behind. So every test ends with that.
 */
final class Workplace implements AutoCloseable {
  private final ExecutorService executor;
  private final Duration patience;
  private final boolean ownsThreads;
  private final Queue<Held> held = new ConcurrentLinkedQueue<>();
  private final Set<Thread> workers = ConcurrentHashMap.newKeySet();
  private final AtomicInteger names = new AtomicInteger();

  Workplace(ExecutorService executor, Duration patience, boolean ownsThreads) {
    this.executor = executor;
    this.patience = patience;
    this.ownsThreads = ownsThreads;
  }

  ExecutorService executor() {
    return executor;
  }

  Duration patience() {
    return patience;
  }

  /** Returns a task that is not submitted yet. */
  Held held() {
    return add(false);
  }

  /** Returns a task that does not heed interrupts, and is not submitted yet. */
  Held stubborn() {
    return add(true);
  }

  private Held add(boolean stubborn) {
    Held task = new Held("task-" + names.incrementAndGet(), stubborn, patience, workers::add);
    held.add(task);
    return task;
  }

  /** Submits tasks, each of which begins and then waits: one after the other, so none queues. */
  List<Held> occupy(int threads) throws InterruptedException {
    List<Held> tasks = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Held task = held();
      executor.execute(task);
      task.awaitBegun();
      tasks.add(task);
    }
    return tasks;
  }

  /**
   * Called by each task in the thread that runs it, which must not be there any more in the end.
   */
  void enter() {
    workers.add(Thread.currentThread());
  }

  void assertTerminates() throws InterruptedException {
    assertTrue(
        executor.awaitTermination(Waiting.nanos(patience), TimeUnit.NANOSECONDS),
        () -> "not terminated within " + patience + ": " + executor);
    assertTrue(executor.isTerminated(), "isTerminated() after awaitTermination");
    assertTrue(executor.isShutdown(), "isShutdown() after awaitTermination");
  }

  @Override
  public String toString() {
    return executor.toString();
  }

  /** Ends everything. */
  @Override
  public void close() throws InterruptedException {
    held.forEach(Held::release);
    executor.shutdownNow();
    assertTerminates();
    if (ownsThreads) {
      for (Thread worker : workers) {
        assertTrue(
            worker.join(patience), () -> "left behind by " + executor + Waiting.describe(worker));
      }
    }
  }
}
