// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Owners;
import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import dev.interleave.lock.LockHolder.Mode;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A condition of the lock of a key. The queue is its own, not an entry's: while threads wait for
 * the condition nobody need hold the key, and then it has no entry.
 *
 * <p>The queue is touched only by who holds the key. A waiter's state leaves {@code WAITING} by one
 * compare-and-set, of who signals or of the waiter that gives up: so a signal is given to somebody
 * who takes it, and who is interrupted after it was signalled returns from the wait as if it had
 * not been, and is interrupted still.
 *
 * @param <K> the keys
 */
@SuppressWarnings({
  "JavaUtilDate",
  "WaitNotInLoop"
}) // as the interface has it; the loop is the caller's
final class KeyCondition<K> implements Condition, Resource {
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Waiter.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final class Waiter {
    static final int WAITING = 0;
    static final int SIGNALLED = 1;
    static final int GONE = 2;

    final Thread thread;

    @SuppressWarnings("UnusedVariable") // by STATE
    volatile int state = WAITING;

    Waiter(Thread thread) {
      this.thread = thread;
    }

    boolean becomes(int end) {
      return STATE.compareAndSet(this, WAITING, end);
    }
  }

  private final KeyLocks<K> locks;
  private final K key;
  private final int hash;
  private final String name;
  private final ArrayDeque<Waiter> queue = new ArrayDeque<>(2);

  KeyCondition(KeyLocks<K> locks, K key, int hash) {
    this.locks = locks;
    this.key = key;
    this.hash = hash;
    name = locks.nameOf(key);
  }

  /** The caller's hold of the key. */
  private KeyHold<K> hold() {
    KeyHold<K> hold = locks.find(key, hash);
    if (hold == null || hold.writes == 0) {
      throw locks.notHeld(Thread.currentThread(), key, hash, Mode.WRITE);
    }
    return hold;
  }

  // ------------------------------------------------------------------ waiting

  /**
   * Gives up the key, waits, and has the key again.
   *
   * @param left what is left of the time, in nanoseconds; null if it has no end
   * @return whether it was signalled
   * @throws InterruptedException if it was interrupted instead, and may be
   */
  private boolean await(boolean interruptible, @Nullable LongSupplier left)
      throws InterruptedException {
    KeyHold<K> hold = hold();
    if (interruptible && Thread.interrupted()) {
      throw new InterruptedException();
    }
    KeyHold<K> above = hold.above;
    Waiter waiter = new Waiter(hold.thread());
    queue.add(waiter);
    long writes;
    try {
      writes = locks.suspend(hold);
    } catch (Throwable e) { // refused: it still has the key
      queue.remove(waiter);
      throw e;
    }
    boolean interrupted = false;
    Wait wait = null;
    try {
      wait = Waits.enter(this, "SIGNAL", Wait.Exit.NONE);
      while (waiter.state == Waiter.WAITING) {
        if (Thread.interrupted()) {
          interrupted = true;
          if (interruptible && waiter.becomes(Waiter.GONE)) {
            throw new InterruptedException();
          }
        } else if (left == null) {
          LockSupport.park(this);
        } else {
          long nanos = left.getAsLong();
          if (nanos <= 0) {
            return !waiter.becomes(Waiter.GONE);
          }
          LockSupport.parkNanos(this, Math.min(nanos, Deadline.MAX_NANOS));
        }
      }
      return true;
    } finally {
      boolean gone = waiter.becomes(Waiter.GONE) || waiter.state == Waiter.GONE;
      if (wait != null) {
        wait.leave();
      }
      locks.resume(hold, writes, above);
      if (gone) {
        queue.remove(waiter);
      }
      if (interrupted && !(interruptible && gone)) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void await() throws InterruptedException {
    boolean unused = await(true, null);
  }

  @Override
  public void awaitUninterruptibly() {
    try {
      boolean unused = await(false, null);
    } catch (InterruptedException e) {
      throw new AssertionError(e); // it was not to be interrupted
    }
  }

  @Override
  public long awaitNanos(long nanosTimeout) throws InterruptedException {
    long end = System.nanoTime() + Math.max(0, nanosTimeout);
    boolean signalled = await(true, () -> end - System.nanoTime());
    long left = end - System.nanoTime();
    return signalled ? left : Math.min(0, left);
  }

  @Override
  public boolean await(long time, TimeUnit unit) throws InterruptedException {
    long end = System.nanoTime() + Math.max(0, unit.toNanos(time));
    return await(true, () -> end - System.nanoTime());
  }

  /** By the clock on the wall, which may be set meanwhile. */
  @Override
  public boolean awaitUntil(Date deadline) throws InterruptedException {
    long end = deadline.getTime();
    return await(true, () -> TimeUnit.MILLISECONDS.toNanos(end - System.currentTimeMillis()));
  }

  // ------------------------------------------------------------------ reports

  @Override
  public String name() {
    return name;
  }

  @Override
  public String kind() {
    return "condition";
  }

  /** Anybody who gets the key may signal. */
  @Override
  public Owners owners(Wait wait) {
    return Owners.anyone();
  }

  // ------------------------------------------------------------------ signalling

  @Override
  public void signal() {
    KeyHold<K> unused = hold();
    while (true) {
      Waiter waiter = queue.poll();
      if (waiter == null) {
        return;
      }
      if (waiter.becomes(Waiter.SIGNALLED)) {
        LockSupport.unpark(waiter.thread);
        return;
      }
    }
  }

  @Override
  public void signalAll() {
    KeyHold<K> unused = hold();
    for (Waiter waiter = queue.poll(); waiter != null; waiter = queue.poll()) {
      if (waiter.becomes(Waiter.SIGNALLED)) {
        LockSupport.unpark(waiter.thread);
      }
    }
  }
}
