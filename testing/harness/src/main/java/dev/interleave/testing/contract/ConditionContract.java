// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** What the {@link Condition}s of an exclusive lock promise. */
abstract class ConditionContract extends AcquisitionContract {
  private static final int CROWD = 6;
  private static final int NESTED_HOLDS = 3;

  /**
   * Tells whether {@link Lock#newCondition()} is supported. If not, it must throw {@link
   * UnsupportedOperationException}.
   *
   * @return true unless overridden
   */
  protected boolean conditions() {
    return true;
  }

  /**
   * Tells whether a thread can acquire again what it holds.
   *
   * @return true unless overridden
   */
  protected boolean reentrant() {
    return true;
  }

  /** Returns a fresh exclusive lock. */
  final Contest exclusive() {
    return contest(Side.EXCLUSIVE);
  }

  /** Returns a fresh exclusive lock, or aborts the test if it has no conditions. */
  private Contest withConditions() {
    assumeTrue(conditions(), "conditions are not supported");
    return exclusive();
  }

  /** However a thread waits, it does not hold the lock meanwhile, and a signal wakes it. */
  @ContractTest
  public void signalWakesAWaiter(Actors actors) throws InterruptedException {
    Actor waiter = actors.actor("waiter");
    Actor signaller = actors.actor("signaller");
    for (Await how : Await.ALL) {
      Contest contest = withConditions();
      Permits permits = new Permits(contest.lock());
      Step<?> waiting = waiter.start(() -> permits.take(how));
      waiting.awaitBlocked();
      contest.assertFree(signaller);
      waiting.assertNotDone();
      signaller.run(permits::give);
      waiting.result();
      contest.assertFree(signaller);
    }
  }

  /** A woken thread returns only once it has the lock again. */
  @ContractTest
  public void wokenWaiterWaitsForTheLock(Actors actors) throws InterruptedException {
    Actor waiter = actors.actor("waiter");
    Actor signaller = actors.actor("signaller");
    for (Await how : Await.ALL) {
      Contest contest = withConditions();
      Lock lock = contest.lock();
      Permits permits = new Permits(lock);
      waiter.run(lock::lock);
      Step<?> waiting = waiter.start(() -> permits.takeHolding(how));
      waiting.awaitBlocked();
      signaller.run(lock::lock);
      signaller.run(permits::giveHolding);
      waiting.awaitBlocked();
      signaller.run(lock::unlock);
      waiting.result();
      contest.assertHeld(signaller);
      waiter.run(lock::unlock);
      contest.assertFree(signaller);
    }
  }

  /** As many signals as waiters wake all of them. */
  @ContractTest
  public void everySignalWakesOne(Actors actors) throws InterruptedException {
    Permits permits = new Permits(withConditions().lock());
    Actor signaller = actors.actor("signaller");
    List<Step<@Nullable Void>> waiting = crowd(actors, permits);
    for (int i = 0; i < CROWD; i++) {
      signaller.run(permits::give);
    }
    for (Step<?> step : waiting) {
      step.result();
    }
    signaller.run(permits::assertNoneLeft);
  }

  /** signalAll wakes all waiters. */
  @ContractTest
  public void signalAllWakesAll(Actors actors) throws InterruptedException {
    Permits permits = new Permits(withConditions().lock());
    Actor signaller = actors.actor("signaller");
    List<Step<@Nullable Void>> waiting = crowd(actors, permits);
    signaller.run(() -> permits.giveToAll(CROWD));
    for (Step<?> step : waiting) {
      step.result();
    }
    signaller.run(permits::assertNoneLeft);
  }

  /** Of two conditions of a lock, a signal wakes the waiter of the one it was given to. */
  @ContractTest
  public void conditionsOfALockAreApart(Actors actors) throws InterruptedException {
    Lock lock = withConditions().lock();
    Permits one = new Permits(lock);
    Permits two = new Permits(lock);
    Actor signaller = actors.actor("signaller");
    Step<?> first = actors.actor("first").start(() -> one.take(Await.AWAIT));
    first.awaitBlocked();
    Step<?> second = actors.actor("second").start(() -> two.take(Await.AWAIT));
    second.awaitBlocked();
    signaller.run(two::give);
    second.result();
    first.assertNotDone();
    signaller.run(one::give);
    first.result();
  }

  /** A thread that begins to wait lets in those that wait for the lock. */
  @ContractTest
  public void awaitLetsTheNextOneIn(Actors actors) throws InterruptedException {
    Lock lock = withConditions().lock();
    Permits permits = new Permits(lock);
    Actor waiter = actors.actor("waiter");
    Actor next = actors.actor("next");
    waiter.run(lock::lock);
    Step<?> queued = next.start(permits::give);
    queued.awaitBlocked();
    waiter.run(() -> permits.takeHolding(Await.AWAIT));
    queued.result();
    waiter.run(lock::unlock);
  }

  /** Waiting gives up all holds of the thread, and returns with all of them. */
  @ContractTest
  public void awaitRestoresAllHolds(Actors actors) throws InterruptedException {
    assumeTrue(reentrant(), "not reentrant");
    Actor waiter = actors.actor("waiter");
    Actor other = actors.actor("other");
    for (Await how : Await.ALL) {
      Contest contest = withConditions();
      Lock lock = contest.lock();
      Permits permits = new Permits(lock);
      waiter.run(() -> repeat(NESTED_HOLDS, lock::lock));
      Step<?> waiting = waiter.start(() -> permits.takeHolding(how));
      waiting.awaitBlocked();
      other.run(permits::give);
      waiting.result();
      for (int i = 0; i < NESTED_HOLDS; i++) {
        contest.assertHeld(other);
        waiter.run(lock::unlock);
      }
      contest.assertFree(other);
      assertRefused(waiter.start(lock::unlock));
    }
  }

  /** The timed forms return when, and not before, their time is up, and hold the lock then. */
  @ContractTest
  public void timedAwaitEndsAfterItsTime(Actors actors) throws InterruptedException {
    Contest contest = withConditions();
    Lock lock = contest.lock();
    Condition condition = lock.newCondition();
    Actor waiter = actors.actor("waiter");
    Actor other = actors.actor("other");
    long nanos = TimeUnit.MILLISECONDS.toNanos(20);

    waiter.run(lock::lock);
    waiter.run(() -> {
      long start = System.nanoTime();
      long left = nanos;
      while (left > 0) {
        left = condition.awaitNanos(left);
      }
      assertWaited(System.nanoTime() - start, nanos);
    });
    contest.assertHeld(other);
    waiter.run(() -> {
      long start = System.nanoTime();
      long left = nanos;
      while (condition.await(left, TimeUnit.NANOSECONDS)) {
        left = nanos - (System.nanoTime() - start);
      }
      assertWaited(System.nanoTime() - start, nanos);
    });
    contest.assertHeld(other);
    waiter.run(() -> {
      Instant deadline = Instant.now().plusNanos(nanos).truncatedTo(ChronoUnit.MILLIS);
      boolean woken;
      do {
        woken = condition.awaitUntil(Date.from(deadline));
      } while (woken);
      assertFalse(Instant.now().isBefore(deadline), "awaitUntil ended early");
    });
    contest.assertHeld(other);
    waiter.run(lock::unlock);
    contest.assertFree(other);
  }

  /** With no time left, the timed forms do not wait. */
  @ContractTest
  @SuppressWarnings("WaitNotInLoop") // it is called without
  public void timedAwaitWithZeroOrNegativeTimeDoesNotWait(Actors actors)
      throws InterruptedException {
    Contest contest = withConditions();
    Lock lock = contest.lock();
    Condition condition = lock.newCondition();
    Actor waiter = actors.actor("waiter");
    waiter.run(lock::lock);
    for (long time : new long[] {0, -1, Long.MIN_VALUE}) {
      assertTrue(waiter.call(() -> condition.awaitNanos(time)) <= 0, () -> "awaitNanos " + time);
      assertFalse(waiter.ask(() -> condition.await(time, TimeUnit.DAYS)), () -> "await " + time);
    }
    assertFalse(
        waiter.ask(() -> condition.awaitUntil(Date.from(Instant.EPOCH))), "awaitUntil the past");
    contest.assertHeld(actors.actor("other"));
    waiter.run(lock::unlock);
    contest.assertFree(waiter);
  }

  /** The longest time that can be asked for does not overflow. */
  @ContractTest
  @SuppressWarnings("WaitNotInLoop") // to be woken once is enough
  public void timedAwaitWaitsForTheLongestTime(Actors actors) throws InterruptedException {
    Lock lock = withConditions().lock();
    Condition condition = lock.newCondition();
    Actor waiter = actors.actor("waiter");
    Actor signaller = actors.actor("signaller");
    List<Task> forms =
        List.of(
            () -> assertTrue(condition.awaitNanos(Long.MAX_VALUE) > 0),
            () -> assertTrue(condition.await(Long.MAX_VALUE, TimeUnit.NANOSECONDS)),
            () -> assertTrue(condition.await(Long.MAX_VALUE, TimeUnit.DAYS)),
            () ->
                assertTrue(condition.awaitUntil(Date.from(Instant.ofEpochMilli(Long.MAX_VALUE)))));
    for (Task form : forms) {
      Step<?> waiting = waiter.start(() -> locked(lock, form));
      waiting.awaitBlockedOrDone(); // done if woken for no reason
      signaller.run(() -> locked(lock, condition::signal));
      waiting.result();
    }
  }

  /** A thread that is interrupted already does not begin to wait, and still holds the lock. */
  @ContractTest
  public void interruptBeforeAwaitThrowsAndIsCleared(Actors actors) throws InterruptedException {
    Actor waiter = actors.actor("waiter");
    Actor other = actors.actor("other");
    for (Await how : Await.INTERRUPTIBLE) {
      Contest contest = withConditions();
      Lock lock = contest.lock();
      Condition condition = lock.newCondition();
      waiter.run(lock::lock);
      assertInterrupted(
          waiter.start(() -> {
            Thread.currentThread().interrupt();
            how.on(condition);
          }));
      contest.assertHeld(other);
      waiter.run(lock::unlock);
      contest.assertFree(other);
    }
  }

  /** A waiting thread that is interrupted throws, but only once it has the lock again. */
  @ContractTest
  public void interruptDuringAwaitThrowsAndIsCleared(Actors actors) throws InterruptedException {
    Actor waiter = actors.actor("waiter");
    Actor other = actors.actor("other");
    for (Await how : Await.INTERRUPTIBLE) {
      Contest contest = withConditions();
      Lock lock = contest.lock();
      Permits permits = new Permits(lock);
      waiter.run(lock::lock);
      Step<?> waiting = waiter.start(() -> permits.takeHolding(how));
      waiting.awaitBlocked();
      other.run(lock::lock);
      waiter.interrupt();
      waiting.awaitBlocked();
      other.run(lock::unlock);
      assertInterrupted(waiting);
      contest.assertHeld(other);
      waiter.run(lock::unlock);
      contest.assertFree(other);
    }
  }

  /** awaitUninterruptibly goes on waiting and leaves the interrupt status set in the end. */
  @ContractTest
  public void awaitUninterruptiblyKeepsTheInterruptForLater(Actors actors)
      throws InterruptedException {
    Permits permits = new Permits(withConditions().lock());
    Actor waiter = actors.actor("waiter");
    Actor signaller = actors.actor("signaller");
    Step<?> before =
        waiter.start(() -> {
          Thread.currentThread().interrupt();
          permits.take(Await.AWAIT_UNINTERRUPTIBLY);
        });
    before.awaitBlocked();
    signaller.run(permits::give);
    assertTrue(before.endedInterrupted(), "cleared an interrupt from before");
    before.result();

    Step<?> during = waiter.start(() -> permits.take(Await.AWAIT_UNINTERRUPTIBLY));
    during.awaitBlocked();
    waiter.interrupt();
    during.awaitBlocked();
    signaller.run(permits::give);
    assertTrue(during.endedInterrupted(), "cleared an interrupt while it waited");
    during.result();
  }

  /** A waiter that is signalled and interrupted at once either takes the signal or passes it on. */
  @ContractTest
  public void signalIsNotLostToAnInterruptedWaiter(Actors actors) throws InterruptedException {
    Contest contest = withConditions();
    Lock lock = contest.lock();
    Permits permits = new Permits(lock);
    Actor first = actors.actor("first");
    Actor second = actors.actor("second");
    Actor signaller = actors.actor("signaller");
    long start = System.nanoTime();
    do {
      Step<Boolean> interrupted = first.startCall(() -> takeUnlessInterrupted(permits));
      interrupted.awaitBlocked();
      Step<?> other = second.start(() -> permits.take(Await.AWAIT));
      other.awaitBlocked();
      Step<?> signal = signaller.start(permits::give);
      first.interrupt();
      signal.result();
      if (interrupted.result()) {
        signaller.run(permits::give);
      }
      other.result();
      signaller.run(permits::assertNoneLeft);
    } while (System.nanoTime() - start < Waiting.nanos(stressTime()));
    contest.assertFree(signaller);
  }

  /** Who does not hold the lock can neither wait nor signal, whether it is free or not. */
  @ContractTest
  public void withoutTheLockAllIsRefused(Actors actors) throws InterruptedException {
    assumeTrue(ownerChecked(), "holds do not belong to threads");
    Contest contest = withConditions();
    Condition condition = contest.lock().newCondition();
    Actor holder = actors.actor("holder");
    Actor stranger = actors.actor("stranger");
    for (boolean held : new boolean[] {false, true}) {
      if (held) {
        holder.run(contest.lock()::lock);
      }
      for (Await how : Await.ALL) {
        assertRefused(stranger.start(() -> how.on(condition)));
      }
      assertRefused(stranger.start(condition::signal));
      assertRefused(stranger.start(condition::signalAll));
    }
    contest.assertHeld(stranger);
    holder.run(contest.lock()::unlock);
    contest.assertFree(stranger);
  }

  /** Null for the unit or the deadline is refused, and the lock still held then. */
  @ContractTest
  @SuppressWarnings({"NullAway", "WaitNotInLoop"}) // that is the test
  public void timedAwaitRefusesNull(Actors actors) throws InterruptedException {
    Contest contest = withConditions();
    Condition condition = contest.lock().newCondition();
    Actor waiter = actors.actor("waiter");
    waiter.run(contest.lock()::lock);
    waiter.start(() -> condition.await(1, null)).failure(NullPointerException.class);
    waiter.start(() -> condition.awaitUntil(null)).failure(NullPointerException.class);
    contest.assertHeld(actors.actor("other"));
    waiter.run(contest.lock()::unlock);
    contest.assertFree(waiter);
  }

  private static List<Step<@Nullable Void>> crowd(Actors actors, Permits permits)
      throws InterruptedException {
    List<Step<@Nullable Void>> waiting =
        actors.actors(CROWD, "waiter").stream()
            .map(waiter -> waiter.start(() -> permits.take(Await.AWAIT)))
            .toList();
    for (Step<?> step : waiting) {
      step.awaitBlocked();
    }
    return waiting;
  }

  private static void locked(Lock lock, Task task) throws Exception {
    lock.lock();
    try {
      task.run();
    } finally {
      lock.unlock();
    }
  }

  private static boolean takeUnlessInterrupted(Permits permits) {
    try {
      permits.take(Await.AWAIT);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private static void assertWaited(long waited, long nanos) {
    assertTrue(waited >= nanos, () -> "ended after " + waited + " of " + nanos + " ns");
  }
}
