// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

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
 * from how long it took those who parked. One thread of each side spins, and yields, for a bounded
 * time; the others park at once. On a single processor nobody spins.
 */
final class WaitLine {
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  /** How often a platform thread looks between two yields. */
  private static final int SPINS = PROCESSORS > 1 ? 128 : 0;

  /** For a virtual thread it is cheaper to let another one run. */
  private static final int VIRTUAL_SPINS = PROCESSORS > 1 ? 16 : 0;

  private static final int ROUNDS = 4;

  /** Who yields and comes back so late had better park: others want the processor. */
  private static final long MOST_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

  /** Who waited for less would not have parked had it spun: some changes of threads. */
  private static final long SHORT_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  /** After so many long waits, nobody spins until there is a short one. */
  private static final int MOST_BUDGET = 16;

  private static final int ARMED = 1;
  private static final int WATCHED = 2;

  private static final VarHandle WANTED;
  private static final VarHandle SPINNING;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      WANTED = lookup.findVarHandle(WaitLine.class, "wanted", int.class);
      SPINNING = lookup.findVarHandle(WaitLine.class, "spinning", boolean.class);
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

  private final ConcurrentLinkedQueue<Waiter> waiters = new ConcurrentLinkedQueue<>();

  /** {@link #ARMED} if the first in line is to be woken, {@link #WATCHED} if others look on. */
  private volatile int wanted;

  /** Whether to spin; 0 is no. A hint: lost updates harm nobody. */
  private int budget = PROCESSORS > 1 ? MOST_BUDGET : 0;

  /** Whether somebody spins: on each side one does, or they keep each other from running. */
  private volatile boolean spinning;

  WaitLine(WaitMeter meter, BooleanSupplier ready) {
    this.meter = meter;
    this.ready = ready;
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
    R result = spin(attempt);
    return result != null ? result : standInLine(attempt, deadline);
  }

  private <R> @Nullable R standInLine(Attempt<R> attempt, Deadline deadline)
      throws InterruptedException {
    Waiter me = new Waiter();
    WaitMeter.Wait wait = null;
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

  private <R> @Nullable R spin(Attempt<R> attempt) {
    if (budget == 0 || !SPINNING.compareAndSet(this, false, true)) {
      return null;
    }
    try {
      return spinAlone(attempt);
    } finally {
      spinning = false;
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // correct without yielding, which only saves time
  private <R> @Nullable R spinAlone(Attempt<R> attempt) {
    int spins = Thread.currentThread().isVirtual() ? VIRTUAL_SPINS : SPINS;
    long start = System.nanoTime();
    for (int round = 0; round < ROUNDS && System.nanoTime() - start < MOST_NANOS; round++) {
      for (int i = 0; i < spins; i++) {
        R result = ready.getAsBoolean() ? attempt.now() : null;
        if (result != null) {
          return result;
        }
        Thread.onSpinWait();
      }
      Thread.yield();
    }
    return ready.getAsBoolean() ? attempt.now() : null;
  }

  /** Who got it after a short wait would have done better to spin; the others, not to. */
  private void learn(long waited) {
    budget = waited < SHORT_NANOS ? MOST_BUDGET : budget / 2;
  }
}
