// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.internal;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Where the threads of a stress run meet, every few microseconds: those who come early spin for a
 * bounded time, then yield, then park.
 *
 * <p>Meetings are numbered from 1 and each party counts them itself, so the counter of arrivals
 * only grows and nothing has to be reset. So are turns, which cost less. What a party did before a
 * meeting or turn happens-before what any party does after it.
 *
 * <p>A wait does not react to interrupts and clears the status: an interrupt is one of the
 * perturbations of a round and must not reach the next one. {@link #shatter()} ends all waits.
 */
public final class StepBarrier {
  // The words that everyone writes and the one that everyone watches, on cache lines of their own.
  private static final int ARRIVED = 16;
  private static final int RELEASED = 32;
  private static final int TURNS = 48; // one per party
  private static final int LINE = 16;

  /** Looks without a pause: most waits are shorter than the pause of some processors. */
  private static final int EAGER_LOOKS = 50;

  private final AtomicLongArray words;
  private final AtomicReferenceArray<@Nullable Thread> asleep;
  private final int parties;
  private final int spins;
  private final int yields;
  private volatile boolean shattered;

  /**
   * Makes a barrier.
   *
   * @param parties how many threads meet
   * @param spins how often the early ones look before they begin to yield
   * @param yields how often they look before they park
   */
  public StepBarrier(int parties, int spins, int yields) {
    this.parties = parties;
    this.spins = spins;
    this.yields = yields;
    this.words = new AtomicLongArray(TURNS + parties * LINE);
    this.asleep = new AtomicReferenceArray<>(parties);
  }

  /**
   * Waits until all parties have come to a meeting.
   *
   * @param me the index of the caller, from 0
   * @param meeting the number of the meeting, from 1
   * @return whether all came; false if the barrier is shattered
   */
  public boolean meet(int me, long meeting) {
    return isLast(meeting) ? release(meeting) : await(me, meeting, false);
  }

  /**
   * Waits until all parties have come to a meeting. Whoever comes last does something before the
   * others go on.
   *
   * @param me the index of the caller, from 0
   * @param meeting the number of the meeting, from 1
   * @param last what the last one does
   * @return whether all came; false if the barrier is shattered
   */
  public boolean meet(int me, long meeting, Runnable last) {
    if (!isLast(meeting)) {
      return await(me, meeting, false);
    }
    last.run();
    return release(meeting);
  }

  /**
   * Tells the others that the caller has come to a turn, and waits until all of them have. Turns
   * are numbered like meetings, and apart from them. They cost less: each party tells where it is,
   * and looks at all others.
   *
   * @param me the index of the caller, from 0
   * @param turn the number of the turn, from 1
   * @return whether all came; false if the barrier is shattered
   */
  public boolean pass(int me, long turn) {
    words.set(TURNS + me * LINE, turn); // volatile: comes before the look at who is asleep
    wakeAll();
    return await(me, turn, true);
  }

  /** Ends all waits, those to come too: whoever meets from now on is told so. */
  public void shatter() {
    shattered = true;
    wakeAll();
  }

  /**
   * Tells whether the barrier is shattered.
   *
   * @return whether it is
   */
  public boolean isShattered() {
    return shattered;
  }

  private boolean isLast(long meeting) {
    return words.incrementAndGet(ARRIVED) == meeting * parties;
  }

  private boolean release(long meeting) {
    words.set(RELEASED, meeting); // volatile: comes before the look at who is asleep
    wakeAll();
    return !shattered;
  }

  private void wakeAll() {
    for (int i = 0; i < parties; i++) {
      Thread sleeper = asleep.get(i);
      if (sleeper != null) {
        LockSupport.unpark(sleeper);
      }
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // whoever yields here parks in the end
  private boolean await(int me, long number, boolean turn) {
    for (int i = 0; i < spins; i++) {
      if (isOver(number, turn)) {
        return !shattered;
      }
      if (i >= EAGER_LOOKS) {
        Thread.onSpinWait();
      }
    }
    for (int i = 0; i < yields; i++) {
      if (isOver(number, turn)) {
        return !shattered;
      }
      Thread.yield();
    }
    asleep.set(me, Thread.currentThread()); // volatile: comes before the look at the others
    while (!isOver(number, turn)) {
      LockSupport.park(this);
      Thread.interrupted(); // else the next park would not wait
    }
    asleep.set(me, null);
    return !shattered;
  }

  private boolean isOver(long number, boolean turn) {
    return (turn ? haveAllPassed(number) : words.get(RELEASED) >= number) || shattered;
  }

  private boolean haveAllPassed(long turn) {
    for (int i = 0; i < parties; i++) {
      if (words.get(TURNS + i * LINE) < turn) {
        return false;
      }
    }
    return true;
  }
}
