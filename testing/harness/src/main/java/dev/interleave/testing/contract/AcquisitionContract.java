// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * What every {@link Lock}, exclusive or shared, promises to whoever acquires it, waits for it,
 * stops waiting for it or releases it.
 */
abstract class AcquisitionContract extends Contract {
  private static final int CROWD = 12;

  /** Returns a fresh lock, and what stands in its way on this side. */
  abstract Contest contest(Side side);

  /**
   * Tells whether a hold belongs to the thread that acquired it, so that no other may release it.
   * If not, only the release of a lock that no one holds must be refused.
   *
   * @return true unless overridden
   */
  protected boolean ownerChecked() {
    return true;
  }

  /** Each way to acquire it takes a free lock, and keeps others out until it is released. */
  @ContractTest
  public void everyFormTakesAFreeLock(Actors actors, Side side) throws InterruptedException {
    Actor owner = actors.actor("owner");
    Actor stranger = actors.actor("stranger");
    for (Acquire how : Acquire.ALL) {
      Contest contest = contest(side);
      assertTrue(owner.ask(() -> how.on(contest.lock())), () -> how + " on a free lock");
      contest.assertHeld(stranger);
      owner.run(contest.lock()::unlock);
      contest.assertFree(stranger);
    }
  }

  /** Each way that waits does wait, and acquires the lock once it is released. */
  @ContractTest
  public void everyWaitingFormWaitsForTheRelease(Actors actors, Side side)
      throws InterruptedException {
    Actor holder = actors.actor("holder");
    Actor waiter = actors.actor("waiter");
    for (Acquire how : Acquire.WAITING) {
      Contest contest = contest(side);
      holder.run(contest.rival()::lock);
      Step<Boolean> waiting = waiter.startCall(() -> how.on(contest.lock()));
      waiting.awaitBlocked();
      holder.run(contest.rival()::unlock);
      assertTrue(waiting.result(), () -> how + " after the release");
      contest.assertHeld(holder);
      waiter.run(contest.lock()::unlock);
      contest.assertFree(holder);
    }
  }

  /** Many waiters all get in, one release after the other. */
  @ContractTest
  public void everyOneOfManyWaitersGetsIn(Actors actors, Side side) throws InterruptedException {
    Contest contest = contest(side);
    Actor holder = actors.actor("holder");
    holder.run(contest.rival()::lock);
    List<Step<@Nullable Void>> waiting =
        actors.actors(CROWD, "waiter").stream()
            .map(waiter -> waiter.start(() -> lockAndUnlock(contest.lock())))
            .toList();
    for (Step<?> step : waiting) {
      step.awaitBlocked();
    }
    holder.run(contest.rival()::unlock);
    for (Step<?> step : waiting) {
      step.result();
    }
    contest.assertFree(holder);
  }

  /** The untimed tryLock returns false at once, with and without others waiting. */
  @ContractTest
  public void tryLockDoesNotWait(Actors actors, Side side) throws InterruptedException {
    Contest contest = contest(side);
    Actor holder = actors.actor("holder");
    Actor waiter = actors.actor("waiter");
    Actor trier = actors.actor("trier");
    holder.run(contest.rival()::lock);
    assertFalse(trier.ask(contest.lock()::tryLock), "tryLock of a held lock");
    Step<?> waiting = waiter.start(contest.lock()::lock);
    waiting.awaitBlocked();
    assertFalse(trier.ask(contest.lock()::tryLock), "tryLock of a held lock, another waits");
    holder.run(contest.rival()::unlock);
    waiting.result();
    waiter.run(contest.lock()::unlock);
    contest.assertFree(trier);
  }

  /** With no time left, the timed tryLock takes a free lock and does not wait for a held one. */
  @ContractTest
  public void timedTryLockWithZeroOrNegativeTimeDoesNotWait(Actors actors, Side side)
      throws InterruptedException {
    Contest contest = contest(side);
    Actor holder = actors.actor("holder");
    Actor trier = actors.actor("trier");
    for (long time : new long[] {0, -1, Long.MIN_VALUE}) {
      for (TimeUnit unit : List.of(TimeUnit.NANOSECONDS, TimeUnit.DAYS)) {
        assertTrue(
            trier.ask(() -> contest.lock().tryLock(time, unit)),
            () -> "tryLock(" + time + ", " + unit + ") of a free lock");
        trier.run(contest.lock()::unlock);
        holder.run(contest.rival()::lock);
        assertFalse(
            trier.ask(() -> contest.lock().tryLock(time, unit)),
            () -> "tryLock(" + time + ", " + unit + ") of a held lock");
        holder.run(contest.rival()::unlock);
      }
    }
    contest.assertFree(trier);
  }

  /** The timed tryLock returns false, not before its time, and leaves nothing behind. */
  @ContractTest
  public void timedTryLockGivesUpAfterItsTime(Actors actors, Side side)
      throws InterruptedException {
    Contest contest = contest(side);
    Actor holder = actors.actor("holder");
    Actor waiter = actors.actor("waiter");
    long micros = 20_000;
    holder.run(contest.rival()::lock);
    long waited =
        waiter.call(() -> {
          long start = System.nanoTime();
          assertFalse(
              contest.lock().tryLock(micros, TimeUnit.MICROSECONDS), "tryLock of a held lock");
          return System.nanoTime() - start;
        });
    assertTrue(
        waited >= TimeUnit.MICROSECONDS.toNanos(micros), () -> "gave up after " + waited + " ns");
    holder.run(contest.rival()::unlock);
    contest.assertFree(holder);
  }

  /** The longest time that can be asked for does not overflow. */
  @ContractTest
  public void timedTryLockWaitsForTheLongestTime(Actors actors, Side side)
      throws InterruptedException {
    Contest contest = contest(side);
    Actor holder = actors.actor("holder");
    Actor waiter = actors.actor("waiter");
    for (TimeUnit unit : List.of(TimeUnit.NANOSECONDS, TimeUnit.DAYS)) {
      holder.run(contest.rival()::lock);
      Step<Boolean> waiting = waiter.startCall(() -> contest.lock().tryLock(Long.MAX_VALUE, unit));
      waiting.awaitBlocked();
      holder.run(contest.rival()::unlock);
      assertTrue(waiting.result(), () -> "tryLock(Long.MAX_VALUE, " + unit + ")");
      waiter.run(contest.lock()::unlock);
    }
    contest.assertFree(holder);
  }

  /** The timed tryLock refuses null for the unit, and has not acquired the lock then. */
  @ContractTest
  @SuppressWarnings("NullAway") // that is the test
  public void timedTryLockRefusesNullUnit(Actors actors, Side side) throws InterruptedException {
    Contest contest = contest(side);
    Actor holder = actors.actor("holder");
    Actor trier = actors.actor("trier");
    trier.start(() -> contest.lock().tryLock(1, null)).failure(NullPointerException.class);
    contest.assertFree(holder);
    holder.run(contest.rival()::lock);
    trier.start(() -> contest.lock().tryLock(1, null)).failure(NullPointerException.class);
    holder.run(contest.rival()::unlock);
    contest.assertFree(holder);
  }

  /**
   * A thread that is interrupted already does not get even a free lock by an interruptible form.
   */
  @ContractTest
  public void interruptBeforeEntryThrowsAndIsCleared(Actors actors, Side side)
      throws InterruptedException {
    Contest contest = contest(side);
    Actor holder = actors.actor("holder");
    Actor waiter = actors.actor("waiter");
    for (Acquire how : Acquire.INTERRUPTIBLE) {
      assertInterrupted(waiter.startCall(() -> interruptedSelf(how, contest.lock())));
      contest.assertFree(holder);
      holder.run(contest.rival()::lock);
      assertInterrupted(waiter.startCall(() -> interruptedSelf(how, contest.lock())));
      holder.run(contest.rival()::unlock);
      contest.assertFree(holder);
    }
    assertInterrupted(
        waiter.startCall(() -> {
          Thread.currentThread().interrupt();
          return contest.lock().tryLock(0, TimeUnit.SECONDS);
        }));
    contest.assertFree(holder);
  }

  /** A waiting thread that is interrupted leaves, with its interrupt status cleared. */
  @ContractTest
  public void interruptWhileWaitingThrowsAndIsCleared(Actors actors, Side side)
      throws InterruptedException {
    Actor holder = actors.actor("holder");
    Actor waiter = actors.actor("waiter");
    for (Acquire how : Acquire.INTERRUPTIBLE) {
      Contest contest = contest(side);
      holder.run(contest.rival()::lock);
      Step<Boolean> waiting = waiter.startCall(() -> how.on(contest.lock()));
      waiting.awaitBlocked();
      waiter.interrupt();
      assertInterrupted(waiting);
      holder.run(contest.rival()::unlock);
      contest.assertFree(holder);
    }
  }

  /** lock() cannot be interrupted: it acquires, and leaves the interrupt status set. */
  @ContractTest
  public void lockKeepsTheInterruptForLater(Actors actors, Side side) throws InterruptedException {
    Contest contest = contest(side);
    Actor holder = actors.actor("holder");
    Actor waiter = actors.actor("waiter");

    Step<Boolean> atOnce = waiter.startCall(() -> interruptedSelf(Acquire.LOCK, contest.lock()));
    assertTrue(atOnce.endedInterrupted(), "lock() of a free lock cleared the interrupt status");
    assertTrue(atOnce.result());
    contest.assertHeld(holder);
    waiter.run(contest.lock()::unlock);

    holder.run(contest.rival()::lock);
    Step<Boolean> before = waiter.startCall(() -> interruptedSelf(Acquire.LOCK, contest.lock()));
    before.awaitBlocked();
    holder.run(contest.rival()::unlock);
    assertTrue(before.endedInterrupted(), "lock() cleared an interrupt from before");
    assertTrue(before.result());
    contest.assertHeld(holder);
    waiter.run(contest.lock()::unlock);

    holder.run(contest.rival()::lock);
    Step<?> during = waiter.start(contest.lock()::lock);
    during.awaitBlocked();
    waiter.interrupt();
    during.awaitBlocked();
    holder.run(contest.rival()::unlock);
    assertTrue(during.endedInterrupted(), "lock() cleared an interrupt while it waited");
    during.result();
    contest.assertHeld(holder);
    waiter.run(contest.lock()::unlock);
    contest.assertFree(holder);
  }

  /** The untimed tryLock pays no heed to an interrupt and leaves the status as it is. */
  @ContractTest
  public void tryLockLeavesTheInterruptAlone(Actors actors, Side side) throws InterruptedException {
    Contest contest = contest(side);
    Actor holder = actors.actor("holder");
    Actor trier = actors.actor("trier");
    Step<Boolean> free = trier.startCall(() -> interruptedSelf(Acquire.TRY_LOCK, contest.lock()));
    assertTrue(free.result(), "tryLock of a free lock");
    assertTrue(free.endedInterrupted(), "tryLock of a free lock cleared the interrupt status");
    trier.run(contest.lock()::unlock);
    holder.run(contest.rival()::lock);
    Step<Boolean> held = trier.startCall(() -> interruptedSelf(Acquire.TRY_LOCK, contest.lock()));
    assertFalse(held.result(), "tryLock of a held lock");
    assertTrue(held.endedInterrupted(), "tryLock of a held lock cleared the interrupt status");
    holder.run(contest.rival()::unlock);
    contest.assertFree(holder);
  }

  /** A waiter that leaves by an interrupt does not take the wake-up of the next one with it. */
  @ContractTest
  public void interruptedWaiterDoesNotBlockTheOthers(Actors actors, Side side)
      throws InterruptedException {
    Actor holder = actors.actor("holder");
    Actor front = actors.actor("front");
    Actor leaver = actors.actor("leaver");
    Actor back = actors.actor("back");
    for (Acquire how : Acquire.INTERRUPTIBLE) {
      Contest contest = contest(side);
      holder.run(contest.rival()::lock);
      Step<?> first = front.start(() -> lockAndUnlock(contest.lock()));
      first.awaitBlocked();
      Step<Boolean> leaving = leaver.startCall(() -> how.on(contest.lock()));
      leaving.awaitBlocked();
      Step<?> last = back.start(() -> lockAndUnlock(contest.lock()));
      last.awaitBlocked();
      leaver.interrupt();
      assertInterrupted(leaving);
      first.assertNotDone();
      last.assertNotDone();
      holder.run(contest.rival()::unlock);
      first.result();
      last.result();
      contest.assertFree(holder);
    }
  }

  /** The same for the one in front of all, when it gives up by its time. */
  @ContractTest
  public void timedOutWaiterDoesNotBlockTheOthers(Actors actors, Side side)
      throws InterruptedException {
    Contest contest = contest(side);
    Actor holder = actors.actor("holder");
    Actor leaver = actors.actor("leaver");
    Actor back = actors.actor("back");
    holder.run(contest.rival()::lock);
    Step<Boolean> leaving =
        leaver.startCall(() -> contest.lock().tryLock(20, TimeUnit.MILLISECONDS));
    leaving.awaitBlockedOrDone();
    Step<?> last = back.start(() -> lockAndUnlock(contest.lock()));
    last.awaitBlocked();
    assertFalse(leaving.result(), "timed tryLock of a held lock");
    last.assertNotDone();
    holder.run(contest.rival()::unlock);
    last.result();
    contest.assertFree(holder);
  }

  /**
   * A waiter may leave at the very moment of the release: the next one must get in all the same.
   */
  @ContractTest
  public void releaseThatMeetsALeavingWaiterWakesTheNext(Actors actors, Side side)
      throws InterruptedException {
    Contest contest = contest(side);
    Actor holder = actors.actor("holder");
    Actor leaver = actors.actor("leaver");
    Actor next = actors.actor("next");
    SplittableRandom random = new SplittableRandom(20_26);
    long start = System.nanoTime();
    do {
      holder.run(contest.rival()::lock);
      boolean byInterrupt = random.nextBoolean();
      long nanos = byInterrupt ? Waiting.FOR_GOOD_NANOS : random.nextLong(300_000);
      Step<Boolean> leaving = leaver.startCall(() -> tryLockAndUnlock(contest.lock(), nanos));
      leaving.awaitBlockedOrDone();
      Step<?> waiting = next.start(() -> lockAndUnlock(contest.lock()));
      waiting.awaitBlocked();
      Step<?> release = holder.start(contest.rival()::unlock);
      if (byInterrupt) {
        leaver.interrupt();
      }
      release.result();
      leaving.result();
      waiting.result();
    } while (System.nanoTime() - start < Waiting.nanos(stressTime()));
    contest.assertFree(holder);
  }

  /** A lock that no one holds cannot be released, and works as before after the attempt. */
  @ContractTest
  public void unlockOfAFreeLockIsRefused(Actors actors, Side side) throws InterruptedException {
    Contest contest = contest(side);
    Actor actor = actors.actor("actor");
    Actor stranger = actors.actor("stranger");
    assertRefused(actor.start(contest.lock()::unlock));
    contest.assertFree(stranger);
    stranger.run(contest.rival()::lock);
    assertFalse(actor.ask(contest.lock()::tryLock), "the rival does not keep others out any more");
    stranger.run(contest.rival()::unlock);

    actor.run(contest.lock()::lock);
    contest.assertHeld(stranger);
    actor.run(contest.lock()::unlock);
    assertRefused(actor.start(contest.lock()::unlock));
    contest.assertFree(stranger);
  }

  /** Only the thread that holds the lock can release it. */
  @ContractTest
  public void unlockByAStrangerIsRefused(Actors actors, Side side) throws InterruptedException {
    assumeTrue(ownerChecked(), "holds do not belong to threads");
    Contest contest = contest(side);
    Actor owner = actors.actor("owner");
    Actor stranger = actors.actor("stranger");
    owner.run(contest.lock()::lock);
    assertRefused(stranger.start(contest.lock()::unlock));
    contest.assertHeld(stranger);
    owner.run(contest.lock()::unlock);
    contest.assertFree(stranger);
  }

  /** Two locks know nothing of each other. */
  @ContractTest
  public void anotherLockIsAnotherLock(Actors actors, Side side) throws InterruptedException {
    Contest mine = contest(side);
    Contest other = contest(side);
    Actor actor = actors.actor("actor");
    Actor stranger = actors.actor("stranger");
    actor.run(mine.lock()::lock);
    other.assertFree(stranger);
    assertRefused(actor.start(other.lock()::unlock));
    mine.assertHeld(stranger);
    stranger.run(other.rival()::lock);
    stranger.run(other.rival()::unlock);
    actor.run(mine.lock()::unlock);
    mine.assertFree(stranger);
  }

  static void assertInterrupted(Step<?> step) throws InterruptedException {
    step.failure(InterruptedException.class);
    assertFalse(
        step.endedInterrupted(), "InterruptedException thrown, but interrupt status still set");
  }

  static void assertRefused(Step<?> unlock) throws InterruptedException {
    unlock.failure(IllegalMonitorStateException.class);
  }

  @SuppressWarnings("LockNotBeforeTry") // nothing in between
  static void lockAndUnlock(Lock lock) {
    lock.lock();
    lock.unlock();
  }

  static void repeat(int times, Runnable action) {
    for (int i = 0; i < times; i++) {
      action.run();
    }
  }

  private static boolean interruptedSelf(Acquire how, Lock lock) throws InterruptedException {
    Thread.currentThread().interrupt();
    return how.on(lock);
  }

  private static boolean tryLockAndUnlock(Lock lock, long nanos) {
    try {
      if (lock.tryLock(nanos, TimeUnit.NANOSECONDS)) {
        lock.unlock();
        return true;
      }
      return false;
    } catch (InterruptedException e) {
      return false;
    }
  }
}
