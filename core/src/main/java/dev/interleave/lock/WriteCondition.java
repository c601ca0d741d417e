// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import dev.interleave.diagnose.Owners;
import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.AbstractQueuedLongSynchronizer.ConditionObject;
import java.util.concurrent.locks.Condition;

/**
 * A condition of the write lock: the queue synchronizer's own, around which this class puts away
 * the nested holds and, when the wait is over, waits for the readers that have come in meanwhile.
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
final class WriteCondition implements Condition, Resource {
  private static final String SIGNAL = "signal";
  private static final String WRITING = LockHolder.Mode.WRITE.name();

  private final ReadWriteSync sync;
  private final ConditionObject queue;

  WriteCondition(ReadWriteSync sync) {
    this.sync = sync;
    queue = sync.newCondition();
  }

  /** The calling thread waited for a condition of {@code sync}, and now wants the lock again. */
  static void wantsLockAgain(ReadWriteSync sync) {
    try {
      Wait wait = Waits.of(Thread.currentThread());
      if (wait != null
          && wait.resource() instanceof WriteCondition condition
          && condition.sync == sync
          && !wait.wants().equals(WRITING)
          && !sync.isQueued(wait.thread())) {
        wait.goOn(WRITING);
      }
    } catch (Error e) {
      // It must not keep the thread from getting its lock again; a later look finds the cycle.
    }
  }

  /** For what changes the lock or its line: the caller is to be the writer, and to have room. */
  private void requireWriter(Thread t) {
    StackRoom.require(t.threadId());
    sync.requireWriter(t);
  }

  private Wait enter(Thread t) {
    requireWriter(t);
    return Waits.enter(this, SIGNAL, Wait.Exit.NONE);
  }

  private void resume(Thread t, long extra, Wait wait) {
    try {
      sync.resumeWrite(t, extra, wait);
    } finally {
      wait.leave();
    }
  }

  private long suspend(Thread t, Wait wait) {
    try {
      return sync.suspendWrite(t);
    } catch (Throwable e) { // it holds the read lock as well
      wait.leave();
      throw e;
    }
  }

  @Override
  public void await() throws InterruptedException {
    Thread t = Thread.currentThread();
    Wait wait = enter(t);
    long extra = suspend(t, wait);
    try {
      queue.await();
    } finally {
      resume(t, extra, wait);
    }
  }

  @Override
  public void awaitUninterruptibly() {
    Thread t = Thread.currentThread();
    Wait wait = enter(t);
    long extra = suspend(t, wait);
    try {
      queue.awaitUninterruptibly();
    } finally {
      resume(t, extra, wait);
    }
  }

  @Override
  public long awaitNanos(long nanosTimeout) throws InterruptedException {
    Thread t = Thread.currentThread();
    Wait wait = enter(t);
    long extra = suspend(t, wait);
    long left = 0;
    long back;
    try {
      long cut = LongestWait.cutOff(nanosTimeout);
      left = queue.awaitNanos(nanosTimeout - cut) + cut;
    } finally {
      back = System.nanoTime();
      resume(t, extra, wait);
    }
    long less = left - (System.nanoTime() - back); // it may have waited for readers
    return less <= left ? less : Long.MIN_VALUE;
  }

  @Override
  public boolean await(long time, TimeUnit unit) throws InterruptedException {
    Thread t = Thread.currentThread();
    Wait wait = enter(t);
    long extra = suspend(t, wait);
    try {
      return queue.await(LongestWait.of(time, unit), TimeUnit.NANOSECONDS);
    } finally {
      resume(t, extra, wait);
    }
  }

  @Override
  public boolean awaitUntil(Date deadline) throws InterruptedException {
    Thread t = Thread.currentThread();
    Wait wait = enter(t);
    long extra = suspend(t, wait);
    try {
      return queue.awaitUntil(LongestWait.until(deadline));
    } finally {
      resume(t, extra, wait);
    }
  }

  @Override
  public void signal() {
    requireWriter(Thread.currentThread());
    queue.signal();
  }

  @Override
  public void signalAll() {
    requireWriter(Thread.currentThread());
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
  public Owners owners(Wait wait) {
    boolean wantsLock = wait.wants().equals(WRITING) || sync.isQueued(wait.thread());
    return wantsLock ? sync.owners(wait) : Owners.anyone();
  }

  @Override
  public String toString() {
    return "condition of " + sync;
  }
}
