// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The schedule of a {@link PeriodicService}, without its thread: somebody calls {@link #step} when
 * the time that it returned is over, or earlier. Time is what it is told, so tests need not wait.
 *
 * <p>{@code begin} and {@code step} are for one thread; {@code trigger} and {@code stats} for any.
 * All times are nanoseconds since {@code begin}, so that they can be compared.
 */
final class PeriodicRunner {
  private final PeriodicPlan plan;
  private final LongSupplier nanoTime;
  private final InstantSource wall;
  private final RandomGenerator random;
  private final AtomicBoolean requested = new AtomicBoolean();
  private final Causes causes = new Causes();

  private long origin;
  private @Nullable ClockJumps clocks;

  /** The next time of the schedule that nobody has decided on. */
  private long next;

  /** What is added to it, at random. */
  private long shift;

  /** Of those decided on, how many are still to be run, late. */
  private long backlog;

  private long lastEnd = -1;

  // Figures.
  private long runs;
  private long failures;
  private long failuresInRow;
  private @Nullable Throwable lastError;
  private long skipped;
  private long late;
  private long triggered;
  private long jumps;
  private long lastRun;
  private long maxRun;
  private long totalRun;

  /** What of that others see. */
  private volatile Published published = new Published(0, 0, 0, null, 0, 0, 0, 0, 0, 0, 0, -1, -1);

  private record Published(
      long runs,
      long failures,
      long failuresInRow,
      @Nullable Throwable lastError,
      long skipped,
      long late,
      long triggered,
      long jumps,
      long lastRun,
      long maxRun,
      long totalRun,
      long dueAt,
      long runningSince) {}

  PeriodicRunner(
      PeriodicPlan plan, LongSupplier nanoTime, InstantSource wall, RandomGenerator random) {
    this.plan = plan;
    this.nanoTime = nanoTime;
    this.wall = wall;
    this.random = random;
  }

  /** Time begins now. */
  void begin() {
    origin = nanoTime.getAsLong();
    clocks = new ClockJumps(plan.jumpThreshold(), origin, wall.instant());
    scheduleAt(plan.initialDelay());
    publish(dueAt(), -1);
  }

  /** There is to be a run as soon as possible; false if that was asked for before. */
  boolean trigger() {
    return requested.compareAndSet(false, true);
  }

  private long now() {
    return nanoTime.getAsLong() - origin;
  }

  private long dueAt() {
    return backlog > 0 ? lastEnd : next + shift;
  }

  private void scheduleAt(long time) {
    next = time;
    shift = plan.jitter() == 0 ? 0 : random.nextLong(plan.jitter());
  }

  /**
   * Runs the task if it is time.
   *
   * @return how many nanoseconds to wait before the next step; not more than zero if there is more
   *     to do at once
   * @throws Exception what the task threw, if the service is to give up
   */
  long step(StopToken stop) throws Exception {
    long now = now();
    lookForJump(now);
    if (requested.compareAndSet(true, false)) {
      triggered++;
      perform(stop);
    } else if (dueAt() <= now && (plan.fixedRate() ? isToRun(now) : isDelayOver(now))) {
      perform(stop);
    }
    publish(dueAt(), -1);
    return requested.get() ? 0 : dueAt() - now();
  }

  /** After a fixed delay there is always a run; the next time is known when it has ended. */
  private boolean isDelayOver(long now) {
    if (now - dueAt() >= plan.period()) {
      late++;
    }
    return true;
  }

  /**
   * Decides on all times of the schedule that have come, and whether to run for one of them now.
   * Those that came while the last run was under way are the overlap's; those that came otherwise,
   * and are several, are missed.
   */
  private boolean isToRun(long now) {
    long come = 0;
    long during = 0;
    if (next <= now) {
      come = (now - next) / plan.period() + 1;
      during = lastEnd <= next ? 0 : Math.min(come, (lastEnd - next - 1) / plan.period() + 1);
      scheduleAt(next + come * plan.period());
    }
    if (plan.overlap() == PeriodicService.Overlap.SKIP) {
      skipped += during;
      come -= during;
      during = 0;
    }
    if (come == 1 && during == 0 && backlog == 0) {
      return true;
    }
    addToBacklog(come);
    if (backlog == 0) {
      return false;
    }
    backlog--;
    late++;
    return true;
  }

  private void addToBacklog(long come) {
    long most = plan.missedAtMost();
    long taken = come == 1 ? 1 : Math.min(come, most);
    long total = Math.min(backlog + taken, Math.max(1, most));
    skipped += backlog + come - total;
    backlog = total;
  }

  private void perform(StopToken stop) throws Exception {
    long begin = now();
    publish(-1, begin);
    Throwable error = null;
    try {
      plan.task().run(stop);
    } catch (Throwable e) { // the policy says what becomes of it
      error = e;
    }
    lastEnd = now();
    if (!stop.isStopped()) {
      boolean unused = Thread.interrupted(); // what interrupted this run is not for the next
    }
    lastRun = lastEnd - begin;
    maxRun = Math.max(maxRun, lastRun);
    totalRun += lastRun;
    runs++;
    if (!plan.fixedRate()) {
      scheduleAt(lastEnd + plan.period());
    }
    if (error == null) {
      failuresInRow = 0;
    } else if (!stop.isStopped() || !isEndOf(error)) {
      failed(error);
    }
  }

  private static boolean isEndOf(Throwable error) {
    return error instanceof InterruptedException || error instanceof StoppedException;
  }

  private void failed(Throwable error) throws Exception {
    failures++;
    failuresInRow++;
    lastError = error;
    if (failuresInRow >= plan.onError().giveUpAfter()) {
      publish(-1, -1);
      throw asException(error); // told by who it fails
    }
    if (causes.isNew(error)) {
      Log.tell(plan.errors(), "A run of " + plan.name() + " failed", error);
    }
    backOff();
  }

  private static Exception asException(Throwable error) {
    if (error instanceof Error e) {
      throw e;
    }
    return error instanceof Exception e ? e : new IllegalStateException(error);
  }

  private void backOff() {
    long delay = TimeUnit.NANOSECONDS.convert(plan.onError().delayAfter(failuresInRow));
    long earliest = lastEnd + delay;
    if (delay == 0 || (earliest <= next && backlog == 0)) {
      return;
    }
    skipped += backlog;
    backlog = 0;
    if (!plan.fixedRate()) {
      scheduleAt(Math.max(next, earliest));
    } else if (earliest > next) {
      long passed = (earliest - next - 1) / plan.period() + 1;
      skipped += passed;
      scheduleAt(next + passed * plan.period());
    }
  }

  private void lookForJump(long now) {
    if (clocks == null) {
      throw new IllegalStateException(plan.name() + " has not begun");
    }
    Duration jump = clocks.look(origin + now, wall.instant());
    if (jump.isZero()) {
      return;
    }
    jumps++;
    boolean forward = !jump.isNegative();
    Log.info(
        plan.name()
            + (forward
                ? ": the machine was suspended, or its clock was set forward, by "
                : ": the clock of the machine was set back by ")
            + jump.abs());
    if (forward && plan.runAfterJump()) {
      backlog = 0;
      scheduleAt(now);
      shift = 0;
    }
  }

  private void publish(long dueAt, long runningSince) {
    published =
        new Published(
            runs,
            failures,
            failuresInRow,
            lastError,
            skipped,
            late,
            triggered,
            jumps,
            lastRun,
            maxRun,
            totalRun,
            dueAt,
            runningSince);
  }

  /** The service has ended: nothing is due any more. */
  void end() {
    publish(-1, -1);
  }

  PeriodicStats stats() {
    Published p = published;
    long now = p.dueAt() < 0 && p.runningSince() < 0 ? 0 : now();
    return new PeriodicStats(
        plan.name(),
        p.runs(),
        p.failures(),
        p.failuresInRow(),
        Optional.ofNullable(p.lastError()),
        p.skipped(),
        p.late(),
        p.triggered(),
        p.jumps(),
        Duration.ofNanos(p.lastRun()),
        Duration.ofNanos(p.maxRun()),
        Duration.ofNanos(p.runs() == 0 ? 0 : p.totalRun() / p.runs()),
        p.dueAt() < 0
            ? Optional.empty()
            : Optional.of(Duration.ofNanos(Math.max(0, p.dueAt() - now))),
        p.runningSince() < 0
            ? Optional.empty()
            : Optional.of(Duration.ofNanos(Math.max(0, now - p.runningSince()))));
  }
}
