// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Wait;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The future of a task. Whether it was cancelled is decided by the fate of the task, and this only
 * says so.
 *
 * @param <T> the result
 */
final class PoolFuture<T extends @Nullable Object> extends CompletableFuture<T>
    implements RunnableFuture<T> {
  private final Engine engine;
  private final Task task;

  /** The result of a task that returns none. */
  private final T given;

  private PoolFuture(Engine engine, Runnable body, T given, Task.@Nullable Limit limit) {
    this.engine = engine;
    this.given = given;
    task = Task.of(body, this, limit);
  }

  private PoolFuture(
      Engine engine,
      Callable<? extends T> body,
      T nothing,
      @Nullable String name,
      Task.@Nullable Limit limit) {
    this.engine = engine;
    given = nothing;
    task = Task.of(body, this, name, limit);
  }

  static <T extends @Nullable Object> PoolFuture<T> of(Engine engine, Runnable body, T result) {
    return new PoolFuture<>(engine, body, result, engine.limit(Deadline.none()));
  }

  @SuppressWarnings("NullAway") // a callable has a result of its own, and `given` is not asked for
  static <T extends @Nullable Object> PoolFuture<T> of(
      Engine engine, Callable<? extends T> body, @Nullable String name, Deadline deadline) {
    return new PoolFuture<>(engine, body, null, name, engine.limit(deadline));
  }

  Task task() {
    return task;
  }

  /** Whether it has not been handed over yet. */
  boolean isNew() {
    return task.fate() == Task.CREATED;
  }

  boolean isOf(Engine other) {
    return engine == other;
  }

  // ------------------------------------------------------------------ for the pool

  /** How the task ended that was run. */
  void deliver(int fate, @Nullable Object value, @Nullable Throwable thrown) {
    if (fate == Task.CANCELLED) {
      super.cancel(false);
    } else if (fate == Task.TIMED_OUT) {
      timedOut(true);
    } else if (thrown == null) {
      @SuppressWarnings("unchecked") // of this future's own callable
      T result = task.isCallable() ? (T) value : given;
      super.complete(result);
    } else {
      // Of the task, not of this future: that would say that it has been cancelled.
      super.completeExceptionally(
          thrown instanceof CancellationException ? new CompletionException(thrown) : thrown);
    }
  }

  void timedOut(boolean begun) {
    super.completeExceptionally(
        new TimeoutException(task.name(engine.name()) + " was " + task.lateness(begun)));
  }

  void discarded() {
    super.cancel(false);
  }

  void discarded(RejectedExecutionException why) {
    super.completeExceptionally(why);
  }

  // ------------------------------------------------------------------ what others may do with it

  /** Nothing, unless the pool has thrown the task away: then it is cancelled. */
  @Override
  public void run() {
    // By the pool alone, through the task: who has got this out of shutdownNow() has a cancelled
    // one.
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    if (task.takeBack(Task.CANCELLED)) {
      engine.endOutside(task, Ledger.CANCELLED);
      super.cancel(false);
      return isCancelled();
    }
    boolean ours =
        mayInterruptIfRunning ? task.interrupt(Task.CANCELLED) : task.disown(Task.CANCELLED);
    if (ours || task.fate() == Task.CREATED) {
      super.cancel(false);
    }
    return isCancelled();
  }

  @Override
  public boolean complete(T value) {
    takeBack();
    return super.complete(value);
  }

  @Override
  public boolean completeExceptionally(Throwable cause) {
    takeBack();
    return super.completeExceptionally(cause);
  }

  /** A result from elsewhere: the task, if it has not begun, is of no use. */
  private void takeBack() {
    if (task.takeBack(Task.CANCELLED)) {
      engine.endOutside(task, Ledger.CANCELLED);
    }
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new CompletableFuture<>();
  }

  @Override
  public T get() throws InterruptedException, ExecutionException {
    if (isDone()) {
      return super.get();
    }
    try (PoolWait wait = engine.beginToWait(List.of(task), Wait.Exit.INTERRUPT)) {
      try {
        return super.get();
      } catch (InterruptedException e) {
        throw wait.interrupted(e);
      }
    }
  }

  @Override
  public T get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (isDone() || timeout <= 0) {
      return super.get(timeout, unit);
    }
    try (PoolWait wait = engine.beginToWait(List.of(task), Wait.Exit.TIMEOUT)) {
      try {
        return super.get(Math.min(unit.toNanos(timeout), Deadline.MAX_NANOS), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        throw wait.timedOut(e);
      } catch (InterruptedException e) {
        throw wait.interrupted(e);
      }
    }
  }

  @Override
  public T join() {
    if (isDone()) {
      return super.join();
    }
    PoolWait wait = engine.beginToWait(List.of(task), Wait.Exit.REFUSAL);
    try {
      return super.join();
    } finally {
      wait.close();
    }
  }

  /** The name of the task and how it stands; not the result. */
  @Override
  public String toString() {
    return task.name(engine.name()) + '[' + (isDone() ? state() : describe()) + ']';
  }

  private String describe() {
    return task.isWaiting() ? "WAITING" : "RUNNING";
  }
}
