// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A thread of a pool: runs one task after the other, and ends when it is not needed, or when the
 * pool does.
 *
 * <p>The clock is read once for each task that is timed: the end of one is the beginning of the
 * next, if that one was already there.
 *
 * <p>What was queued with neither a future nor a limit has no {@link Task} of its own: {@link
 * #bare} stands for it. Nobody but a stop ever interrupts it, so it is begun and ended with plain
 * stores; the compare-and-set that takes it out of the queue makes it visible that it runs.
 */
final class Worker implements Runnable {
  /** The shortest wait of an idle thread: for a task that is about to be put into the queue. */
  private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  /** How often it looks for a task, with pauses, before it goes to sleep. */
  private static final int LOOKS = 8;

  /** Between two looks, so that submitters get ahead: both then work on lines of their own. */
  private static final int PAUSES = 32;

  /** How often it yields after that. */
  private static final int YIELDS = 4;

  /** Who slept for less would not have had to. */
  private static final long SHORT_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  private static final int MOST_BUDGET = 16;

  /** With less than this it does not spin. */
  private static final int LEAST_BUDGET = 2;

  private static final VarHandle CURRENT;
  private static final VarHandle INTERRUPTERS;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      CURRENT = lookup.findVarHandle(Worker.class, "current", Task.class);
      INTERRUPTERS = lookup.findVarHandle(Worker.class, "interrupters", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Engine engine;
  private final FullPool full;
  private final PoolEnd poolEnd;
  private final Ledger ledger;
  private final Thread thread;

  /** What it was started for; null once it has been initialized. */
  private volatile @Nullable Task first;

  /** Since when it runs the initializer; 0 if it does not. */
  private volatile long initializingSince;

  private volatile @Nullable Task current;

  /** Its sleep, if it is asleep, and so may be poked: see {@link #poke}. */
  private volatile Lounge.@Nullable Sleeper sleeper;

  /** What it runs if that has no future and no limit. */
  private final Task bare;

  /** How many are about to interrupt it if it runs that. */
  private volatile int interrupters;

  /** Whether it is off the books, if it ends. */
  private boolean retired;

  /** Whether to spin: halved by each long sleep, doubled by each short one. */
  private int budget = MOST_BUDGET;

  Worker(Engine engine, Ledger ledger, String name, @Nullable Task first) {
    this.engine = engine;
    full = engine.full();
    poolEnd = engine.end();
    this.ledger = ledger;
    this.first = first;
    thread = engine.newThread(name, this);
    bare = Task.bare(thread);
  }

  Thread thread() {
    return thread;
  }

  Ledger ledger() {
    return ledger;
  }

  /** What it runs, or is about to run unless that has been taken back; null in between. */
  @Nullable Task current() {
    return bare.isRunning() ? bare : current;
  }

  /** Whether it runs a task. */
  boolean isActive() {
    Task task = current();
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

  /**
   * Interrupts what it runs, for who has said that all that runs is to be interrupted.
   *
   * <p>What has no future is begun and ended with plain stores, since nothing but a stop ever
   * interrupts it. So this may come late, and meet a task that has begun since; which interrupts
   * itself anyway, as it has been said that all are to be. It does not meet an action that depends
   * on a future, or a handler of uncaught exceptions: before these the worker makes visible that
   * nothing bare runs, and if it is stopping, waits for those who are about to interrupt it.
   */
  void interruptForStop() {
    int unused = (int) INTERRUPTERS.getAndAdd(this, 1);
    try {
      if (bare.isRunning()) {
        thread.interrupt();
      }
    } finally {
      int unusedToo = (int) INTERRUPTERS.getAndAdd(this, -1);
    }
    Task task = current;
    if (task != null) {
      boolean unusedAsWell = task.interrupt(Task.RUNNING);
    }
  }

  /** No interrupt of a stop is on its way any more that was meant for a bare task. */
  @SuppressWarnings("ThreadPriorityCheck") // correct without yielding, which only makes it likelier
  private void awaitInterrupters() {
    if (poolEnd.isStopping()) {
      while (interrupters != 0) {
        Thread.yield(); // another thread counts itself out some instructions later
      }
    }
  }

  /** Interrupts the initializer, if that runs. Only for who stops all: it may reach a task. */
  void interruptInitializer() {
    if (initializingSince != 0) {
      thread.interrupt();
    }
  }

  @Override
  public void run() {
    boolean gone = false;
    try {
      if (isInitialized()) {
        gone = work();
      }
    } finally {
      engine.left(this, gone);
    }
  }

  private boolean isInitialized() {
    if (!engine.hasInitializer()) {
      return true;
    }
    initializingSince = System.nanoTime() | 1;
    try {
      if (poolEnd.isStopping()) { // who stops looks at who initializes after it has said so
        thread.interrupt();
      }
      return engine.initialize(first);
    } finally {
      initializingSince = 0;
    }
  }

  /** Works until it is not needed; whether it is off the books already. */
  private boolean work() {
    TaskQueue queue = engine.queue();
    long lastEnd = runFirst();
    while (true) {
      if (engine.hasSurplus() && engine.retireSurplus(this)) {
        return true;
      }
      Object item = queue.poll(bare);
      if (item == null) {
        lastEnd = 0;
        item = await();
        if (item == null) {
          return retired;
        }
      }
      full.offerPlace();
      lastEnd = run(item, lastEnd);
    }
  }

  // Methods of their own, so that no variable keeps a task, and its result, while this waits.

  private long runFirst() {
    Task task = first;
    first = null;
    return task == null ? 0 : run(task, 0);
  }

  private long run(Object item, long lastEnd) {
    return item instanceof Task task ? run(task, lastEnd) : run((Runnable) item, lastEnd);
  }

  // ------------------------------------------------------------------ running

  /** Runs a task, unless that has been taken back. Returns when it ended, or 0 if not known. */
  private long run(Task task, long lastEnd) {
    task.startedAt = start(task.acceptedAt, lastEnd);
    if (task.limit != null && task.limit.hasPassed()) {
      engine.expire(task);
    }
    CURRENT.setRelease(this, task);
    bare.endAgainForAll();
    if (!task.begin(thread)) {
      CURRENT.setRelease(this, null);
      return lastEnd;
    }
    return perform(task);
  }

  /**
   * The same for one that nobody could take back, as nobody knows it. That it runs was said before
   * it was taken.
   */
  private long run(Runnable body, long lastEnd) {
    Task task = bare;
    long accepted = task.acceptedAt;
    long start = start(accepted, lastEnd);
    task.startedAt = start;
    if (poolEnd.isStopping()) { // who stops looks at what runs after it has said so
      thread.interrupt();
    }
    Throwable thrown = null;
    try {
      body.run();
    } catch (Throwable e) { // whatever it is, it is the task's
      thrown = e;
    }
    task.endAgain();
    boolean unused = Thread.interrupted(); // meant for that
    long end = 0;
    if (accepted != 0) {
      end = System.nanoTime();
      ledger.waits().record(start - accepted);
      ledger.runs().record(end - start);
    }
    if (thrown != null) {
      fail(thrown);
      return 0;
    }
    // Whoever waits for a place is told when this has looked for the next task.
    ledger.count(Ledger.COMPLETED);
    ledger.count(Ledger.FREED);
    return end;
  }

  private void fail(Throwable thrown) {
    bare.endAgainForAll();
    awaitInterrupters();
    boolean unusedStatus = Thread.interrupted();
    ledger.count(Ledger.FAILED);
    full.placeIsFree();
    try {
      engine.deliver(bare, Task.ENDED, null, thrown);
    } finally {
      boolean unused = Thread.interrupted(); // of a handler
      ledger.count(Ledger.FREED);
    }
  }

  private long perform(Task task) {
    if (poolEnd.isStopping()) { // who stops looks at `current` after it has said so
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
    return end(task, task.startedAt, value, thrown);
  }

  private static long start(long accepted, long lastEnd) {
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
    awaitInterrupters();
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
    if (task.future == null && thrown == null) {
      ledger.count(Ledger.FREED);
      return end; // whoever waits for a place is told when the worker has looked for a task
    }
    full.placeIsFree();
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

  /** Waits for a task; null if this worker is to end, and {@link #retired} says how. */
  private @Nullable Object await() {
    // What this worker has freed is visible before it looks whether that was the last of a pool
    // that is shut down, which says so before it looks, and whether somebody waits for a place.
    VarHandle.fullFence();
    full.offerPlace();
    poolEnd.finishIfDrained();
    Lounge lounge = engine.lounge();
    boolean counted = lounge.search();
    int pauses = 0;
    try {
      while (true) {
        Object item = engine.keepAliveNanos() == 0 ? engine.queue().poll(bare) : spin();
        if (item != null) {
          return item;
        }
        if (pauses > 0) {
          pauses = Pause.after(pauses); // for one that is on its way
        }
        Lounge.Sleeper bed = lounge.lieDown(counted);
        counted = false;
        sleeper = bed; // before the looks: who pokes looks at this after what it has changed
        boolean ends;
        try {
          ends = rest(bed);
        } finally {
          sleeper = null;
          counted = lounge.getUp(bed);
        }
        if (ends) {
          return null;
        }
        pauses = engine.queue().hasTasks() ? pauses + 1 : 0;
      }
    } finally {
      lounge.endSearch(counted);
      boolean unused = Thread.interrupted(); // not meant for a task
    }
  }

  /** Sleeps until there may be something to do; true if this worker is to end. */
  private boolean rest(Lounge.Sleeper bed) {
    if (engine.queue().hasTasks()) {
      return false;
    }
    retired = false;
    if (poolEnd.isOver()) {
      return true;
    }
    if (engine.hasSurplus() && engine.retireSurplus(this)) {
      retired = true;
      return true;
    }
    if (!engine.mayRetire()) {
      sleep(bed, Long.MAX_VALUE);
      return false;
    }
    long time = engine.keepAliveNanos();
    if (time > 0 || !engine.retire()) {
      sleep(bed, Math.max(time, MOMENT_NANOS));
      if (!bed.isAsleep() || !engine.retire()) {
        return false;
      }
    }
    retired = true;
    return true;
  }

  private void sleep(Lounge.Sleeper bed, long nanos) {
    long start = System.nanoTime();
    long left = nanos;
    while (bed.isAsleep() && left > 0) {
      if (nanos == Long.MAX_VALUE) {
        LockSupport.park(engine);
      } else {
        LockSupport.parkNanos(engine, left);
        left = nanos - (System.nanoTime() - start);
      }
      boolean unused = Thread.interrupted(); // by whom it may be, there is no task
    }
    long slept = System.nanoTime() - start;
    budget = slept < SHORT_NANOS ? Math.min(2 * budget + 1, MOST_BUDGET) : budget / 2;
  }

  /** Looks for a task for a while. */
  @SuppressWarnings("ThreadPriorityCheck") // correct without yielding, which only saves time
  private @Nullable Object spin() {
    TaskQueue queue = engine.queue();
    if (PROCESSORS > 1 && budget >= LEAST_BUDGET) {
      for (int i = 0; i < LOOKS + YIELDS; i++) {
        if (i < LOOKS) {
          for (int j = 0; j < PAUSES; j++) {
            Thread.onSpinWait();
          }
        } else {
          Thread.yield();
        }
        if (queue.isReady()) {
          Object item = queue.poll(bare);
          if (item != null) {
            return item;
          }
        }
      }
    }
    return queue.poll(bare);
  }

  /** Has an idle worker look whether it is needed; false if it is not idle. */
  boolean poke() {
    return engine.lounge().poke(sleeper);
  }
}
