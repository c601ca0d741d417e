// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave;

import static java.util.Objects.requireNonNull;

import java.util.Queue;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Timers, of which nearly all are cancelled before they are due: the deadlines of tasks and calls.
 * One thread runs them all, a platform thread if the factory makes such, so that a deadline is kept
 * also when all carriers of virtual threads are busy. It ends some ten to twenty seconds after the
 * last timer, and is made anew with the next one, so there is nothing to close.
 *
 * <p><b>The guard.</b> Who puts the first of all timers into a queue wakes the thread, so that it
 * sleeps for less. A timer that is cancelled before the next one is set leaves an empty queue: so
 * each deadline would wake that thread, by a system call. So together with a timer that would be
 * the first goes one that does nothing, and stays: those that are due later do not come before it.
 * There is one of them at a time, it is due after ten seconds at most, and once it is, there is
 * none until the next timer is set. Nothing depends on it: if two meet here, at worst the thread is
 * woken in vain.
 *
 * <p>An action has to be short, as it holds up all that are due. What it throws goes to the
 * uncaught exception handler of the thread, also if the timer was cancelled meanwhile, and else
 * into the future of the timer.
 *
 * <p>Thread-safe. What was done before a timer was set is seen by its action. Setting and
 * cancelling take a lock for a time that is logarithmic in the number of timers, and wait for
 * nothing else. No argument may be {@code null}.
 */
public final class Timers {
  private static final long IDLE_SECONDS = 10;
  private static final long GUARD_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final ScheduledThreadPoolExecutor clock;
  private final AtomicReference<@Nullable Stopgap> guard = new AtomicReference<>();

  /**
   * Timers that have a thread of their own.
   *
   * @param threads makes that thread, when it is needed: a daemon, named for whom it works; not
   *     {@code null}
   */
  public Timers(ThreadFactory threads) {
    clock = new ScheduledThreadPoolExecutor(1, requireNonNull(threads, "threads"));
    clock.setRemoveOnCancelPolicy(true); // so it holds no more than what may still have to be done
    clock.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    clock.allowCoreThreadTimeOut(true);
  }

  /** The action, and that somebody hears of it if it fails: a cancelled future would not tell. */
  private static Runnable heard(Runnable action) {
    requireNonNull(action, "action");
    return () -> {
      try {
        action.run();
      } catch (Throwable e) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        throw e;
      }
    };
  }

  /** Keeps timers that are due later from being the first. */
  private static final class Stopgap {
    private final long dueAt;
    private volatile @Nullable Future<?> timer;

    Stopgap(long dueAt) {
      this.dueAt = dueAt;
    }

    boolean isBetween(long now, long due) {
      return dueAt - now > 0 && dueAt - due <= 0;
    }
  }

  /**
   * Runs something when so much time has passed.
   *
   * @param nanos in nanoseconds; at once if zero or less
   * @return the timer: cancelling it keeps the action from being begun, and forgets it
   * @throws OutOfMemoryError if there can be no thread; then nothing was set
   */
  public Future<?> after(long nanos, Runnable action) {
    Runnable heard = heard(action);
    clock.prestartCoreThread(); // the executor itself would first put the timer into its queue
    if (nanos > 0) { // else it is the first anyway, and runs at once
      guard(Math.min(nanos, GUARD_NANOS));
    }
    return clock.schedule(heard, nanos, TimeUnit.NANOSECONDS);
  }

  private void guard(long nanos) {
    long now = System.nanoTime();
    Stopgap last = guard.get();
    if (last != null && last.isBetween(now, now + nanos)) {
      return;
    }
    Stopgap next = new Stopgap(now + nanos);
    if (guard.compareAndSet(last, next)) {
      next.timer = clock.schedule(() -> {}, nanos, TimeUnit.NANOSECONDS);
      Future<?> replaced = last == null ? null : last.timer;
      if (replaced != null) { // else it is about to be set, and is there until it is due
        boolean unused = replaced.cancel(false);
      }
    }
  }

  /**
   * Runs something again and again, until it is cancelled, or throws.
   *
   * @param nanos from now to the first run, and from the end of each to the next, in nanoseconds;
   *     more than zero
   * @return the timer: cancelling it keeps the action from being begun again, and forgets it
   * @throws IllegalArgumentException if {@code nanos} is zero or less
   */
  public Future<?> every(long nanos, Runnable action) {
    Runnable heard = heard(action);
    clock.prestartCoreThread();
    return clock.scheduleWithFixedDelay(heard, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  /** Those that are set, the first of them first; for tests. */
  Queue<Runnable> pending() {
    return clock.getQueue();
  }
}
