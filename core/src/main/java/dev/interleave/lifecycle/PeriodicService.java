// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.StopReport;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Service} that does something again and again, and has said beforehand what it does when
 * that fails, takes too long, or was missed.
 *
 * <pre>{@code
 * PeriodicService heartbeat =
 *     PeriodicService.builder("heartbeat", stop -> ping())
 *         .fixedRate(Duration.ofSeconds(5))
 *         .onError(ErrorPolicy.backoff(Duration.ofSeconds(1), Duration.ofMinutes(1)))
 *         .build();
 * heartbeat.start();
 * }</pre>
 *
 * <h2>When it runs</h2>
 *
 * <p>{@code fixedRate}: at the start plus the initial delay, and each period after that, whatever
 * the runs take: a grid that does not drift. {@code fixedDelay}: a period after the end of the run
 * before. A jitter is added to each time, and changes no other.
 *
 * <p><b>Runs never overlap:</b> one thread makes them all. Of the times of a fixed rate that come
 * <b>while a run is under way</b>, {@link Overlap#SKIP} (the default) drops all; {@link
 * Overlap#RUN_LATE} runs for a single one as soon as the run has ended, and takes several for
 * missed. Several times that have come at once, because the process stood still, are <b>missed</b>:
 *
 * <table>
 * <caption>What becomes of n missed times</caption>
 * <tr><th>policy</th><th>runs at once</th><th>dropped</th></tr>
 * <tr><td>{@code missedSkip()}</td><td>none: the next time is that of the grid</td><td>n</td></tr>
 * <tr><td>{@code missedOnce()}, the default</td><td>one for all</td><td>n - 1</td></tr>
 * <tr><td>{@code missedCatchUp(max)}</td><td>the smaller of n and max, one after the other</td>
 * <td>the rest</td></tr>
 * </table>
 *
 * <p>What is dropped is counted as skipped, what runs after its time as late. With a fixed delay
 * nothing can be missed. {@link #trigger} runs the task now; the grid stays where it is.
 *
 * <h2>Suspended machines, and clocks that are set</h2>
 *
 * <p>Times are those of {@link System#nanoTime()}, so setting the clock of the machine changes
 * nothing. On Linux that clock stands still while the machine is suspended: a run that was due in
 * an hour is due in an hour after the machine has woken up, and no run was missed. Elsewhere it may
 * go on; then runs were missed, and the policy counts. At each step the two clocks are compared: if
 * they differ by the jump threshold or more (5 s unless set), and by more than a thousandth of the
 * time since the last step, then the machine was suspended or its clock was set, forward or back;
 * that is counted and logged. {@link Builder#runAfterJump()} also makes a run at once after a jump
 * forward, from which the grid begins anew, and looks for one each 30 s, not only when a run is
 * due.
 *
 * <h2>Failures</h2>
 *
 * <p>are what the task throws, of any type; {@link InterruptedException} and {@link
 * StoppedException} are none when it has been asked to stop. {@link ErrorPolicy} says whether to go
 * on, to wait longer each time, or to give up: then the service is {@code FAILED}. None is silent:
 * the first of each type and place goes to the error handler, which logs it by default, and all are
 * counted. The task should be idempotent, and bear that it is interrupted when the service stops.
 *
 * <h2>Memory effects</h2>
 *
 * <p>Each run happens before the next one; what a thread does before {@code trigger} returns true
 * happens before that run. All else is as with {@link Service}. {@link #stats} is consistent, and
 * takes no lock. Thread-safe; no argument may be {@code null}.
 */
public final class PeriodicService implements Managed, AutoCloseable {
  private static final Duration DEFAULT_JUMP = Duration.ofSeconds(5);

  /** How often to look for a jump if one is to be followed by a run. */
  private static final long LOOK = TimeUnit.SECONDS.toNanos(30);

  /** What is done again and again. */
  @FunctionalInterface
  public interface Task {
    /**
     * Does it once.
     *
     * @param stop says when to stop, should a run take long
     * @throws Exception if it fails
     */
    void run(StopToken stop) throws Exception;
  }

  /** What becomes of a time of the schedule that comes while a run is under way. */
  public enum Overlap {
    /** Nothing: it is skipped. */
    SKIP,
    /** A run, as soon as the one under way has ended. */
    RUN_LATE
  }

  private final PeriodicPlan plan;
  private final PeriodicRunner runner;
  private final Alarm alarm;
  private final Service service;

  /**
   * Starts a periodic service; {@link Builder#fixedRate} or {@link Builder#fixedDelay} has to
   * follow.
   *
   * @param name of the service and of its thread, in errors, reports and thread dumps
   * @param task what it does
   */
  public static Builder builder(String name, Task task) {
    return new Builder(name, task);
  }

  private PeriodicService(Builder builder) {
    plan = builder.plan();
    alarm = new Alarm(plan.name());
    runner = new PeriodicRunner(plan, builder.nanoTime, builder.wall, builder.random);
    Service.Builder of =
        Service.builder(plan.name(), this::loop)
            .onError(plan.errors())
            .stopTimeout(builder.stopTimeout);
    if (builder.threads != null) {
      of.threads(builder.threads);
    }
    if (builder.parent != null) {
      of.parent(builder.parent);
    }
    service = of.build();
  }

  /**
   * Properties of a periodic service to be built; not thread-safe. Every method but {@link #build}
   * returns this builder and checks nothing: that is done at once, by {@link #build}.
   */
  public static final class Builder {
    private final String name;
    private final Task task;
    private boolean fixedRate;
    private @Nullable Duration period;
    private Duration initialDelay = Duration.ZERO;
    private Duration jitter = Duration.ZERO;
    private ErrorPolicy onError = ErrorPolicy.goOn();
    private Overlap overlap = Overlap.SKIP;
    private int missedAtMost = 1;
    private boolean catchUp;
    private Duration jumpThreshold = DEFAULT_JUMP;
    private boolean runAfterJump;
    private Duration stopTimeout = Duration.ofSeconds(10);
    private @Nullable ThreadFactory threads;
    private @Nullable StopToken parent;
    private @Nullable Consumer<? super Throwable> errors;
    private final List<String> wrong = new ArrayList<>();

    private LongSupplier nanoTime = System::nanoTime;
    private InstantSource wall = InstantSource.system();
    private RandomGenerator random = new Random();

    private Builder(String name, Task task) {
      this.name = name;
      this.task = task;
    }

    /** Runs begin so far apart, whatever they take. Positive. */
    public Builder fixedRate(Duration period) {
      this.period = period;
      fixedRate = true;
      return this;
    }

    /** A run begins so long after the end of the one before. Positive. */
    public Builder fixedDelay(Duration delay) {
      period = delay;
      fixedRate = false;
      return this;
    }

    /** How long after its start the service runs first; by default at once. Not negative. */
    public Builder initialDelay(Duration delay) {
      initialDelay = delay;
      return this;
    }

    /**
     * Up to how much later each run begins, at random, so that many such services do not run at the
     * same time; by default not. Not negative, less than the period.
     */
    public Builder jitter(Duration jitter) {
      this.jitter = jitter;
      return this;
    }

    /** What to do when a run fails; by default to go on. Not null. */
    public Builder onError(ErrorPolicy policy) {
      onError = policy;
      return this;
    }

    /** What becomes of a time that comes while a run is under way; by default nothing. Not null. */
    public Builder overlap(Overlap overlap) {
      this.overlap = overlap;
      return this;
    }

    /** Missed times are dropped. */
    public Builder missedSkip() {
      missedAtMost = 0;
      catchUp = false;
      return this;
    }

    /** There is one run for all missed times, at once. */
    public Builder missedOnce() {
      missedAtMost = 1;
      catchUp = false;
      return this;
    }

    /** There is a run for each missed time, at once, but no more than so many. At least 1. */
    public Builder missedCatchUp(int max) {
      missedAtMost = max;
      catchUp = true;
      return this;
    }

    /** What difference of the clocks counts as a jump; by default 5 s. Positive. */
    public Builder jumpThreshold(Duration threshold) {
      jumpThreshold = threshold;
      return this;
    }

    /**
     * There is a run as soon as a jump forward is noticed, within 30 s, and the grid begins anew.
     */
    public Builder runAfterJump() {
      runAfterJump = true;
      return this;
    }

    /** How long {@link PeriodicService#close()} lets a run go on; by default 10 s. Not negative. */
    public Builder stopTimeout(Duration timeout) {
      stopTimeout = timeout;
      return this;
    }

    /** Makes the thread; by default a platform thread that is no daemon. Not null. */
    public Builder threads(ThreadFactory threads) {
      this.threads = given("threads", threads);
      return this;
    }

    /** Stops the service when it is stopped; by default there is none. Not null. */
    public Builder parent(StopToken parent) {
      this.parent = given("parent", parent);
      return this;
    }

    /**
     * Gets the first failure of each type and place, what the service gives up with, and what
     * listeners throw; by default it is logged. Not null.
     */
    public Builder errors(Consumer<? super Throwable> errors) {
      this.errors = given("errors", errors);
      return this;
    }

    private <T> @Nullable T given(String what, @Nullable T argument) {
      if (argument == null) {
        wrong.add(what + " is null");
      }
      return argument;
    }

    /** Time as tests have it. */
    Builder time(LongSupplier nanoTime, InstantSource wall, RandomGenerator random) {
      this.nanoTime = nanoTime;
      this.wall = wall;
      this.random = random;
      return this;
    }

    /** What was given; to be checked before. */
    PeriodicPlan plan() {
      String of = name;
      return new PeriodicPlan(
          name,
          task,
          fixedRate,
          nanos(Objects.requireNonNull(period)),
          nanos(initialDelay),
          nanos(jitter),
          onError,
          overlap,
          missedAtMost,
          jumpThreshold,
          runAfterJump,
          errors != null ? errors : e -> Log.error("A run or a listener of " + of + " failed", e));
    }

    /** Up to 146 years, so that sums do not overflow. */
    private static long nanos(Duration duration) {
      return Math.min(TimeUnit.NANOSECONDS.convert(duration), Long.MAX_VALUE / 4);
    }

    /**
     * The service, not started. A builder may build several.
     *
     * @throws IllegalArgumentException if arguments are wrong; the message names all of them
     */
    public PeriodicService build() {
      check();
      return new PeriodicService(this);
    }

    void check() {
      List<String> all = new ArrayList<>(wrong);
      if (name == null || name.isBlank()) {
        all.add(name == null ? "name is null" : "name is blank: \"" + name + '"');
      }
      if (task == null) {
        all.add("task is null");
      }
      if (period == null) {
        all.add("there is neither fixedRate nor fixedDelay, or it is null");
      } else if (period.isNegative() || period.isZero()) {
        all.add((fixedRate ? "fixedRate" : "fixedDelay") + " is not positive: " + period);
      }
      notNegative(all, "initialDelay", initialDelay);
      notNegative(all, "jitter", jitter);
      if (period != null && jitter != null && !jitter.isZero() && jitter.compareTo(period) >= 0) {
        all.add("jitter is not less than the period, " + period + ": " + jitter);
      }
      if (onError == null) {
        all.add("onError is null");
      }
      if (overlap == null) {
        all.add("overlap is null");
      }
      if (catchUp && missedAtMost < 1) {
        all.add("missedCatchUp is less than 1: " + missedAtMost);
      }
      if (jumpThreshold == null || jumpThreshold.isNegative() || jumpThreshold.isZero()) {
        all.add("jumpThreshold is not positive: " + jumpThreshold);
      }
      notNegative(all, "stopTimeout", stopTimeout);
      if (!all.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", all));
      }
    }

    private static void notNegative(List<String> all, String what, Duration duration) {
      if (duration == null || duration.isNegative()) {
        all.add(duration == null ? what + " is null" : what + " is negative: " + duration);
      }
    }
  }

  private void loop(StopToken stop, Runnable ready) throws Exception {
    try (StopRegistration unused = stop.onStop(alarm::ring)) {
      runner.begin();
      ready.run();
      while (!stop.isStopped()) {
        long wait = runner.step(stop);
        if (wait > 0) {
          alarm.await(plan.runAfterJump() ? Math.min(wait, LOOK) : wait);
        }
      }
    } finally {
      runner.end();
    }
  }

  @Override
  public String name() {
    return plan.name();
  }

  /** The state now, for how long, and why. */
  public ServiceStatus status() {
    return service.status();
  }

  /** What it has done so far, and when it will run next. */
  public PeriodicStats stats() {
    return runner.stats();
  }

  /**
   * Has the task run now, or as soon as the run that is under way has ended. Several calls before
   * that run begins make one run.
   *
   * @return whether this call did it; false if there is such a request already
   * @throws IllegalStateException if the service is not started, or stops; the message names its
   *     state
   */
  public boolean trigger() {
    Service.State state = service.state();
    if (state != Service.State.STARTING && state != Service.State.RUNNING) {
      throw new IllegalStateException(name() + " cannot be triggered, it is " + state);
    }
    boolean done = runner.trigger();
    alarm.ring();
    return done;
  }

  /**
   * Starts the service, and does not wait for it.
   *
   * @throws IllegalStateException if it is not new; the message names its state
   */
  public void start() {
    service.start();
  }

  /** As in {@link Managed}; it is ready before its first run. */
  @Override
  public void start(Deadline deadline) throws InterruptedException {
    service.start(deadline);
  }

  /**
   * Asks the service to stop, and does not wait; also for the task itself.
   *
   * @param reason what for, for people
   * @return whether this did it; false if it was asked before, or has ended
   */
  public boolean requestStop(String reason) {
    return service.requestStop(reason);
  }

  /** As {@link Service#stop(Duration)}: what is waited for is the run that is under way. */
  @Override
  public StopReport stop(Duration timeout) {
    return service.stop(timeout);
  }

  @Override
  public boolean runsOn(Thread thread) {
    return service.runsOn(thread);
  }

  @Override
  public Guard onFailure(Consumer<? super Throwable> listener) {
    return service.onFailure(listener);
  }

  /** As {@link Service#listen}. */
  public Guard listen(Service.Listener listener) {
    return service.listen(listener);
  }

  /** As {@link Service#awaitEnd}. */
  public boolean awaitEnd(Deadline deadline) throws InterruptedException {
    return service.awaitEnd(deadline);
  }

  /** As {@link Service#close()}. */
  @Override
  public void close() {
    service.close();
  }

  /** The status, and how many runs there were. */
  @Override
  public String toString() {
    PeriodicStats stats = stats();
    return "PeriodicService["
        + status()
        + ", "
        + stats.runs()
        + " runs, "
        + stats.failures()
        + " failed]";
  }
}
