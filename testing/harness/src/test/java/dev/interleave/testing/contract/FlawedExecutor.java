// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A pool of threads, simple and slow, with one {@link ExecutorFlaw}. All state is guarded by one
 * lock; a thread is started for each task until there are enough, and ends with the pool.
 */
@SuppressWarnings({"NullAway", "WaitNotInLoop"}) // nulls are a flaw; the loops are in work()
final class FlawedExecutor extends AbstractExecutorService {
  private static final Set<FlawedExecutor> ALL = ConcurrentHashMap.newKeySet();

  private final ExecutorFlaw flaw;
  private final int threads;
  private final int places;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition end = lock.newCondition();
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private final Set<Thread> workers = new HashSet<>();
  private int idle;
  private boolean used;
  private boolean shutdown;

  FlawedExecutor(int threads, int places, ExecutorFlaw flaw) {
    this.flaw = flaw;
    this.places = is(ExecutorFlaw.ONE_TOO_MANY) && places < Integer.MAX_VALUE ? places + 1 : places;
    if (is(ExecutorFlaw.ONE_THREAD_TOO_FEW)) {
      this.threads = Math.max(1, threads - 1);
    } else {
      this.threads = threads + (is(ExecutorFlaw.ONE_THREAD_TOO_MANY) ? 1 : 0);
    }
    if (is(ExecutorFlaw.EXECUTORS_END_TOGETHER)) {
      ALL.add(this);
    }
  }

  private boolean is(ExecutorFlaw other) {
    return flaw == other;
  }

  // Running tasks.

  @Override
  public void execute(Runnable task) {
    if (task == null && is(ExecutorFlaw.NULL_IS_IGNORED)) {
      return;
    }
    requireNonNull(task);
    if (is(ExecutorFlaw.CALLER_RUNS)) {
      task.run();
      return;
    }
    lock.lock();
    try {
      if (shutdown && !is(ExecutorFlaw.SHUT_DOWN_TAKES_MORE)) {
        throw new RejectedExecutionException("shut down");
      }
      if (is(ExecutorFlaw.SHUTDOWN_IS_CHECKED_TOO_SOON)) {
        pauseOutsideTheLock();
        if (shutdown) {
          return; // who called believes that it will be run
        }
      }
      used = true;
      if (idle > waiting.size()) {
        enqueue(task);
      } else if (workers.size() < threads) {
        start(task);
      } else if (waiting.size() - idle < places) {
        enqueue(task);
      } else {
        throw new RejectedExecutionException("full");
      }
    } finally {
      lock.unlock();
    }
  }

  private void enqueue(Runnable task) {
    if (is(ExecutorFlaw.LAST_COME_FIRST_SERVED)) {
      waiting.addFirst(task);
    } else {
      waiting.addLast(task);
    }
    work.signal();
  }

  private void start(Runnable task) {
    Thread worker = Thread.ofPlatform().daemon().unstarted(() -> work(task));
    workers.add(worker);
    worker.start();
  }

  private void work(Runnable first) {
    Runnable task = first;
    while (task != null) {
      if (!is(ExecutorFlaw.INTERRUPTS_STAY_BEHIND)
          && !is(ExecutorFlaw.CANCEL_INTERRUPTS_WHOEVER_RUNS)) {
        clearInterrupt();
      }
      try {
        task.run();
        if (is(ExecutorFlaw.RUNS_TASKS_TWICE)) {
          task.run();
        }
      } catch (RuntimeException | Error e) {
        if (is(ExecutorFlaw.ERRORS_KILL_THE_THREAD)) {
          return; // and no one replaces it
        }
      }
      task = next();
    }
    if (is(ExecutorFlaw.THREADS_STAY_BEHIND)) {
      stay();
    }
  }

  /** Unless the pool is about to end: then it was meant for whatever runs. */
  private void clearInterrupt() {
    lock.lock();
    try {
      if (!shutdown) {
        Thread.interrupted();
      }
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Runnable next() {
    lock.lock();
    try {
      boolean looks = !is(ExecutorFlaw.WAITING_TASKS_ARE_STRANDED);
      while (waiting.isEmpty() || !looks) {
        if (shutdown) {
          workers.remove(Thread.currentThread());
          signalEnd();
          return null;
        }
        idle++;
        try {
          work.awaitUninterruptibly();
        } finally {
          idle--;
        }
        looks = true;
      }
      return waiting.removeFirst();
    } finally {
      lock.unlock();
    }
  }

  private static void stay() {
    try {
      new CountDownLatch(1).await(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @SuppressWarnings({"LockNotBeforeTry", "ThreadPriorityCheck"}) // the flaw
  private void pauseOutsideTheLock() {
    lock.unlock();
    Thread.yield();
    lock.lock();
  }

  // Futures.

  @Override
  protected <T> RunnableFuture<T> newTaskFor(Runnable task, T result) {
    requireNonNull(task);
    return new FlawedFuture<>(
        () -> {
          task.run();
          return is(ExecutorFlaw.RESULT_IS_FORGOTTEN) ? null : result;
        },
        flaw);
  }

  @Override
  protected <T> RunnableFuture<T> newTaskFor(Callable<T> task) {
    return new FlawedFuture<>(task, flaw);
  }

  // Several tasks.

  @Override
  public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks)
      throws InterruptedException {
    if (is(ExecutorFlaw.INVOKE_ALL_REVERSES)) {
      List<Future<T>> futures = new ArrayList<>(super.invokeAll(tasks));
      Collections.reverse(futures);
      return futures;
    }
    boolean one = is(ExecutorFlaw.INVOKE_ALL_WAITS_FOR_ONE);
    if (one || is(ExecutorFlaw.INTERRUPTED_INVOKE_ALL_CANCELS_NOTHING)) {
      List<Future<T>> futures = submitAll(tasks);
      for (Future<T> future : one ? futures.subList(1, futures.size()) : futures) {
        await(future);
      }
      return futures;
    }
    return super.invokeAll(tasks);
  }

  @Override
  public <T> List<Future<T>> invokeAll(
      Collection<? extends Callable<T>> tasks, long time, TimeUnit unit)
      throws InterruptedException {
    if (is(ExecutorFlaw.TIMED_INVOKE_ALL_CANCELS_NOTHING)) {
      List<Future<T>> futures = submitAll(tasks);
      new CountDownLatch(1).await(time, unit);
      return futures;
    }
    return super.invokeAll(tasks, flawed(time), unit);
  }

  private long flawed(long time) {
    boolean forever =
        time == Long.MIN_VALUE
            ? is(ExecutorFlaw.LEAST_TIME_WAITS)
            : time < 0 && is(ExecutorFlaw.NEGATIVE_TIME_WAITS);
    return forever ? Long.MAX_VALUE : time;
  }

  private <T> List<Future<T>> submitAll(Collection<? extends Callable<T>> tasks) {
    List<Future<T>> futures = new ArrayList<>();
    for (Callable<T> task : tasks) {
      futures.add(submit(task));
    }
    return futures;
  }

  private static void await(Future<?> future) throws InterruptedException {
    try {
      future.get();
    } catch (ExecutionException e) {
      // whoever looks at the future learns of it
    }
  }

  @Override
  public <T> T invokeAny(Collection<? extends Callable<T>> tasks)
      throws InterruptedException, ExecutionException {
    if (tasks != null && tasks.isEmpty() && is(ExecutorFlaw.INVOKE_ANY_OF_NOTHING_IS_NOTHING)) {
      return null;
    }
    if (is(ExecutorFlaw.INVOKE_ANY_TAKES_THE_FIRST_TO_END)) {
      Callable<T> failing = null;
      for (Callable<T> task : tasks) {
        failing = failing == null || !(task instanceof Held) ? task : failing;
      }
      return submit(failing).get();
    }
    if (is(ExecutorFlaw.INTERRUPTED_INVOKE_ANY_CANCELS_NOTHING)) {
      return submitAll(tasks).get(0).get();
    }
    return super.invokeAny(tasks);
  }

  @Override
  public <T> T invokeAny(Collection<? extends Callable<T>> tasks, long time, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    boolean early = is(ExecutorFlaw.TIMED_INVOKE_ANY_ENDS_EARLY);
    return super.invokeAny(tasks, early ? time / 2 : flawed(time), unit);
  }

  // The end.

  @Override
  public void shutdown() {
    lock.lock();
    try {
      shutdown = true;
      if (is(ExecutorFlaw.SHUTDOWN_DROPS_WAITING)) {
        waiting.clear();
      }
      work.signalAll();
      signalEnd();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<Runnable> shutdownNow() {
    if (is(ExecutorFlaw.EXECUTORS_END_TOGETHER)) {
      ALL.forEach(FlawedExecutor::shutdown);
    }
    lock.lock();
    try {
      List<Runnable> dropped = List.copyOf(waiting);
      if (!is(ExecutorFlaw.SHUTDOWN_NOW_RUNS_WAITING)) {
        waiting.clear();
      }
      shutdown();
      if (!is(ExecutorFlaw.SHUTDOWN_NOW_DOES_NOT_INTERRUPT)) {
        workers.forEach(Thread::interrupt);
      }
      return is(ExecutorFlaw.SHUTDOWN_NOW_RETURNS_NOTHING) ? List.of() : dropped;
    } finally {
      lock.unlock();
    }
  }

  private void signalEnd() {
    if (isTerminated()) {
      ALL.remove(this);
      if (is(ExecutorFlaw.TERMINATION_WAKES_ONE)) {
        end.signal();
      } else {
        end.signalAll();
      }
    }
  }

  @Override
  public boolean isShutdown() {
    lock.lock();
    try {
      return shutdown;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isTerminated() {
    lock.lock();
    try {
      if (is(ExecutorFlaw.UNUSED_NEVER_ENDS) && !used) {
        return false;
      }
      return shutdown && (workers.isEmpty() || is(ExecutorFlaw.TERMINATED_TOO_SOON));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean awaitTermination(long time, TimeUnit unit) throws InterruptedException {
    long left = unit.toNanos(time);
    if (is(ExecutorFlaw.AWAIT_TERMINATION_ENDS_EARLY)) {
      left /= 2;
    }
    lock.lock();
    try {
      while (!isTerminated()) {
        if (left <= 0) {
          return false;
        }
        if (is(ExecutorFlaw.AWAIT_TERMINATION_IGNORES_INTERRUPTS)) {
          end.awaitUninterruptibly();
        } else {
          left = end.awaitNanos(left);
        }
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    if (is(ExecutorFlaw.CLOSE_DOES_NOT_WAIT)) {
      shutdown();
      return;
    }
    super.close();
    if (is(ExecutorFlaw.CLOSE_SWALLOWS_INTERRUPTS)) {
      Thread.interrupted();
    }
  }
}
