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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A {@link VirtualTime} as a scheduler; what it promises is said there. */
final class VirtualScheduler extends AbstractExecutorService implements ScheduledExecutorService {
  private final VirtualTime time;
  private volatile boolean shutdown;

  VirtualScheduler(VirtualTime time) {
    this.time = time;
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
    if (shutdown) {
      throw new RejectedExecutionException("shut down: " + this);
    }
    long due = VirtualTask.plus(time.elapsedNanos(), Math.max(delay, 0));
    VirtualTask<V> added = new VirtualTask<>(this, time, task, due, period, hasFuture);
    time.add(added);
    if (shutdown) { // meanwhile: those who shut down may not have seen it
      added.cancel(false);
      throw new RejectedExecutionException("shut down: " + this);
    }
    return added;
  }

  @Override
  public void shutdown() {
    shutdown = true;
    for (VirtualTask<?> task : time.waiting()) {
      if (task.isPeriodic()) {
        task.cancel(false);
      }
    }
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown = true;
    List<Runnable> dropped = new ArrayList<>();
    for (VirtualTask<?> task : time.waiting()) {
      time.remove(task);
      dropped.add(task);
    }
    return dropped;
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return shutdown && time.isIdle();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    time.advanceWhile(() -> !isTerminated(), unit.toNanos(timeout));
    return isTerminated();
  }

  @Override
  public <T extends @Nullable Object> List<Future<T>> invokeAll(
      Collection<? extends Callable<T>> tasks) {
    List<Future<T>> futures = new ArrayList<>(tasks.size());
    for (Callable<T> task : tasks) {
      futures.add(submit(task));
    }
    time.advance(Duration.ZERO);
    return futures;
  }

  @Override
  public <T extends @Nullable Object> List<Future<T>> invokeAll(
      Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit) {
    requireNonNull(unit, "unit");
    return invokeAll(tasks);
  }

  @Override
  public <T extends @Nullable Object> T invokeAny(Collection<? extends Callable<T>> tasks)
      throws InterruptedException, ExecutionException {
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException("no tasks");
    }
    ExecutionException first = null;
    for (Callable<T> task : tasks) {
      Future<T> future = submit(task);
      time.advance(Duration.ZERO);
      try {
        return future.get();
      } catch (ExecutionException e) {
        first = first == null ? e : first;
      }
    }
    throw requireNonNull(first);
  }

  @Override
  public <T extends @Nullable Object> T invokeAny(
      Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException {
    requireNonNull(unit, "unit");
    return invokeAny(tasks);
  }

  @Override
  public String toString() {
    return "VirtualScheduler[" + time + (shutdown ? ", shut down]" : "]");
  }
}
