// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.Deadline;
import dev.interleave.buffer.BufferClosedException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A thread of a pool: runs one task after the other, and ends when it is not needed, or when the
 * pool does.
 *
 * <p>The clock is read once for each task that is timed: the end of one is the beginning of the
 * next, if that one was already there.
 */
final class Worker implements Runnable {
  /** The shortest wait of an idle thread: for a task that is about to be put into the queue. */
  private static final Duration MOMENT = Duration.ofMillis(1);

  private static final int BUSY = 0;
  private static final int IDLE = 1;
  private static final int POKING = 2;
  private static final int POKED = 3;

  private static final VarHandle CURRENT;
  private static final VarHandle PARKED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      CURRENT = lookup.findVarHandle(Worker.class, "current", Task.class);
      PARKED = lookup.findVarHandle(Worker.class, "parked", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Engine engine;
  private final Ledger ledger;
  private final Thread thread;

  /** What it was started for; null once it has been initialized. */
  private volatile @Nullable Task first;

  /** Since when it runs the initializer; 0 if it does not. */
  private volatile long initializingSince;

  private volatile @Nullable Task current;

  /** Whether it waits for a task, and so may be poked: see {@link #poke}. */
  private volatile int parked = BUSY;

  Worker(Engine engine, Ledger ledger, String name, @Nullable Task first) {
    this.engine = engine;
    this.ledger = ledger;
    this.first = first;
    thread = engine.newThread(name, this);
  }

  Thread thread() {
    return thread;
  }

  Ledger ledger() {
    return ledger;
  }

  /** What it runs, or is about to run unless that has been taken back; null in between. */
  @Nullable Task current() {
    return current;
  }

  /** Whether it runs a task. */
  boolean isActive() {
    Task task = current;
    return task != null && task.hasBegun();
  }

  /** What it was started for and may not have begun. */
  @Nullable Task first() {
    return first;
  }

  /** Since when it runs the initializer; 0 if it does not. */
  long initializingSince() {
    return initializingSince;
  }

  /** Interrupts the initializer, if that runs. Only for who stops all: it may reach a task. */
  void interruptInitializer() {
    if (initializingSince != 0) {
      thread.interrupt();
    }
  }

  @Override
  public void run() {
    boolean retired = false;
    try {
      if (isInitialized()) {
        retired = work();
      }
    } finally {
      engine.left(this, retired);
    }
  }

  private boolean isInitialized() {
    if (!engine.hasInitializer()) {
      return true;
    }
    initializingSince = System.nanoTime() | 1;
    try {
      if (engine.isStopping()) { // who stops looks at who initializes after it has said so
        thread.interrupt();
      }
      return engine.initialize(first);
    } finally {
      initializingSince = 0;
    }
  }

  /** Works until it is not needed; whether it is off the books already. */
  private boolean work() {
    Task task = first;
    first = null;
    long lastEnd = 0;
    while (true) {
      if (task == null && engine.hasSurplus() && engine.retireSurplus(this)) {
        return true;
      }
      if (task == null) {
        task = engine.queue().poll();
      }
      if (task == null) {
        lastEnd = 0;
        Idle idle = await();
        if (idle.task == null) {
          return idle == Idle.RETIRED;
        }
        task = idle.task;
      }
      lastEnd = run(task, lastEnd);
      task = null;
    }
  }

  // ------------------------------------------------------------------ running

  /** Runs a task, unless that has been taken back. Returns when it ended, or 0 if not known. */
  private long run(Task task, long lastEnd) {
    long start = start(task, lastEnd);
    task.startedAt = start;
    if (task.limit != null && task.limit.hasPassed()) {
      engine.expire(task);
    }
    CURRENT.setRelease(this, task);
    if (!task.begin(thread)) {
      CURRENT.setRelease(this, null);
      return lastEnd;
    }
    if (engine.isStopping()) { // who stops looks at `current` after it has said so
      thread.interrupt();
    }
    Object value = null;
    Throwable thrown = null;
    try {
      engine.armRun(task);
      value = task.call();
    } catch (Throwable e) { // whatever it is, it is the task's
      thrown = e;
    }
    return end(task, start, value, thrown);
  }

  private static long start(Task task, long lastEnd) {
    long accepted = task.acceptedAt;
    if (accepted == 0) {
      return 0;
    }
    if (lastEnd == 0) {
      return System.nanoTime();
    }
    return lastEnd - accepted > 0 ? lastEnd : accepted; // it came just after the last one ended
  }

  private long end(Task task, long start, @Nullable Object value, @Nullable Throwable thrown) {
    int fate = task.end();
    boolean unused = Thread.interrupted(); // meant for the task, which has ended
    long end = 0;
    if (task.acceptedAt != 0) {
      end = System.nanoTime();
      ledger.waits().record(start - task.acceptedAt);
      ledger.runs().record(end - start);
    }
    task.stopTimer();
    task.forget();
    CURRENT.setRelease(this, null);
    ledger.count(outcome(fate, thrown));
    engine.placeIsFree();
    PoolFuture<?> future = task.future;
    // Those who wait count too; then the clock is read once more than needed.
    boolean followed = future != null && future.getNumberOfDependents() > 0;
    try {
      engine.deliver(task, fate, value, thrown);
    } finally {
      boolean ignored = Thread.interrupted(); // of an action that depends on the future
      ledger.count(Ledger.FREED);
    }
    return followed ? 0 : end;
  }

  private static int outcome(int fate, @Nullable Throwable thrown) {
    return switch (fate) {
      case Task.CANCELLED -> Ledger.CANCELLED;
      case Task.TIMED_OUT -> Ledger.TIMED_OUT;
      default -> thrown == null ? Ledger.COMPLETED : Ledger.FAILED;
    };
  }

  // ------------------------------------------------------------------ idle

  /** How waiting for a task ended. */
  private static final class Idle {
    static final Idle RETIRED = new Idle(null);
    static final Idle CLOSED = new Idle(null);

    final @Nullable Task task;

    Idle(@Nullable Task task) {
      this.task = task;
    }
  }

  private Idle await() {
    // What this worker has freed is visible before it looks whether that was the last of a pool
    // that is shut down, which says so before it looks.
    VarHandle.fullFence();
    engine.finishIfDrained();
    while (true) {
      parked = IDLE;
      Idle idle = null;
      try {
        idle = awaitOnce();
      } catch (InterruptedException e) {
        // Poked, or stopped when it had nothing to do: it looks again.
      } catch (BufferClosedException e) {
        idle = Idle.CLOSED;
      } finally {
        leaveIdle();
      }
      if (idle != null) {
        return idle;
      }
    }
  }

  private @Nullable Idle awaitOnce() throws InterruptedException {
    if (engine.hasSurplus() && engine.retireSurplus(this)) {
      return Idle.RETIRED;
    }
    if (!engine.mayRetire()) {
      Task task = engine.queue().takeOrNull();
      return task == null ? Idle.CLOSED : new Idle(task);
    }
    Duration keepAlive = engine.keepAlive();
    if (keepAlive.isZero() && engine.retire()) {
      return Idle.RETIRED;
    }
    Duration time = keepAlive.compareTo(MOMENT) < 0 ? MOMENT : keepAlive;
    Task task = engine.queue().poll(Deadline.after(time));
    if (task != null) {
      return new Idle(task);
    }
    return engine.retire() ? Idle.RETIRED : null;
  }

  /** Nobody pokes this any more, and no poke is left over for a task. */
  @SuppressWarnings("ThreadPriorityCheck") // correct without yielding, which only makes it likelier
  private void leaveIdle() {
    if (!PARKED.compareAndSet(this, IDLE, BUSY)) {
      while (parked != POKED) {
        Thread.yield();
      }
      parked = BUSY;
    }
    boolean unused = Thread.interrupted();
  }

  /** Has an idle worker look whether it is needed; false if it is not idle. */
  boolean poke() {
    if (!PARKED.compareAndSet(this, IDLE, POKING)) {
      return false;
    }
    thread.interrupt();
    parked = POKED;
    return true;
  }
}
