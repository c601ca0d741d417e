// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A {@link VirtualTime} as a scheduler; what it promises is said there. */
final class VirtualScheduler extends AbstractExecutorService implements ScheduledExecutorService {
  private final VirtualTime time;
  private final VirtualQueue queue;

  VirtualScheduler(VirtualTime time, VirtualQueue queue) {
    this.time = time;
    this.queue = queue;
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // VirtualTime asks the task itself how it ended
  public void execute(Runnable task) {
    add(Executors.callable(task), 0, 0, false);
  }

  @Override
  public Future<?> submit(Runnable task) {
    return schedule(task, 0, TimeUnit.NANOSECONDS);
  }

  @Override
  public <T extends @Nullable Object> Future<T> submit(Runnable task, T result) {
    requireNonNull(task, "task");
    return submit(() -> {
      task.run();
      return result;
    });
  }

  @Override
  public <T extends @Nullable Object> Future<T> submit(Callable<T> task) {
    return schedule(task, 0, TimeUnit.NANOSECONDS);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    return add(Executors.callable(task), unit.toNanos(delay), 0, true);
  }

  @Override
  public <V extends @Nullable Object> ScheduledFuture<V> schedule(
      Callable<V> task, long delay, TimeUnit unit) {
    return add(requireNonNull(task, "task"), unit.toNanos(delay), 0, true);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable task, long initialDelay, long period, TimeUnit unit) {
    checkPositive("period", period);
    return add(Executors.callable(task), unit.toNanos(initialDelay), unit.toNanos(period), true);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable task, long initialDelay, long delay, TimeUnit unit) {
    checkPositive("delay", delay);
    return add(Executors.callable(task), unit.toNanos(initialDelay), -unit.toNanos(delay), true);
  }

  private static void checkPositive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + ": " + value + " (must be positive)");
    }
  }

  private <V extends @Nullable Object> VirtualTask<V> add(
      Callable<V> task, long delay, long period, boolean hasFuture) {
    VirtualTask<V> added = new VirtualTask<>(queue, task, period, hasFuture);
    if (!queue.add(added, delay)) {
      throw new RejectedExecutionException("shut down: " + this);
    }
    return added;
  }

  @Override
  public void shutdown() {
    queue.shutdown();
  }

  @Override
  public List<Runnable> shutdownNow() {
    return queue.shutdownNow();
  }

  @Override
  public boolean isShutdown() {
    return queue.isShutdown();
  }

  @Override
  public boolean isTerminated() {
    return queue.isTerminated();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    time.advanceWhile(() -> !isTerminated(), unit.toNanos(timeout));
    if (!isTerminated() && Thread.interrupted()) {
      throw new InterruptedException();
    }
    return isTerminated();
  }

  /**
   * As specified; but not a day at a time, so that all has run when the failure of one is thrown.
   */
  @Override
  public void close() {
    boolean interrupted = false;
    shutdown();
    try {
      while (!isTerminated()) {
        try {
          time.advanceWhile(() -> !isTerminated(), Long.MAX_VALUE);
        } catch (InterruptedException e) {
          shutdownNow();
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public <T extends @Nullable Object> List<Future<T>> invokeAll(
      Collection<? extends Callable<T>> tasks) {
    List<Future<T>> futures = new ArrayList<>(tasks.size());
    try {
      for (Callable<T> task : tasks) {
        futures.add(submit(task));
      }
      time.advance(Duration.ZERO);
      return futures;
    } finally {
      futures.forEach(future -> future.cancel(true)); // those that could not be run
    }
  }

  @Override
  public <T extends @Nullable Object> List<Future<T>> invokeAll(
      Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit) {
    if (unit.toNanos(timeout) > 0) {
      return invokeAll(tasks);
    }
    List<Future<T>> futures = new ArrayList<>(tasks.size());
    for (Callable<T> task : tasks) {
      Future<T> tooLate = new FutureTask<>(task);
      tooLate.cancel(false);
      futures.add(tooLate);
    }
    return futures;
  }

  @Override
  public <T extends @Nullable Object> T invokeAny(Collection<? extends Callable<T>> tasks)
      throws InterruptedException, ExecutionException {
    checkNotEmpty(tasks);
    ExecutionException first = null;
    for (Callable<T> task : tasks) {
      Future<T> future = submit(task);
      try {
        time.advance(Duration.ZERO);
      } finally {
        future.cancel(true); // if it could not be run
      }
      try {
        return future.get();
      } catch (ExecutionException e) {
        first = first == null ? e : first;
      } catch (CancellationException e) {
        first = first == null ? new ExecutionException(e) : first;
      }
    }
    throw requireNonNull(first);
  }

  @Override
  public <T extends @Nullable Object> T invokeAny(
      Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    checkNotEmpty(tasks);
    if (unit.toNanos(timeout) <= 0) {
      throw new TimeoutException("timeout: " + timeout + " " + unit);
    }
    return invokeAny(tasks);
  }

  private static void checkNotEmpty(Collection<?> tasks) {
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException("no tasks");
    }
  }

  @Override
  public String toString() {
    return "VirtualScheduler[" + time + (isShutdown() ? ", shut down]" : "]");
  }
}
