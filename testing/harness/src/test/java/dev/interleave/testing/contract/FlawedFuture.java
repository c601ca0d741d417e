// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The future of a {@link FlawedExecutor}: all state is guarded by one lock. */
@SuppressWarnings("NullAway") // a task may return null
final class FlawedFuture<T> implements RunnableFuture<T> {
  private final ExecutorFlaw flaw;
  private final Callable<T> task;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition done = lock.newCondition();
  private State state = State.RUNNING;
  private @Nullable Thread runner;
  private @Nullable Thread lastRunner;
  private @Nullable T result;
  private @Nullable Throwable failure;

  FlawedFuture(Callable<T> task, ExecutorFlaw flaw) {
    this.task = requireNonNull(task);
    this.flaw = flaw;
  }

  private boolean is(ExecutorFlaw other) {
    return flaw == other;
  }

  @Override
  @SuppressWarnings("CatchingUnchecked")
  public void run() {
    lock.lock();
    try {
      if (state != State.RUNNING && !is(ExecutorFlaw.CANCELLED_TASK_RUNS)) {
        return;
      }
      runner = Thread.currentThread();
      lastRunner = runner;
      if (is(ExecutorFlaw.DONE_BEFORE_THE_END)) {
        end(State.SUCCESS);
      }
    } finally {
      lock.unlock();
    }
    T value = null;
    Throwable thrown = null;
    try {
      value = task.call();
    } catch (Throwable e) {
      thrown = is(ExecutorFlaw.FAILURES_ARE_WRAPPED) ? new RuntimeException("wrapped", e) : e;
    }
    lock.lock();
    try {
      runner = null;
      if (state == State.RUNNING) {
        result = value;
        failure = thrown;
        end(thrown == null ? State.SUCCESS : State.FAILED);
      }
    } finally {
      lock.unlock();
    }
    if (thrown instanceof Error error && is(ExecutorFlaw.ERRORS_KILL_THE_THREAD)) {
      throw error;
    }
  }

  private void end(State how) {
    state = how;
    if (is(ExecutorFlaw.COMPLETION_WAKES_ONE)) {
      done.signal();
    } else if (how != State.CANCELLED || !is(ExecutorFlaw.CANCEL_WAKES_NO_ONE)) {
      done.signalAll();
    }
  }

  @Override
  public boolean cancel(boolean interrupt) {
    lock.lock();
    try {
      if (state != State.RUNNING && !is(ExecutorFlaw.DONE_TASK_IS_CANCELLED)) {
        return false;
      }
      if (is(ExecutorFlaw.CANCEL_IS_NOT_ATOMIC)) {
        pauseOutsideTheLock();
        if (state != State.RUNNING) {
          return true;
        }
      }
      end(State.CANCELLED);
      boolean interrupts = interrupt || is(ExecutorFlaw.CANCEL_ALWAYS_INTERRUPTS);
      if (!interrupts || is(ExecutorFlaw.CANCEL_DOES_NOT_INTERRUPT)) {
        return true;
      }
      if (is(ExecutorFlaw.CANCEL_INTERRUPTS_WHOEVER_RUNS)) {
        Thread late = lastRunner;
        pauseOutsideTheLock();
        if (late != null) {
          late.interrupt();
        }
      } else if (runner != null) {
        runner.interrupt();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings({"LockNotBeforeTry", "ThreadPriorityCheck"}) // the flaw
  private void pauseOutsideTheLock() {
    lock.unlock();
    Thread.yield();
    lock.lock();
  }

  @Override
  public boolean isCancelled() {
    return state() == State.CANCELLED;
  }

  @Override
  public boolean isDone() {
    return state() != State.RUNNING;
  }

  @Override
  public State state() {
    lock.lock();
    try {
      return state;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public T resultNow() {
    if (is(ExecutorFlaw.RESULT_NOW_WAITS)) {
      try {
        return get();
      } catch (InterruptedException | ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
    if (state() != State.SUCCESS) {
      throw new IllegalStateException("no result");
    }
    return result;
  }

  @Override
  public Throwable exceptionNow() {
    if (state() != State.FAILED) {
      throw new IllegalStateException("no failure");
    }
    return requireNonNull(failure);
  }

  @Override
  public T get() throws InterruptedException, ExecutionException {
    lock.lock();
    try {
      while (state == State.RUNNING) {
        if (is(ExecutorFlaw.GET_IGNORES_INTERRUPTS)) {
          done.awaitUninterruptibly();
        } else {
          done.await();
        }
      }
      return outcome();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public T get(long time, @Nullable TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    boolean nullable = unit == null && is(ExecutorFlaw.NULL_UNIT_MEANS_NANOSECONDS);
    long left = nullable ? time : requireNonNull(unit).toNanos(time);
    if (is(ExecutorFlaw.GET_ENDS_EARLY)) {
      left /= 2;
    }
    lock.lock();
    try {
      while (state == State.RUNNING) {
        if (left <= 0) {
          if (Thread.interrupted()) {
            throw new InterruptedException();
          }
          throw new TimeoutException();
        }
        left = done.awaitNanos(left);
      }
      return outcome();
    } finally {
      lock.unlock();
    }
  }

  private T outcome() throws ExecutionException {
    return switch (state) {
      case SUCCESS -> result;
      case FAILED -> throw new ExecutionException(failure);
      case CANCELLED -> throw new CancellationException();
      case RUNNING -> throw new AssertionError("not done");
    };
  }
}
