// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Workers that have nothing to do: those that search, and those that sleep. Nobody holds a lock
 * here.
 *
 * <p><b>One wake-up at a time.</b> Who puts a task in wakes a sleeper unless somebody searches, who
 * will find it. Who has been woken searches. (As the scheduler of Go does it; Vyukov, Scalable Go
 * Scheduler Design Doc, 2012.) The last who searches and finds a task wakes the next, if there is
 * more.
 *
 * <p><b>No wake-up is lost.</b> Who goes to sleep is first counted among the sleepers, and no more
 * among those who search, and then looks at the queue once more. Who puts a task in first does so,
 * and then looks whether somebody sleeps, and whether somebody searches. All of these are volatile
 * (Dekker's argument): either the sleeper sees the task, or the other one sees the sleeper; and if
 * it relies on one who searches, that one has yet to look.
 *
 * <p>The newest sleeper is woken first: its caches are warm, and the others may retire.
 */
final class Lounge {
  private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

  /** Words that change only when somebody goes to sleep or wakes up, with a line to themselves. */
  private static final int SLEEPING = 16;

  private static final int SEARCHING = 17;

  private final long[] cells = new long[SEARCHING + 1 + 16];
  private final TaskQueue queue;
  private final ConcurrentLinkedDeque<Sleeper> sleepers = new ConcurrentLinkedDeque<>();

  Lounge(TaskQueue queue) {
    this.queue = queue;
  }

  /** One sleep of a worker. */
  static final class Sleeper {
    private static final VarHandle STATE;
    private static final int ASLEEP = 0;
    private static final int CALLED = 1;
    private static final int UP = 2;

    static {
      try {
        STATE = MethodHandles.lookup().findVarHandle(Sleeper.class, "state", int.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private final Thread thread = Thread.currentThread();
    private volatile int state = ASLEEP;

    private boolean leave(int to) {
      return STATE.compareAndSet(this, ASLEEP, to);
    }

    boolean isAsleep() {
      return state == ASLEEP;
    }
  }

  private long count(int cell) {
    return (long) CELL.getVolatile(cells, cell);
  }

  private long add(int cell, long by) {
    return (long) CELL.getAndAdd(cells, cell, by) + by;
  }

  // ------------------------------------------------------------------ for who puts a task in

  /** Whether to {@link #call} somebody, after a task has been put in. */
  boolean isIdle() {
    return count(SLEEPING) != 0 && count(SEARCHING) == 0;
  }

  /** Wakes a sleeper, unless somebody searches. */
  void call() {
    while (count(SLEEPING) != 0 && CELL.compareAndSet(cells, SEARCHING, 0L, 1L)) {
      if (callFirst()) {
        return; // it is the one that searches now
      }
      add(SEARCHING, -1);
      // Who goes to sleep after this looks itself. Others may have relied on this one's search.
      if (sleepers.isEmpty() || !queue.hasTasks()) {
        return;
      }
    }
  }

  private boolean callFirst() {
    while (true) {
      Sleeper sleeper = sleepers.pollFirst();
      if (sleeper == null) {
        return false;
      }
      if (sleeper.leave(Sleeper.CALLED)) {
        long unused = add(SLEEPING, -1);
        LockSupport.unpark(sleeper.thread);
        return true;
      }
    }
  }

  // ------------------------------------------------------------------ for workers

  /** Whether the caller counts as one that searches; it need not if nobody sleeps. */
  boolean search() {
    if (count(SLEEPING) == 0) {
      return false;
    }
    long unused = add(SEARCHING, 1);
    return true;
  }

  /** Ends a search: something was found, or the caller retires. */
  void endSearch(boolean counted) {
    if (counted && add(SEARCHING, -1) == 0 && count(SLEEPING) != 0 && queue.hasTasks()) {
      call();
    }
  }

  /** Goes to sleep; the caller then looks at the queue again, and parks only after that. */
  Sleeper lieDown(boolean counted) {
    Sleeper sleeper = new Sleeper();
    sleepers.addFirst(sleeper);
    long unused = add(SLEEPING, 1);
    if (counted) {
      long unusedToo = add(SEARCHING, -1);
    }
    return sleeper;
  }

  /** The sleep is over; whether the caller counts as one that searches. */
  boolean getUp(Sleeper sleeper) {
    if (sleeper.leave(Sleeper.UP)) {
      rise(sleeper);
    } else if (sleeper.state == Sleeper.CALLED) {
      return true;
    }
    return search();
  }

  private void rise(Sleeper sleeper) {
    long unused = add(SLEEPING, -1);
    boolean unusedToo = sleepers.remove(sleeper);
  }

  /** Has one that is asleep look whether it is needed; false if it is not. */
  boolean poke(@Nullable Sleeper sleeper) {
    if (sleeper == null || !sleeper.leave(Sleeper.UP)) {
      return false;
    }
    rise(sleeper);
    LockSupport.unpark(sleeper.thread);
    return true;
  }
}
