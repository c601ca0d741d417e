// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import dev.interleave.diagnose.Owners;
import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.AbstractQueuedSynchronizer.ConditionObject;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/**
 * A condition of a {@link WatchedLock}: the queue synchronizer's own, with the registration of
 * those who wait.
 *
 * <p>A wait has two parts: until it is signalled, interrupted, or over, anybody may let it go on;
 * from then on it waits for the lock, without a limit and whatever comes. It is registered once,
 * before it gives up the lock, and says itself which part it is in: whoever was signalled stands in
 * the lock's queue, put there by the signaller; whoever comes back by itself says so when it does
 * not get the lock at once ({@link #wantsLockAgain}), and has the detectors look, because it may
 * close a cycle then. One that was signalled need not: the signaller owned the lock at that moment
 * and was running; so if that makes a cycle, the last thread of it has yet to park. It must not
 * look, either: a listener that acquires the lock would stand in line behind its own thread.
 */
@SuppressWarnings("WaitNotInLoop") // the loop is the caller's
final class WatchedCondition implements Condition, Resource {
  private static final String SIGNAL = "signal";

  private final WatchedSync sync;
  private final ConditionObject queue;

  WatchedCondition(WatchedSync sync) {
    this.sync = sync;
    queue = sync.newCondition();
  }

  /** The calling thread waited for a condition of {@code sync}, and now wants the lock again. */
  static void wantsLockAgain(WatchedSync sync) {
    try {
      Wait wait = Waits.of(Thread.currentThread());
      if (wait != null
          && wait.resource() instanceof WatchedCondition condition
          && condition.sync == sync
          && !wait.wants().equals(WatchedSync.LOCK)
          && !sync.isQueued(wait.thread())) {
        wait.goOn(WatchedSync.LOCK);
      }
    } catch (Error e) {
      // It must not keep the thread from getting its lock again; a later look finds the cycle.
    }
  }

  /** For what changes the lock or its line: the caller is to be its owner, and to have room. */
  private void requireOwner() {
    Thread t = Thread.currentThread();
    StackRoom.require(t.threadId());
    sync.requireOwner(t);
  }

  private Wait enter() {
    requireOwner();
    sync.tellReacquiring();
    return Waits.enter(this, SIGNAL, Wait.Exit.NONE);
  }

  @Override
  public void await() throws InterruptedException {
    Wait wait = enter();
    try {
      queue.await();
    } finally {
      wait.leave();
    }
  }

  @Override
  public void awaitUninterruptibly() {
    Wait wait = enter();
    try {
      queue.awaitUninterruptibly();
    } finally {
      wait.leave();
    }
  }

  @Override
  public long awaitNanos(long nanosTimeout) throws InterruptedException {
    Wait wait = enter();
    try {
      long cut = LongestWait.cutOff(nanosTimeout);
      return queue.awaitNanos(nanosTimeout - cut) + cut;
    } finally {
      wait.leave();
    }
  }

  @Override
  public boolean await(long time, TimeUnit unit) throws InterruptedException {
    Wait wait = enter();
    try {
      return queue.await(LongestWait.of(time, unit), TimeUnit.NANOSECONDS);
    } finally {
      wait.leave();
    }
  }

  @Override
  public boolean awaitUntil(Date deadline) throws InterruptedException {
    Wait wait = enter();
    try {
      return queue.awaitUntil(LongestWait.until(deadline));
    } finally {
      wait.leave();
    }
  }

  @Override
  public void signal() {
    requireOwner();
    queue.signal();
  }

  @Override
  public void signalAll() {
    requireOwner();
    queue.signalAll();
  }

  @Override
  public String name() {
    return sync.name();
  }

  @Override
  public String kind() {
    return "condition of " + sync.kind();
  }

  @Override
  public @Nullable Object watcher() {
    return sync.watcher();
  }

  @Override
  public Owners owners(Wait wait) {
    boolean wantsLock = wait.wants().equals(WatchedSync.LOCK) || sync.isQueued(wait.thread());
    return wantsLock ? sync.owners(wait) : Owners.anyone();
  }

  /** Those of the lock, of who wants it again; of others they are not known at all. */
  @Override
  public boolean keepsOwners(Wait wait) {
    return true;
  }

  @Override
  public String toString() {
    return "condition of " + sync;
  }
}
