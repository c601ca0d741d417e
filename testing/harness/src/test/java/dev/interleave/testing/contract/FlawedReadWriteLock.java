// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.ArrayDeque;
import java.util.Date;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A fair read-write lock, simple and slow, with one {@link Flaw}.
 *
 * <p>All state is guarded by one mutex. Whoever cannot enter queues, and looks again whenever
 * anything has changed: a writer enters from the head of the queue, a reader when no writer is
 * ahead of it. An upgrade is refused by {@link IllegalStateException}.
 */
@SuppressWarnings("WaitNotInLoop") // the loops are in acquireQueued and awaitQueued
final class FlawedReadWriteLock implements ReadWriteLock {
  private static final long FOREVER = Long.MAX_VALUE;
  private static final int OVERFLOW = 127;

  private final Flaw flaw;
  private final ReentrantLock mutex = new ReentrantLock();
  private final Condition changed = mutex.newCondition();
  private final Map<Thread, Integer> readers = new HashMap<>();
  private final Deque<Waiter> queue = new ArrayDeque<>();
  private final Deque<Signal> commonWaiters = new ArrayDeque<>();
  private @Nullable Thread writer;
  private int writeHolds;

  private static final class Waiter {
    final boolean write;

    Waiter(boolean write) {
      this.write = write;
    }
  }

  private static final class Signal {
    boolean given;
  }

  FlawedReadWriteLock(Flaw flaw) {
    this.flaw = flaw;
  }

  @Override
  public Lock readLock() {
    return new Side(false);
  }

  @Override
  public Lock writeLock() {
    return new Side(true);
  }

  private boolean is(Flaw other) {
    return flaw == other;
  }

  private boolean free(boolean write) {
    Thread self = Thread.currentThread();
    if (write) {
      return (writer == self && !is(Flaw.NOT_REENTRANT)) || (writer == null && readers.isEmpty());
    }
    if (is(Flaw.READERS_EXCLUDE_EACH_OTHER) && !readers.isEmpty()) {
      return false;
    }
    return writer == null || (writer == self && !is(Flaw.DOWNGRADE_HANGS));
  }

  private boolean mayEnter(boolean write, @Nullable Waiter me) {
    Thread self = Thread.currentThread();
    if (!free(write)) {
      return is(Flaw.UPGRADE_IS_GRANTED)
          && write
          && readers.containsKey(self)
          && readers.size() == 1;
    }
    if ((writer == self || (!write && readers.containsKey(self))) && !is(Flaw.REENTRY_QUEUES)) {
      return true;
    }
    for (Waiter waiter : queue) {
      if (waiter == me) {
        return !is(Flaw.WRITERS_PASS_READERS) || write || queue.stream().noneMatch(w -> w.write);
      }
      boolean passes = is(Flaw.READERS_PASS_WRITERS) && !write;
      passes |= is(Flaw.WRITERS_PASS_READERS) && write && !waiter.write;
      if ((write || waiter.write) && !passes) {
        return false;
      }
    }
    return true;
  }

  private void enter(boolean write) {
    if (is(Flaw.CHECK_THEN_ACT)) {
      pauseOutsideTheMutex();
    }
    Thread self = Thread.currentThread();
    if (write || (is(Flaw.HOLDS_OF_BOTH_KINDS_ARE_MIXED) && writer == self)) {
      writer = self;
      checkOverflow(++writeHolds);
    } else {
      checkOverflow(
          readers.merge(
              self, 1, (a, b) -> is(Flaw.READ_HOLDS_ARE_NOT_COUNTED) ? 1 : Integer.sum(a, b)));
    }
  }

  @SuppressWarnings({"LockNotBeforeTry", "ThreadPriorityCheck"}) // the flaw
  private void pauseOutsideTheMutex() {
    mutex.unlock();
    Thread.yield();
    mutex.lock();
  }

  private void checkOverflow(int holds) {
    if (is(Flaw.HOLDS_OVERFLOW) && holds > OVERFLOW) {
      throw new Error("too many holds");
    }
  }

  private void refuseUpgrade(boolean write) {
    Thread self = Thread.currentThread();
    boolean upgrade = write && readers.containsKey(self);
    if (writer == self && !is(Flaw.WRITER_THAT_READS_COUNTS_AS_UPGRADER)) {
      upgrade = false;
    }
    if (upgrade && !is(Flaw.UPGRADE_HANGS) && !is(Flaw.UPGRADE_IS_GRANTED)) {
      if (is(Flaw.REFUSED_UPGRADE_STAYS_QUEUED)) {
        queue.add(new Waiter(true));
      }
      if (is(Flaw.REFUSED_UPGRADE_DROPS_THE_READ_HOLD)) {
        readers.remove(self);
      }
      throw new IllegalStateException("upgrade");
    }
  }

  private boolean acquire(boolean write, boolean interruptible, long nanos)
      throws InterruptedException {
    if (interruptible && !is(Flaw.FREE_LOCK_IGNORES_INTERRUPTS) && Thread.interrupted()) {
      throw interrupted();
    }
    mutex.lock();
    try {
      refuseUpgrade(write);
      if (mayEnter(write, null)) {
        enter(write);
        return true;
      }
      Waiter me = new Waiter(write);
      if (is(Flaw.LAST_COME_FIRST_SERVED)) {
        queue.addFirst(me);
      } else {
        queue.addLast(me);
      }
      return acquireQueued(me, interruptible, nanos);
    } finally {
      mutex.unlock();
    }
  }

  private boolean acquireQueued(Waiter me, boolean interruptible, long nanos)
      throws InterruptedException {
    boolean interrupted = false;
    boolean entered = false;
    boolean stays = false;
    long left = nanos;
    try {
      while (!mayEnter(me.write, me)) {
        if (left <= 0) {
          stays = is(Flaw.TIMED_OUT_WAITER_STAYS_QUEUED);
          return false;
        }
        try {
          left = waitForChange(left);
          if (is(Flaw.LEAVING_WAITER_SWALLOWS_THE_WAKE_UP)
              && interruptible
              && Thread.interrupted()) {
            throw interrupted();
          }
        } catch (InterruptedException e) {
          if (interruptible) {
            stays = is(Flaw.INTERRUPTED_WAITER_STAYS_QUEUED);
            throw interrupted();
          }
          interrupted = true;
        }
      }
      enter(me.write);
      entered = true;
      return true;
    } finally {
      leaveQueue(me, entered, stays);
      if (interrupted && !is(Flaw.LOCK_SWALLOWS_INTERRUPTS)) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private long waitForChange(long left) throws InterruptedException {
    if (left == FOREVER) {
      changed.await();
      return FOREVER;
    }
    return changed.awaitNanos(left);
  }

  private void leaveQueue(Waiter me, boolean entered, boolean stays) {
    if (!stays) {
      queue.remove(me);
    }
    if (!entered && is(Flaw.LEAVING_WAITER_ACQUIRES) && free(me.write)) {
      enter(me.write);
    }
    if (is(Flaw.WRITER_WAKES_ONE_READER)
        || (!entered && is(Flaw.LEAVING_WAITER_WAKES_NO_ONE))
        || (!entered && is(Flaw.LEAVING_WAITER_SWALLOWS_THE_WAKE_UP))) {
      return;
    }
    changed.signalAll();
  }

  private InterruptedException interrupted() {
    if (is(Flaw.INTERRUPT_STATUS_STAYS_SET)) {
      Thread.currentThread().interrupt();
    }
    return new InterruptedException();
  }

  private boolean tryAcquire(boolean write) {
    if (is(Flaw.TRY_LOCK_CLEARS_INTERRUPTS)) {
      Thread.interrupted();
    }
    mutex.lock();
    try {
      refuseUpgrade(write);
      boolean free = free(write);
      if (is(Flaw.WRITERS_TRY_LOCK_IGNORES_READERS) && write) {
        free |= writer == null;
      }
      if (is(Flaw.READERS_TRY_LOCK_QUEUES) && !write) {
        free &= mayEnter(false, null);
      }
      if (is(Flaw.REENTRY_QUEUES) && !queue.isEmpty()) {
        free &= mayEnter(write, null);
      }
      if (is(Flaw.UPGRADE_IS_GRANTED)) {
        free |= mayEnter(write, null);
      }
      if (!free || is(Flaw.TRY_LOCK_NEVER_SUCCEEDS)) {
        return false;
      }
      enter(write);
      return true;
    } finally {
      mutex.unlock();
    }
  }

  private void release(boolean write) {
    mutex.lock();
    try {
      if (write || (is(Flaw.HOLDS_OF_BOTH_KINDS_ARE_MIXED) && writer == Thread.currentThread())) {
        releaseWrite();
      } else {
        releaseRead();
      }
    } finally {
      mutex.unlock();
    }
  }

  private void releaseWrite() {
    if (writer == null && is(Flaw.UNLOCK_OF_A_FREE_LOCK_IS_IGNORED)) {
      return;
    }
    Thread self = Thread.currentThread();
    if (writer != self && (writer == null || !is(Flaw.ANYONE_MAY_UNLOCK))) {
      throw new IllegalMonitorStateException();
    }
    if (--writeHolds == 0) {
      writer = null;
      if (!is(Flaw.DOWNGRADE_WAKES_NO_ONE) || !readers.containsKey(self)) {
        wake();
      }
    }
  }

  private void releaseRead() {
    Thread self = Thread.currentThread();
    Thread holder = self;
    if (is(Flaw.ANYONE_MAY_UNLOCK) && !readers.containsKey(self) && !readers.isEmpty()) {
      holder = readers.keySet().iterator().next();
    }
    Integer holds = readers.get(holder);
    if (holds == null) {
      if (is(Flaw.READ_UNLOCK_RELEASES_THE_WRITE_LOCK) && writer == self) {
        releaseWrite();
        return;
      }
      if (is(Flaw.UNLOCK_OF_A_FREE_LOCK_IS_IGNORED)) {
        return;
      }
      throw new IllegalMonitorStateException();
    }
    if (holds > 1) {
      readers.put(holder, holds - 1);
      return;
    }
    readers.remove(holder);
    if (!is(Flaw.LAST_READER_WAKES_NO_ONE)) {
      wake();
    }
  }

  private void wake() {
    if (is(Flaw.RELEASE_WAKES_NO_ONE)) {
      return;
    }
    if (is(Flaw.WRITER_WAKES_ONE_READER) || is(Flaw.LEAVING_WAITER_SWALLOWS_THE_WAKE_UP)) {
      changed.signal();
    } else {
      changed.signalAll();
    }
  }

  private final class Side implements Lock {
    private final boolean write;

    Side(boolean write) {
      this.write = write;
    }

    @Override
    public void lock() {
      try {
        acquire(write, false, FOREVER);
      } catch (InterruptedException e) {
        throw new AssertionError("not interruptible", e);
      }
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
      acquire(write, true, FOREVER);
    }

    @Override
    public boolean tryLock() {
      if (is(Flaw.TRY_LOCK_WAITS)) {
        lock();
        return true;
      }
      return tryAcquire(write);
    }

    @Override
    @SuppressWarnings("ConstantValue") // null is one of the flaws
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
      long nanos = nanos(time, unit);
      if (is(Flaw.TIMED_TRY_LOCK_DOES_NOT_WAIT)) {
        nanos = 0;
      } else if (is(Flaw.NEGATIVE_TIME_WAITS) && nanos < 0) {
        nanos = FOREVER;
      } else if (is(Flaw.TIMES_OUT_EARLY)) {
        nanos /= 2;
      } else if (is(Flaw.TIME_OVERFLOWS)) {
        nanos++;
      }
      return acquire(write, !is(Flaw.TIMED_TRY_LOCK_IGNORES_INTERRUPTS), nanos);
    }

    @Override
    public void unlock() {
      release(write);
    }

    @Override
    public Condition newCondition() {
      if (!write && !is(Flaw.READ_LOCK_HAS_CONDITIONS)) {
        throw new UnsupportedOperationException();
      }
      return new FlawedCondition();
    }
  }

  private long nanos(long time, TimeUnit unit) {
    boolean none = is(Flaw.NULL_UNIT_MEANS_NANOSECONDS) && unit == null;
    return none ? time : unit.toNanos(time);
  }

  private final class FlawedCondition implements Condition {
    private final Deque<Signal> waiters =
        is(Flaw.CONDITIONS_SHARE_THEIR_WAITERS) ? commonWaiters : new ArrayDeque<>();

    @Override
    public void await() throws InterruptedException {
      awaitSignal(true, FOREVER);
    }

    @Override
    public void awaitUninterruptibly() {
      try {
        awaitSignal(false, FOREVER);
      } catch (InterruptedException e) {
        throw new AssertionError("not interruptible", e);
      }
    }

    @Override
    public long awaitNanos(long nanos) throws InterruptedException {
      return awaitSignal(true, nanos).left;
    }

    @Override
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
      return awaitSignal(true, nanos(time, unit)).signalled;
    }

    @Override
    public boolean awaitUntil(Date deadline) throws InterruptedException {
      long millis = 0;
      if (deadline != null || !is(Flaw.NULL_UNIT_MEANS_NANOSECONDS)) {
        millis = deadline.toInstant().toEpochMilli() - System.currentTimeMillis();
      }
      return awaitSignal(true, TimeUnit.MILLISECONDS.toNanos(millis)).signalled;
    }

    private record Result(boolean signalled, long left) {}

    private Result awaitSignal(boolean interruptible, long nanos) throws InterruptedException {
      mutex.lock();
      try {
        requireLock();
        if (interruptible && Thread.interrupted() && !is(Flaw.AWAIT_CLEARS_INTERRUPTS)) {
          throw new InterruptedException();
        }
        Signal signal = new Signal();
        waiters.add(signal);
        int holds = writeHolds;
        writer = null;
        writeHolds = 0;
        if (!is(Flaw.AWAIT_WAKES_NO_ONE)) {
          changed.signalAll();
        }
        return awaitQueued(signal, interruptible, nanos, holds);
      } finally {
        mutex.unlock();
      }
    }

    private Result awaitQueued(Signal signal, boolean interruptible, long nanos, int holds)
        throws InterruptedException {
      boolean interrupted = false;
      boolean thrown = false;
      long left = flawed(nanos);
      while (!signal.given && left > 0 && !thrown) {
        try {
          left = waitForChange(left);
        } catch (InterruptedException e) {
          interrupted = true;
        }
        boolean swallows = is(Flaw.INTERRUPTED_WAITER_SWALLOWS_THE_SIGNAL);
        if (swallows && Thread.interrupted()) {
          interrupted = true;
        }
        thrown = interruptible && interrupted && (swallows || !signal.given);
      }
      waiters.remove(signal);
      if (!(thrown && is(Flaw.AWAIT_THROWS_WITHOUT_THE_LOCK))) {
        reacquire(holds);
      }
      if (thrown) {
        throw new InterruptedException();
      }
      if (interrupted && !is(Flaw.AWAIT_UNINTERRUPTIBLY_SWALLOWS_INTERRUPTS)) {
        Thread.currentThread().interrupt();
      }
      return new Result(signal.given, left);
    }

    private long flawed(long nanos) {
      if (is(Flaw.AWAIT_ENDS_EARLY)) {
        return nanos / 2;
      }
      if (is(Flaw.NEGATIVE_AWAIT_WAITS) && nanos < 0) {
        return FOREVER;
      }
      return is(Flaw.AWAIT_TIME_OVERFLOWS) ? nanos + 1 : nanos;
    }

    private void reacquire(int holds) {
      Waiter me = new Waiter(true);
      queue.addLast(me);
      while (!is(Flaw.AWAIT_RETURNS_WITHOUT_THE_LOCK) && !mayEnter(true, me)) {
        changed.awaitUninterruptibly();
      }
      queue.remove(me);
      writer = Thread.currentThread();
      writeHolds = is(Flaw.AWAIT_RESTORES_ONE_HOLD) ? 1 : holds;
    }

    @Override
    public void signal() {
      mutex.lock();
      try {
        requireLock();
        Signal first = waiters.poll();
        if (first != null && !is(Flaw.SIGNAL_IS_LOST)) {
          first.given = true;
        }
        if (is(Flaw.SIGNAL_FORGETS_THE_OTHERS)) {
          waiters.clear();
        }
        changed.signalAll();
      } finally {
        mutex.unlock();
      }
    }

    @Override
    public void signalAll() {
      mutex.lock();
      try {
        requireLock();
        do {
          signal();
        } while (!waiters.isEmpty() && !is(Flaw.SIGNAL_ALL_WAKES_ONE));
      } finally {
        mutex.unlock();
      }
    }

    private void requireLock() {
      if (writer != Thread.currentThread() && !is(Flaw.CONDITION_NEEDS_NO_LOCK)) {
        throw new IllegalMonitorStateException();
      }
    }
  }
}
