// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Time that passes only when it is told to: for tests of schedules, timeouts and retries that take
 * no time and end the same way each time.
 *
 * {@snippet :
 * VirtualTime time = VirtualTime.create();
 * Cache cache = new Cache(time.clock(), time.scheduler());
 * time.advance(Duration.ofMinutes(10)); // everything due within ten minutes has run
 * }
 *
 * <p>Tasks of the {@link #scheduler()} run in the thread that advances the time, one after the
 * other: by the time they are due, and those due at the same time in the order in which they were
 * handed over, a periodic one each time before all that came after it. While a task runs, it is the
 * time at which that task was due.
 *
 * <p>An interrupt that comes while a task runs, be it by {@code cancel(true)}, {@code
 * shutdownNow()}, the task itself or anyone else, is one of that task and ends with it: neither the
 * next task nor the thread that advances the time finds itself interrupted. An interrupt that this
 * thread had before, or that comes between two tasks, is kept from the tasks, and is back when the
 * time has advanced.
 *
 * <p>All methods may be called from any thread; one at a time advances, others wait for it. A task
 * must not advance the time that runs it: {@link IllegalStateException}. Nothing here sleeps, and
 * no thread is ever started. Null is refused everywhere.
 */
public final class VirtualTime {
  private final Instant start;
  private final long nanoTimeAtStart;
  private final ReentrantLock driver = new ReentrantLock();
  private final VirtualQueue queue = new VirtualQueue();
  private final VirtualScheduler scheduler = new VirtualScheduler(this, queue);

  private VirtualTime(Instant start, long nanoTimeAtStart) {
    this.start = requireNonNull(start, "start");
    this.nanoTimeAtStart = nanoTimeAtStart;
  }

  /**
   * Makes a time that begins at 2000-01-01T00:00:00Z, with a nanoTime of 0.
   *
   * @return the time, which stands still
   */
  public static VirtualTime create() {
    return startingAt(Instant.parse("2000-01-01T00:00:00Z"), 0);
  }

  /**
   * Makes a time.
   *
   * @param start what its clocks show
   * @param nanoTime what its nanoTime is; {@code Long.MAX_VALUE} shows whether a program minds that
   *     a {@link System#nanoTime()} may overflow
   * @return the time, which stands still
   */
  public static VirtualTime startingAt(Instant start, long nanoTime) {
    return new VirtualTime(start, nanoTime);
  }

  /**
   * Returns the time in nanoseconds, as {@link System#nanoTime()} would.
   *
   * @return the nanoseconds since some origin; may overflow
   */
  public long nanoTime() {
    return nanoTimeAtStart + queue.elapsed();
  }

  /**
   * Returns {@link #nanoTime()} for programs that take it as a function.
   *
   * @return a view of this time
   */
  public LongSupplier nanoTimeSource() {
    return this::nanoTime;
  }

  /**
   * Returns the time of day.
   *
   * @return the instant that it is now
   */
  public Instant instant() {
    return start.plusNanos(queue.elapsed());
  }

  /**
   * Returns a clock in UTC.
   *
   * @return a view of this time
   */
  public Clock clock() {
    return clock(ZoneOffset.UTC);
  }

  /**
   * Returns a clock.
   *
   * @param zone its time zone
   * @return a view of this time
   */
  public Clock clock(ZoneId zone) {
    return new VirtualClock(this, zone);
  }

  /**
   * Returns the scheduler of this time.
   *
   * <p>It keeps to {@link ScheduledExecutorService} as far as there can be no threads: a task
   * without a delay waits for the next {@code advance}, be it of {@link Duration#ZERO}. After
   * {@code shutdown()} tasks with a delay still run when their time comes; periodic ones are
   * cancelled, the one that runs after this run. {@code shutdownNow()} interrupts the task that
   * runs, and leaves those that it returns alone: their futures never end. All this as with the
   * JDK's scheduler. A periodic task whose next time is after the end of time is cancelled, too.
   *
   * <p>These methods advance the time, so a task must not call them, and what {@link
   * #advance(Duration)} throws they throw, too:
   *
   * <ul>
   *   <li>{@code awaitTermination} until the scheduler has terminated, or else by its timeout. It
   *       does not wait for a shutdown that is yet to come: without one all of the timeout passes,
   *       with {@code Long.MAX_VALUE} all time there is.
   *   <li>{@code close()} until all that waits has run. An interrupt makes it drop what waits, as
   *       it makes that of the JDK.
   *   <li>{@code invokeAll} and {@code invokeAny} not at all: they run what is due, their tasks
   *       included, one after the other. So no timeout ends while they do; one that is not positive
   *       has ended before, and none of the tasks runs.
   * </ul>
   *
   * <p>The {@code get} of a future waits for real, for another thread to advance: advance first.
   *
   * @return a view of this time, always the same
   */
  public ScheduledExecutorService scheduler() {
    return scheduler;
  }

  /**
   * Lets time pass, and runs all tasks that become due.
   *
   * @param duration how much time; zero runs what is due now
   * @return how many tasks were run, {@code Integer.MAX_VALUE} if there were more
   * @throws IllegalArgumentException if the duration is negative
   * @throws ArithmeticException if the time since the start exceeds 292 years
   * @throws IllegalStateException if called by a task that this time runs, or if there is no end of
   *     tasks: when more than a million have run at one instant, not counting those that waited for
   *     it, and still more are due. The time stays at that instant
   * @throws RuntimeException what the first task given to {@code execute} threw that threw
   *     anything; others are suppressed. The time has passed all the same, and everyone has run. An
   *     {@link Error} likewise, and a checked exception, if a task threw one undeclared. What tasks
   *     of other kinds throw stands in their futures
   */
  public int advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("duration: " + duration + " (must not be negative)");
    }
    drive();
    try {
      long until = Math.addExact(queue.elapsed(), duration.toNanos());
      return runUntil(until);
    } finally {
      driver.unlock();
    }
  }

  /**
   * Lets time pass until the next task is due, and runs all that are due then.
   *
   * @return how many tasks were run; 0 if there are none, and no time has passed
   * @throws IllegalStateException as {@link #advance(Duration)}
   * @throws RuntimeException as {@link #advance(Duration)}
   */
  public int advanceToNext() {
    drive();
    try {
      Long due = queue.nextDue();
      return due == null ? 0 : runUntil(due);
    } finally {
      driver.unlock();
    }
  }

  /**
   * Returns how many tasks wait for their time, periodic ones included.
   *
   * @return the number of tasks
   */
  public int pending() {
    return queue.size();
  }

  @Override
  public String toString() {
    return "VirtualTime[" + instant() + ", " + pending() + " tasks]";
  }

  /** Begins to advance; ended by {@code driver.unlock()}. */
  private void drive() {
    checkNoTask();
    driver.lock();
  }

  private void checkNoTask() {
    if (driver.isHeldByCurrentThread()) {
      throw new IllegalStateException("a task must not advance the time that runs it");
    }
  }

  /**
   * Lets time pass while the condition holds, up to so much, for those that would wait. Stops when
   * this thread is interrupted, which it is then found to be.
   *
   * @throws InterruptedException if interrupted before it is this thread's turn to advance
   */
  void advanceWhile(BooleanSupplier condition, long nanos) throws InterruptedException {
    checkNoTask();
    driver.lockInterruptibly();
    try {
      long until = VirtualQueue.plus(queue.elapsed(), Math.max(nanos, 0));
      try (VirtualAdvance advance = new VirtualAdvance(this, queue, until)) {
        boolean more = true;
        while (more && !advance.isInterrupted() && condition.getAsBoolean()) {
          more = advance.runNext();
        }
        advance.rethrow();
      }
    } finally {
      driver.unlock();
    }
  }

  private int runUntil(long until) {
    try (VirtualAdvance advance = new VirtualAdvance(this, queue, until)) {
      boolean more = true;
      while (more) {
        more = advance.runNext();
      }
      advance.rethrow();
      return advance.tasksRun();
    }
  }
}
