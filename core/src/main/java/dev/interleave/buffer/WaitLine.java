// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import static dev.interleave.buffer.WaitWord.WANTED;

import dev.interleave.Deadline;
import dev.interleave.buffer.WaitMeter.Outcome;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The line of those who wait on one side of a {@link RingStore}: for an item, or for room. Nobody
 * holds a lock here.
 *
 * <p><b>No wake-up is lost.</b> The first in line <em>arms</em> this (a volatile write), tries once
 * more, and only then parks. The other side moves its index by a compare-and-set, and then looks
 * whether this is armed. Both are sequentially consistent (Dekker's argument), so that either the
 * attempt sees the index or the other side sees that this is armed; so the fast path pays a load
 * and no fence. The attempt has to look at the <em>indices</em>: a slot is published after the
 * index was moved, and to find it unpublished proves nothing.
 *
 * <p><b>One wake-up at a time.</b> Who finds this armed disarms it and unparks the first in line,
 * who stays first until it leaves. All that happens meanwhile is left to it: it arms this again
 * before it parks again, and when it leaves, for whatever reason (it got what it wanted, was
 * interrupted, ran out of time, found the buffer closed), and others are in line, it arms this for
 * them, looks whether there is something for them, and if so, wakes the next. Those behind the
 * first need not arm anything: as long as they are not first, somebody is who will do so.
 *
 * <p><b>The permit</b> of a thread is one for all who park it. An attempt may park for a moment
 * (see {@link Backoff}), and so may the registry of blocked calls. So nothing of that kind comes
 * between the last look, whether this is still armed, and the park.
 *
 * <p><b>Spinning</b> is worth its time only if what is waited for comes soon, and that is learned
 * from how long it took those who parked. One thread of each side spins for a bounded time, and
 * then yields; the others only yield, as on few processors they would keep each other from running;
 * then they park. On a single processor nobody spins or yields.
 *
 * <p>Who spins looks at <em>slots</em>, and seldom. To look at an index takes its cache line from
 * those who move it, so that each of their compare-and-sets has to fetch it back; and who takes an
 * item as soon as it is there has to wait for the next one again, with both sides in step and each
 * line fetched for one item. A pause that lets the other side get ahead by some items, but by no
 * more than the capacity, lets both work on lines of their own. With one place the pause is the
 * shortest there is: there is nothing to get ahead by.
 *
 * <p>What was measured, on two processors, in million items per second, medians of two to four runs
 * that differ by a third and more. One producer, one consumer, platform threads, 1,024 places: a
 * look at the indices after each pause 22, at the slots 33, at the slots after eight pauses 45,
 * after 32 of them 45 to 59. Four and four, virtual threads, 1,024 places: all spin 29; one spins
 * and the others park at once 37; with a pause after a lost race for an index ({@link
 * Backoff#afterLostRace}) 43; if the others yield first, 46, and with 16 places 9.9 instead of 7.1.
 * To wake nobody while a thread spins made no difference that could be told from chance.
 */
final class WaitLine extends WaitWord.After {
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  /** How many pauses of the processor a platform thread spins for, in all. */
  private static final int SPINS = 256;

  /** For a virtual thread it is cheaper to let another one run. */
  private static final int VIRTUAL_SPINS = 128;

  /** The most pauses between two looks. */
  private static final int MOST_PAUSES = 32;

  /** How often a thread that has spun yields before it parks. */
  private static final int YIELDS = 4;

  /** Who waited for less would not have parked had it spun: some changes of threads. */
  private static final long SHORT_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  /**
   * Halved by each long wait, doubled by each short one: a single one among long ones is chance.
   */
  private static final int MOST_BUDGET = 16;

  /** With less than this nobody spins. */
  private static final int LEAST_BUDGET = 2;

  private static final int ARMED = 1;
  private static final int WATCHED = 2;

  private static final VarHandle SPINNING;

  static {
    try {
      SPINNING = MethodHandles.lookup().findVarHandle(WaitLine.class, "spinning", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** A thread in line. Without {@code equals}: each is itself. */
  private static final class Waiter {
    final Thread thread = Thread.currentThread();
  }

  /**
   * What is waited for.
   *
   * @param <R> the result
   */
  interface Attempt<R> {
    /** Tries to have it now; null if it is to be waited for. */
    @Nullable R now();
  }

  private final WaitMeter meter;

  /** Whether, by the indices, there is something for whoever is in line. */
  private final BooleanSupplier ready;

  /** The same by the slots, which tell later, but are no index that the other side writes. */
  private final BooleanSupplier published;

  /** How long who spins lets the other side get ahead before it looks. */
  private final int pauses;

  private final ConcurrentLinkedQueue<Waiter> waiters = new ConcurrentLinkedQueue<>();

  /** Whether to spin. A hint: lost updates harm nobody. */
  private int budget = MOST_BUDGET;

  /** Whether somebody spins. */
  private volatile boolean spinning;

  /**
   * A line in which nobody stands.
   *
   * @param ready whether, by the indices, it is of use to try; never false if it is
   * @param published the same by the slots; a hint for those who spin
   * @param capacity how many items the other side can be ahead
   */
  WaitLine(WaitMeter meter, BooleanSupplier ready, BooleanSupplier published, int capacity) {
    this.meter = meter;
    this.ready = ready;
    this.published = published;
    pauses = Math.min(capacity, MOST_PAUSES);
  }

  /** Whether the other side, having moved its index, has more to do. */
  boolean isWanted() {
    return wanted != 0;
  }

  /** Wakes the first in line if this is armed. */
  void wake() {
    if ((wanted & ARMED) != 0 && ((int) WANTED.getAndBitwiseAnd(this, ~ARMED) & ARMED) != 0) {
      Waiter first = waiters.peek(); // null if it has just left, and it has looked by itself
      if (first != null) {
        LockSupport.unpark(first.thread);
      }
    }
  }

  /** Wakes all: after a close. */
  void wakeAll() {
    waiters.forEach(waiter -> LockSupport.unpark(waiter.thread));
  }

  private void arm() {
    WANTED.getAndBitwiseOr(this, ARMED);
  }

  /** Lets {@link #isWanted} be true whether or not somebody is in line. */
  void watch(boolean on) {
    if (on) {
      WANTED.getAndBitwiseOr(this, WATCHED);
    } else {
      WANTED.getAndBitwiseAnd(this, ~WATCHED);
    }
  }

  boolean isWatched() {
    return (wanted & WATCHED) != 0;
  }

  /**
   * Waits until an attempt succeeds.
   *
   * @return null if none did when the time was up
   */
  <R> @Nullable R await(Attempt<R> attempt, Deadline deadline) throws InterruptedException {
    R result = deadline.isExpired() ? null : spin(attempt, deadline);
    return result != null ? result : standInLine(attempt, deadline);
  }

  private <R> @Nullable R standInLine(Attempt<R> attempt, Deadline deadline)
      throws InterruptedException {
    Waiter me = new Waiter();
    WaitMeter.Begun wait = null;
    Outcome outcome = Outcome.INTERRUPTED;
    waiters.add(me);
    try {
      while (true) {
        long left = deadline.remainingNanos();
        R result = attempt.now();
        boolean first = result == null && waiters.peek() == me;
        if (first) {
          arm();
          result = attempt.now();
        }
        if (result != null) {
          outcome = Outcome.DONE;
          return result;
        }
        if (left == 0) {
          outcome = Outcome.TIMED_OUT;
          return null;
        }
        if (Thread.interrupted()) {
          throw wait == null ? new InterruptedException() : wait.interrupted();
        }
        if (wait == null) {
          wait = meter.begin(left != Long.MAX_VALUE);
        } else if (!first || (wanted & ARMED) != 0) {
          park(left);
        } // else it was woken, and the permit may have been used up within the attempt
      }
    } finally {
      leave(me);
      if (wait != null) {
        long waited = wait.end(outcome);
        learn(outcome == Outcome.DONE ? waited : Long.MAX_VALUE);
      }
    }
  }

  private void park(long nanos) {
    if (nanos == Long.MAX_VALUE) {
      LockSupport.park(this);
    } else {
      LockSupport.parkNanos(this, nanos);
    }
  }

  private void leave(Waiter me) {
    waiters.remove(me);
    if (!waiters.isEmpty()) {
      arm();
      if (ready.getAsBoolean()) {
        wake();
      }
    }
  }

  private <R> @Nullable R spin(Attempt<R> attempt, Deadline deadline) {
    if (PROCESSORS == 1 || budget < LEAST_BUDGET) {
      return null;
    }
    if (spinning || !SPINNING.compareAndSet(this, false, true)) {
      return giveWay(attempt, deadline);
    }
    try {
      R result = spinAlone(attempt);
      return result != null ? result : giveWay(attempt, deadline);
    } finally {
      SPINNING.setRelease(this, false);
    }
  }

  private <R> @Nullable R spinAlone(Attempt<R> attempt) {
    int looks = (Thread.currentThread().isVirtual() ? VIRTUAL_SPINS : SPINS) / pauses;
    for (int i = 0; i < looks; i++) {
      for (int j = 0; j < pauses; j++) {
        Thread.onSpinWait();
      }
      R result = look(attempt);
      if (result != null) {
        return result;
      }
    }
    return null;
  }

  @SuppressWarnings("ThreadPriorityCheck") // correct without yielding, which only saves time
  private <R> @Nullable R giveWay(Attempt<R> attempt, Deadline deadline) {
    Thread self = Thread.currentThread();
    for (int i = 0; i < YIELDS && !deadline.isExpired() && !self.isInterrupted(); i++) {
      Thread.yield(); // on a loaded machine others may have it for some milliseconds
      R result = look(attempt);
      if (result != null) {
        return result;
      }
    }
    return null;
  }

  private <R> @Nullable R look(Attempt<R> attempt) {
    return published.getAsBoolean() ? attempt.now() : null;
  }

  /** Who got it after a short wait would have done better to spin; the others, not to. */
  private void learn(long waited) {
    budget = waited < SHORT_NANOS ? Math.min(2 * budget + 1, MOST_BUDGET) : budget / 2;
  }
}
