// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** What an exclusive lock promises: one holder at a time, who may acquire it again. */
abstract class ExclusionContract extends ConditionContract {
  private static final int RACERS = 4;

  /**
   * Returns how many times one thread can hold the exclusive lock at once, at least.
   *
   * @return 1,000 unless overridden
   */
  protected int holds() {
    return 1_000;
  }

  /**
   * Tells whether threads that wait in {@code lock()} for the exclusive lock acquire it in the
   * order of their arrival.
   *
   * @return false unless overridden
   */
  protected boolean fair() {
    return false;
  }

  /** The holder acquires it again by any form; it is free after as many releases. */
  @ContractTest
  public void holderAcquiresItAgain(Actors actors) throws InterruptedException {
    assumeTrue(reentrant(), "not reentrant");
    Contest contest = exclusive();
    Lock lock = contest.lock();
    Actor holder = actors.actor("holder");
    Actor stranger = actors.actor("stranger");
    holder.run(lock::lock);
    for (Acquire how : Acquire.ALL) {
      assertTrue(holder.ask(() -> how.on(lock)), () -> how + " by the holder");
    }
    for (int i = 0; i < Acquire.ALL.size(); i++) {
      holder.run(lock::unlock);
      contest.assertHeld(stranger);
    }
    holder.run(lock::unlock);
    contest.assertFree(stranger);
    assertRefused(holder.start(lock::unlock));
  }

  /** The holder acquires it again while others wait, and does not queue behind them. */
  @ContractTest
  public void holderAcquiresItAgainWhileOthersWait(Actors actors) throws InterruptedException {
    assumeTrue(reentrant(), "not reentrant");
    Contest contest = exclusive();
    Lock lock = contest.lock();
    Actor holder = actors.actor("holder");
    Actor waiter = actors.actor("waiter");
    holder.run(lock::lock);
    Step<?> waiting = waiter.start(lock::lock);
    waiting.awaitBlocked();
    for (Acquire how : Acquire.ALL) {
      assertTrue(holder.ask(() -> how.on(lock)), () -> how + " by the holder, another waits");
      holder.run(lock::unlock);
    }
    waiting.assertNotDone();
    holder.run(lock::unlock);
    waiting.result();
    waiter.run(lock::unlock);
    contest.assertFree(holder);
  }

  /** The holder can hold it {@code holds()} times. */
  @ContractTest
  public void holdsNestDeeply(Actors actors) throws InterruptedException {
    assumeTrue(reentrant(), "not reentrant");
    Contest contest = exclusive();
    Actor holder = actors.actor("holder");
    Actor stranger = actors.actor("stranger");
    int holds = holds();
    holder.run(() -> repeat(holds, contest.lock()::lock));
    holder.run(() -> repeat(holds - 1, contest.lock()::unlock));
    contest.assertHeld(stranger);
    holder.run(contest.lock()::unlock);
    contest.assertFree(stranger);
  }

  /** Waiters get in in the order of their arrival, if the lock is {@code fair()}. */
  @ContractTest
  public void waitersGetInInOrder(Actors actors) throws InterruptedException {
    assumeTrue(fair(), "not fair");
    Lock lock = exclusive().lock();
    Actor holder = actors.actor("holder");
    List<String> order = new CopyOnWriteArrayList<>();
    List<Step<@Nullable Void>> waiting = new ArrayList<>();
    List<Actor> waiters = actors.actors(5, "waiter");
    holder.run(lock::lock);
    for (Actor waiter : waiters) {
      waiting.add(
          waiter.start(() -> {
            lock.lock();
            try {
              order.add(waiter.name());
            } finally {
              lock.unlock();
            }
          }));
      waiting.get(waiting.size() - 1).awaitBlocked();
    }
    holder.run(lock::unlock);
    for (Step<?> step : waiting) {
      step.result();
    }
    assertEquals(waiters.stream().map(Actor::name).toList(), order);
  }

  /**
   * No two threads are inside at once, and what the last one wrote is seen by the next: a stress.
   */
  @ContractTest
  public void holdersExcludeAndSeeEachOther(Actors actors) throws InterruptedException {
    Contest contest = exclusive();
    Lock lock = contest.lock();
    Guarded guarded = new Guarded();
    AtomicLong writes = new AtomicLong();
    actors.race(
        actors.actors(RACERS, "racer"),
        stressTime(),
        (racer, round) -> {
          if (Acquire.ALL.get((racer + round) % Acquire.ALL.size()).on(lock)) {
            try {
              guarded.write();
            } finally {
              lock.unlock();
            }
            writes.incrementAndGet();
          }
        });
    Actor last = actors.actor("last");
    last.run(lock::lock);
    assertEquals(writes.get(), last.call(guarded::read), "writes lost");
    last.run(lock::unlock);
    contest.assertFree(last);
  }

  /**
   * Timeouts and interrupts in all places neither break the exclusion nor leak a hold: a stress.
   */
  @ContractTest
  public void timeoutsAndInterruptsLeakNothing(Actors actors) throws InterruptedException {
    Contest contest = exclusive();
    Lock lock = contest.lock();
    Guarded guarded = new Guarded();
    AtomicLong writes = new AtomicLong();
    List<Actor> racers = actors.actors(RACERS, "racer");
    Chaos chaos = new Chaos(racers);
    actors.race(
        racers,
        stressTime(),
        (racer, round) -> {
          chaos.maybeInterruptSomeone(racer);
          if (chaos.tryAcquire(racer, lock)) {
            try {
              boolean again = reentrant() && chaos.tryAcquire(racer, lock);
              guarded.write();
              if (again) {
                lock.unlock();
              }
            } finally {
              lock.unlock();
            }
            writes.incrementAndGet();
          }
        });
    Actor last = actors.actor("last");
    contest.assertFree(last);
    last.run(lock::lock);
    assertEquals(writes.get(), last.call(guarded::read), "writes lost");
    last.run(lock::unlock);
  }

  /** Without support for conditions, newCondition() says so. */
  @ContractTest
  public void conditionsAreRefusedIfUnsupported(Actors actors) throws InterruptedException {
    assumeTrue(!conditions(), "conditions are supported");
    Lock lock = exclusive().lock();
    Actor actor = actors.actor("actor");
    actor.start(lock::newCondition).failure(UnsupportedOperationException.class);
    actor.run(lock::lock);
    actor.start(lock::newCondition).failure(UnsupportedOperationException.class);
    assertFalse(actors.actor("stranger").ask(lock::tryLock), "released by newCondition()");
    actor.run(lock::unlock);
  }
}
