// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.Timers;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The clock of all pools of this JVM: one platform daemon thread, so that a timeout fires also when
 * all carriers of virtual threads are busy; and up to 64 more, as many as are needed, that call
 * what is not the library's own, so that nobody can hold up the first. They end when they have had
 * nothing to do for a while.
 */
final class TimeoutWatch {
  private static final long IDLE_SECONDS = 10;
  private static final Timers CLOCK = new Timers(threads("interleave-pool-clock"));

  private static final ThreadPoolExecutor TELLERS = tellers();

  /** As many as may be held up by what they call, before others have to wait for them. */
  private static final int MOST_TELLERS = 64;

  private TimeoutWatch() {}

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
    return CLOCK.after(nanos, action);
  }

  /** The same again and again. */
  static Future<?> every(long nanos, Runnable action) {
    return CLOCK.every(nanos, action);
  }

  /** Calls what may take long. */
  static void tell(Runnable action) {
    TELLERS.execute(action);
  }
}
