// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import dev.interleave.Deadline;
import dev.interleave.diagnose.LockOrder;
import dev.interleave.diagnose.Owner;
import dev.interleave.diagnose.Owners;
import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import dev.interleave.lock.LockWaitEvent.Outcome;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * The protocol of {@link WatchedLock}: that of {@code ReentrantLock} (Doug Lea, "The
 * java.util.concurrent Synchronizer Framework", Science of Computer Programming 58, 2005), with a
 * number for each hold, with the registration of those who wait, and with word to a {@link
 * LockOrder}, if there is one, of each outermost acquisition and last release.
 *
 * <p>The state is the number of holds of the {@linkplain #getExclusiveOwnerThread owner}. The
 * linearization point of an acquisition is the compare-and-set of the state from 0, of the last
 * release the volatile store of 0.
 */
final class WatchedSync extends AbstractQueuedSynchronizer implements Resource {
  private static final long serialVersionUID = 1L;

  /** What a thread wants that calls {@code lock}, or comes back from a condition. */
  static final String LOCK = "LOCK";

  /**
   * The argument of an acquisition from the lock methods; a condition's wait passes the number of
   * holds that it had, 1 at least.
   */
  private static final int ONE_HOLD = 0;

  private static final VarHandle NUMBER;
  private static final VarHandle DATED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      NUMBER = lookup.findVarHandle(WatchedSync.class, "number", long.class);
      DATED = lookup.findVarHandle(WatchedSync.class, "dated", long.class);
      StackRoom.initialize(lookup, Outcome.class, Wait.class, Wait.Exit.class, Waits.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final String name;
  private final int siteEvery;
  private final transient @Nullable Object watcher;

  /** Told of the order of acquisitions; mostly there is none. */
  private final transient LockOrder.@Nullable Member order;

  // ---- written by the owner, read by others for reports

  /** How often the lock was acquired, nested holds not counted: it tells one hold from the next. */
  private long number;

  /** When the hold whose number is {@link #dated} began. Only one that had to wait has a date. */
  private long heldSince;

  private long dated;

  /** Where the hold of that number was acquired, if it was one of those to be sampled. */
  private transient volatile @Nullable Site site;

  private record Site(long number, Throwable stack) {}

  // ---- the slow path's

  private final LongAdder waits = new LongAdder();
  private final LongAdder waitNanos = new LongAdder();
  private final LongAccumulator longest = new LongAccumulator(Math::max, 0);
  private final LongAdder timeouts = new LongAdder();
  private final LongAdder interrupts = new LongAdder();
  private final LongAdder deadlocks = new LongAdder();

  WatchedSync(
      String name, @Nullable Object watcher, int siteEvery, LockOrder.@Nullable Member order) {
    this.name = name;
    this.watcher = watcher;
    this.siteEvery = siteEvery;
    this.order = order;
  }

  // ------------------------------------------------------------------ acquiring

  /**
   * Acquires the lock if it is free or held by {@code t}, the calling thread, already.
   *
   * @param givesUp whether the caller, if it does not get it so, will not wait for ever: then it
   *     cannot be part of a deadlock, and its order does not matter
   */
  boolean tryLock(Thread t, boolean givesUp) {
    StackRoom.require(t.threadId());
    LockOrder.Member member = order;
    return member == null ? acquireIfFree(t) : tryLockInOrder(t, givesUp, member);
  }

  private boolean tryLockInOrder(Thread t, boolean givesUp, LockOrder.Member member) {
    if (getExclusiveOwnerThread() == t) {
      return holdOnceMore();
    }
    if (!givesUp) {
      member.acquiring(); // it may refuse, or its listener keep the lock
    }
    if (!compareAndSetState(0, 1)) {
      return getExclusiveOwnerThread() == t && holdOnceMore();
    }
    acquired(t);
    tellAcquired(member, givesUp);
    return true;
  }

  private boolean acquireIfFree(Thread t) {
    if (compareAndSetState(0, 1)) {
      acquired(t);
      return true;
    }
    return getExclusiveOwnerThread() == t && holdOnceMore();
  }

  private boolean holdOnceMore() {
    return hold(1);
  }

  /** So many holds more, of the owner; true. */
  private boolean hold(int more) {
    int holds = getState() + more;
    if (holds < 0) {
      throw new Error("More than " + Integer.MAX_VALUE + " holds of " + name);
    }
    setState(holds);
    return true;
  }

  private void acquired(Thread t) {
    NUMBER.setOpaque(this, number + 1); // as cheap as a plain store, and readers see it whole
    VarHandle.storeStoreFence(); // who sees the owner sees the number of its hold
    setExclusiveOwnerThread(t);
    if (siteEvery != 0) {
      sample();
    }
  }

  /** The lock is held, and must not be lost because memory is too short for its order. */
  private void tellAcquired(LockOrder.Member member, boolean givesUp) {
    try {
      if (givesUp) {
        member.acquiredByTrying();
      } else {
        member.acquired();
      }
    } catch (VirtualMachineError e) {
      // The order does not know of the hold, and does not mind to be told of its end.
    }
  }

  /** The lock is to be released whatever comes. */
  private void tellReleasing(LockOrder.Member member) {
    try {
      member.releasing();
    } catch (VirtualMachineError e) {
      // It counts as held no more; what could not be tidied up, the thread's next hold does.
    }
  }

  /**
   * The calling thread, which holds the lock, is about to give it up in order to wait, and to want
   * it back then.
   *
   * @throws RuntimeException what the listener of the order throws, to refuse
   */
  void tellReacquiring() {
    LockOrder.Member member = order;
    if (member != null) {
      member.reacquiring();
    }
  }

  private void sample() {
    if (number % siteEvery == 0) {
      try {
        site = new Site(number, new Acquisition());
      } catch (OutOfMemoryError | StackOverflowError e) {
        site = null; // the lock is held, and must not be lost for a report
      }
    }
  }

  /** Only carries a stack. */
  private static final class Acquisition extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /** Acquires the lock, waiting as long as it takes. An interrupt is kept for later. */
  void lock(Thread t) {
    if (tryLock(t, false)) {
      return;
    }
    Pending pending = begin(Wait.Exit.INTERRUPT);
    boolean interrupted = false;
    try {
      while (!pending.done) {
        try {
          acquireInterruptibly(ONE_HOLD);
          pending.acquired();
        } catch (InterruptedException e) {
          RuntimeException ended = pending.wait.failureByInterrupt();
          if (ended != null) {
            pending.ended();
            throw ended;
          }
          interrupted = true; // wait on, at the end of the line
        }
      }
    } finally {
      pending.wait.leave();
      if (interrupted) {
        t.interrupt();
      }
    }
  }

  /**
   * Acquires the lock unless the time runs out first.
   *
   * @param nanos how long to wait at most; {@code timed} false waits for ever
   */
  boolean lock(Thread t, boolean timed, long nanos) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (tryLock(t, timed)) {
      return true;
    }
    if (timed && nanos <= 0) {
      return false;
    }
    Pending pending = begin(timed ? Wait.Exit.TIMEOUT : Wait.Exit.INTERRUPT);
    try {
      if (!timed) {
        acquireInterruptibly(ONE_HOLD);
      } else if (!tryAcquireNanos(ONE_HOLD, Math.min(nanos, Deadline.MAX_NANOS))) {
        pending.timedOut();
        return false;
      }
      pending.acquired();
      return true;
    } catch (InterruptedException e) {
      if (pending.wait.failure() != null) {
        pending.ended();
      } else {
        pending.interrupted();
      }
      throw Waits.causedBy(pending.wait, e);
    } finally {
      pending.wait.leave();
    }
  }

  private Pending begin(Wait.Exit exit) {
    LockWaitEvent event =
        FlightRecorder.isInitialized() ? LockWaitEvent.begin(name, LockHolder.Mode.LOCK) : null;
    try {
      return new Pending(Waits.enter(this, LOCK, exit), event);
    } catch (Throwable e) {
      Outcome outcome = Outcome.of(e);
      if (outcome == Outcome.DEADLOCKED) {
        deadlocks.increment();
        waits.increment();
      }
      if (event != null) {
        event.end(outcome);
      }
      throw e;
    }
  }

  /** A wait under way; ended once, by the thread that began it. */
  private final class Pending {
    final Wait wait;
    private final @Nullable LockWaitEvent event;
    boolean done;

    Pending(Wait wait, @Nullable LockWaitEvent event) {
      this.wait = wait;
      this.event = event;
    }

    /** The caller is the owner; perhaps by a hold that a listener has kept, too. */
    void acquired() {
      done = true;
      boolean first = getState() == 1;
      LockOrder.Member member = order;
      if (first && member != null) {
        tellAcquired(member, wait.exit() == Wait.Exit.TIMEOUT);
      }
      long now = end(Outcome.ACQUIRED);
      if (first) {
        heldSince = now;
        DATED.setRelease(WatchedSync.this, number);
      }
    }

    void timedOut() {
      timeouts.increment();
      end(Outcome.TIMED_OUT);
    }

    void interrupted() {
      interrupts.increment();
      end(Outcome.INTERRUPTED);
    }

    void ended() {
      deadlocks.increment();
      end(Outcome.DEADLOCKED);
    }

    private long end(Outcome outcome) {
      long now = System.nanoTime();
      try {
        waits.increment();
        waitNanos.add(now - wait.sinceNanos());
        longest.accumulate(now - wait.sinceNanos());
        if (event != null) {
          event.end(outcome);
        }
      } catch (OutOfMemoryError | StackOverflowError e) {
        // The caller has the lock, and must not lose it for a figure.
      }
      return now;
    }
  }

  @Override
  protected boolean tryAcquire(int holds) {
    if (getState() == 0 && compareAndSetState(0, holds == ONE_HOLD ? 1 : holds)) {
      acquired(Thread.currentThread());
      if (holds != ONE_HOLD && order != null) {
        tellAcquired(order, false);
      }
      return true;
    }
    if (holds != ONE_HOLD) {
      WatchedCondition.wantsLockAgain(this);
    }
    return hasKept(holds);
  }

  /**
   * Asked by who waits when a detector's listener may have been told in its name: whether that has
   * kept the lock. The holds that are waited for come on top of it.
   */
  private boolean hasKept(int holds) {
    return getExclusiveOwnerThread() == Thread.currentThread() && hold(Math.max(1, holds));
  }

  // ------------------------------------------------------------------ releasing

  /**
   * Releases one hold.
   *
   * @throws IllegalMonitorStateException if the calling thread has none
   */
  void unlock() {
    StackRoom.require(getState());
    release(1);
  }

  @Override
  protected boolean tryRelease(int holds) {
    requireOwner(Thread.currentThread());
    int left = getState() - holds;
    if (left == 0) {
      LockOrder.Member member = order;
      if (member != null) {
        tellReleasing(member);
      }
      setExclusiveOwnerThread(null);
    }
    setState(left);
    return left == 0;
  }

  /**
   * Checks that {@code t}, the calling thread, holds the lock.
   *
   * @throws IllegalMonitorStateException if it does not
   */
  void requireOwner(Thread t) {
    if (getExclusiveOwnerThread() != t) {
      throw notOwner(t);
    }
  }

  private IllegalMonitorStateException notOwner(Thread t) {
    LockHolder holder = holder();
    return new IllegalMonitorStateException(
        LockHolder.describe(t)
            + " does not hold "
            + name
            + (holder == null ? ", nor does anybody else" : ": held for " + holder));
  }

  @Override
  protected boolean isHeldExclusively() {
    return getExclusiveOwnerThread() == Thread.currentThread();
  }

  ConditionObject newCondition() {
    return new ConditionObject();
  }

  // ------------------------------------------------------------------ reports

  /** How often {@code t}, the calling thread, holds the lock. */
  int holds(Thread t) {
    return getExclusiveOwnerThread() == t ? getState() : 0;
  }

  boolean isLocked() {
    return getState() != 0;
  }

  private @Nullable Thread owner() {
    return getState() == 0 ? null : getExclusiveOwnerThread();
  }

  /** Who holds the lock, or null; a snapshot. */
  @Nullable LockHolder holder() {
    Thread owner = owner();
    return owner == null
        ? null
        : LockHolder.of(owner, LockHolder.Mode.LOCK, Math.max(1, getState()));
  }

  /** Which hold this is; it changes with every acquisition. To be asked after the owner. */
  long number() {
    VarHandle.loadLoadFence();
    return (long) NUMBER.getOpaque(this);
  }

  /** For how many nanoseconds the hold has lasted at least, or -1 if that is not known. */
  long heldNanos(long hold) {
    if ((long) DATED.getAcquire(this) != hold) {
      return -1;
    }
    long since = heldSince;
    VarHandle.acquireFence();
    // If another hold has begun meanwhile, the date may be that one's.
    return number() == hold ? Math.max(0, System.nanoTime() - since) : -1;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String kind() {
    return "lock";
  }

  @Override
  public @Nullable Object watcher() {
    return watcher;
  }

  /** Only the owner can let anybody go on; a waiter that is the owner has just become it. */
  @Override
  public Owners owners(Wait wait) {
    Thread owner = owner();
    if (owner == null || owner == wait.thread()) {
      return Owners.nobody();
    }
    long hold = number();
    Site there = site;
    return Owners.one(
        Owner.of(owner, LOCK, Math.max(1, getState()))
            .heldFor(heldNanos(hold))
            .acquiredAt(there != null && there.number == hold ? there.stack : null));
  }

  /** There is one, and nobody acquires the lock before that one releases it. */
  @Override
  public boolean keepsOwners(Wait wait) {
    return true;
  }

  WatchedLockStats stats() {
    return new WatchedLockStats(
        name,
        number(),
        getQueueLength(),
        waits.sum(),
        waitNanos.sum(),
        longest.get(),
        timeouts.sum(),
        interrupts.sum(),
        deadlocks.sum());
  }

  /** What threads that wait are said to be parked for. */
  @Override
  public String toString() {
    return "WatchedLock[" + name + ']';
  }
}
