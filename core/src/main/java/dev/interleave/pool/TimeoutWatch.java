// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The clock of all pools of this JVM: one platform daemon thread, so that a timeout fires also when
 * all carriers of virtual threads are busy, and two more that call what is not the library's own,
 * so that nobody can hold up the first. They end when they have had nothing to do for a while.
 */
final class TimeoutWatch {
  private static final long IDLE_SECONDS = 10;
  private static final ScheduledThreadPoolExecutor CLOCK = clock();

  /** Its queue holds no more than the tasks whose time is up and that have not been told so. */
  private static final ThreadPoolExecutor TELLERS = tellers();

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
    ThreadPoolExecutor tellers =
        new ThreadPoolExecutor(
            2,
            2,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            threads("interleave-pool-teller"));
    tellers.allowCoreThreadTimeOut(true);
    return tellers;
  }

  private static ThreadFactory threads(String name) {
    return Thread.ofPlatform().daemon().name(name).inheritInheritableThreadLocals(false).factory();
  }

  /** Does something short, which calls nothing of the user's, when so much time has passed. */
  static Future<?> in(long nanos, Runnable action) {
    return CLOCK.schedule(action, nanos, TimeUnit.NANOSECONDS);
  }

  /** The same again and again. */
  static Future<?> every(long nanos, Runnable action) {
    return CLOCK.scheduleWithFixedDelay(action, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  /** Calls what may take long. */
  static void tell(Runnable action) {
    TELLERS.execute(action);
  }
}
