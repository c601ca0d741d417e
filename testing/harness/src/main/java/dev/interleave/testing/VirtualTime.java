// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

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
 * handed over. While a task runs, it is the time at which that task was due.
 *
 * <p>All methods may be called from any thread; one at a time advances, others wait for it. A task
 * must not advance the time that runs it: {@link IllegalStateException}. Nothing here sleeps, and
 * no thread is ever started. Null is refused everywhere.
 */
public final class VirtualTime {
  /**
   * How many tasks one advance may run: some task that is always due again must not hang a test.
   */
  private static final int MOST_TASKS = 1_000_000;

  private final Instant start;
  private final long nanoTimeAtStart;
  private final ReentrantLock driver = new ReentrantLock();
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by lock.
  private final PriorityQueue<VirtualTask<?>> tasks = new PriorityQueue<>();
  private long elapsed;
  private long nextNumber;
  private boolean running;

  private final VirtualScheduler scheduler = new VirtualScheduler(this);

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
    return nanoTimeAtStart + elapsedNanos();
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
    return start.plusNanos(elapsedNanos());
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
   * {@code shutdown()} tasks with a delay still run when their time comes, periodic ones do not, as
   * with the JDK's scheduler. {@code awaitTermination} and {@code close()} advance the time by as
   * much as they would wait; {@code invokeAll} and {@code invokeAny} run what is due. The {@code
   * get} of a future waits for real, for another thread to advance: advance first.
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
   * @return how many tasks were run
   * @throws IllegalArgumentException if the duration is negative
   * @throws ArithmeticException if the time since the start exceeds 292 years
   * @throws IllegalStateException if called by a task that this time runs, or if there is no end of
   *     tasks
   * @throws RuntimeException what the first task given to {@code execute} threw that threw
   *     anything; others are suppressed. The time has passed all the same, and everyone has run. An
   *     {@link Error} likewise. What tasks of other kinds throw stands in their futures
   */
  public int advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("duration: " + duration + " (must not be negative)");
    }
    drive();
    try {
      long until = Math.addExact(elapsedNanos(), duration.toNanos());
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
      Long due = nextDue();
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
    lock.lock();
    try {
      return tasks.size();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String toString() {
    return "VirtualTime[" + instant() + ", " + pending() + " tasks]";
  }

  /** Begins to advance; ended by {@code driver.unlock()}. */
  private void drive() {
    if (driver.isHeldByCurrentThread()) {
      throw new IllegalStateException("a task must not advance the time that runs it");
    }
    driver.lock();
  }

  /**
   * Lets time pass until the scheduler has terminated or so much has passed, for {@code
   * awaitTermination}.
   */
  void advanceWhile(BooleanSupplier condition, long nanos) {
    drive();
    try {
      long until = elapsedNanos() + Math.max(nanos, 0);
      until = until < 0 ? Long.MAX_VALUE : until;
      Failures failures = new Failures();
      Long due = nextDue();
      while (condition.getAsBoolean() && due != null && due <= until) {
        runNext(due, failures);
        due = nextDue();
      }
      if (condition.getAsBoolean()) {
        setElapsed(until);
      }
      failures.rethrow();
    } finally {
      driver.unlock();
    }
  }

  private int runUntil(long until) {
    Failures failures = new Failures();
    int run = 0;
    while (runNext(until, failures)) {
      if (++run == MOST_TASKS) {
        throw new IllegalStateException("no end of tasks: " + run + " run until " + instant());
      }
    }
    setElapsed(until);
    failures.rethrow();
    return run;
  }

  /** Runs the next task if it is due by then. */
  private boolean runNext(long until, Failures failures) {
    VirtualTask<?> task;
    lock.lock();
    try {
      task = tasks.peek();
      if (task == null || task.due() > until) {
        return false;
      }
      tasks.remove();
      elapsed = Math.max(elapsed, task.due());
      running = true;
    } finally {
      lock.unlock();
    }
    try {
      task.run();
    } finally {
      setIdle();
    }
    failures.add(task.unobservedFailure());
    return true;
  }

  private void setIdle() {
    lock.lock();
    try {
      running = false;
    } finally {
      lock.unlock();
    }
  }

  /** Tells whether no task runs, and none waits for its time. */
  boolean isIdle() {
    lock.lock();
    try {
      return !running && tasks.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Long nextDue() {
    lock.lock();
    try {
      VirtualTask<?> task = tasks.peek();
      return task == null ? null : Long.valueOf(task.due());
    } finally {
      lock.unlock();
    }
  }

  private void setElapsed(long nanos) {
    lock.lock();
    try {
      elapsed = Math.max(elapsed, nanos);
    } finally {
      lock.unlock();
    }
  }

  long elapsedNanos() {
    lock.lock();
    try {
      return elapsed;
    } finally {
      lock.unlock();
    }
  }

  /** Adds a task, behind those that are due at the same time. */
  void add(VirtualTask<?> task) {
    lock.lock();
    try {
      task.enqueuedAs(nextNumber++);
      tasks.add(task);
    } finally {
      lock.unlock();
    }
  }

  void remove(VirtualTask<?> task) {
    lock.lock();
    try {
      tasks.remove(task);
    } finally {
      lock.unlock();
    }
  }

  List<VirtualTask<?>> waiting() {
    lock.lock();
    try {
      return tasks.stream().sorted().toList();
    } finally {
      lock.unlock();
    }
  }

  /** What tasks threw that have no future to tell of it. */
  private static final class Failures {
    private @Nullable Throwable first;

    @SuppressWarnings("ReferenceEquality") // a throwable cannot suppress itself
    void add(@Nullable Throwable failure) {
      if (failure == null) {
        return;
      }
      if (first == null) {
        first = failure;
      } else if (first != failure) {
        first.addSuppressed(failure);
      }
    }

    void rethrow() {
      if (first instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (first instanceof Error error) {
        throw error;
      }
    }
  }
}
