// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.util.Queue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The clock of all pools of this JVM: one platform daemon thread, so that a timeout fires also when
 * all carriers of virtual threads are busy; and up to 64 more, as many as are needed, that call
 * what is not the library's own, so that nobody can hold up the first. They end when they have had
 * nothing to do for a while.
 *
 * <p><b>The guard.</b> Who puts the first of all timers into the queue of a clock wakes its thread,
 * so that it sleeps for less. A timer that is cancelled before the next one is set leaves an empty
 * queue: so each task with a deadline would wake that thread, by a system call. So together with a
 * timer that would be the first goes one that does nothing, and stays: those that are due later do
 * not come before it. There is one of them at a time, it is due after ten seconds at most, and once
 * it is, there is none until the next timer is set. Nothing depends on it: if two meet here, at
 * worst the thread is woken in vain.
 */
final class TimeoutWatch {
  private static final long IDLE_SECONDS = 10;
  private static final long GUARD_SECONDS = 10;
  private static final ScheduledThreadPoolExecutor CLOCK = clock();

  private static final ThreadPoolExecutor TELLERS = tellers();

  /** As many as may be held up by what they call, before others have to wait for them. */
  private static final int MOST_TELLERS = 64;

  private static final AtomicReference<@Nullable Guard> GUARD = new AtomicReference<>();

  /** Keeps timers that are due later from being the first. */
  private static final class Guard {
    private final long dueAt;
    private volatile @Nullable Future<?> timer;

    Guard(long dueAt) {
      this.dueAt = dueAt;
    }

    boolean isBetween(long now, long due) {
      return dueAt - now > 0 && dueAt - due <= 0;
    }
  }

  private TimeoutWatch() {}

  private static ScheduledThreadPoolExecutor clock() {
    ScheduledThreadPoolExecutor clock =
        new ScheduledThreadPoolExecutor(1, threads("interleave-pool-clock"));
    clock.setRemoveOnCancelPolicy(true); // a task that has ended is not kept until its deadline
    clock.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    clock.allowCoreThreadTimeOut(true);
    return clock;
  }

  private static ThreadPoolExecutor tellers() {
    HandedOver waiting = new HandedOver();
    ThreadPoolExecutor tellers =
        new ThreadPoolExecutor(
            1,
            MOST_TELLERS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            waiting,
            threads("interleave-pool-teller"),
            (action, executor) -> {
              // All of them are held up. It holds no more than what is late and has not been told.
              waiting.keep(action);
              executor.prestartCoreThread(); // if they have all ended meanwhile
            });
    tellers.allowCoreThreadTimeOut(true);
    return tellers;
  }

  /** Takes a task only if a thread waits for it, so that another one is started if none does. */
  private static final class HandedOver extends LinkedTransferQueue<Runnable> {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean offer(Runnable action) {
      return tryTransfer(action);
    }

    void keep(Runnable action) {
      super.offer(action);
    }
  }

  private static ThreadFactory threads(String name) {
    return Thread.ofPlatform().daemon().name(name).inheritInheritableThreadLocals(false).factory();
  }

  /** Does something short, which calls nothing of the user's, when so much time has passed. */
  static Future<?> in(long nanos, Runnable action) {
    guard(Math.min(nanos, TimeUnit.SECONDS.toNanos(GUARD_SECONDS)));
    return CLOCK.schedule(action, nanos, TimeUnit.NANOSECONDS);
  }

  private static void guard(long nanos) {
    long now = System.nanoTime();
    Guard last = GUARD.get();
    if (last != null && last.isBetween(now, now + nanos)) {
      return;
    }
    Guard next = new Guard(now + nanos);
    if (GUARD.compareAndSet(last, next)) {
      next.timer = CLOCK.schedule(() -> {}, nanos, TimeUnit.NANOSECONDS);
      Future<?> replaced = last == null ? null : last.timer;
      if (replaced != null) { // else it is about to be set, and is there until it is due
        boolean unused = replaced.cancel(false);
      }
    }
  }

  /** The same again and again. */
  static Future<?> every(long nanos, Runnable action) {
    return CLOCK.scheduleWithFixedDelay(action, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  /** Those that are set, the first of them first; for tests. */
  static Queue<Runnable> timers() {
    return CLOCK.getQueue();
  }

  /** Calls what may take long. */
  static void tell(Runnable action) {
    TELLERS.execute(action);
  }
}
