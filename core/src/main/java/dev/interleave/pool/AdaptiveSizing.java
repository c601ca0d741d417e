// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.lifecycle.PeriodicService;
import dev.interleave.lifecycle.Threads;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Steers the number of threads of a pool by what it gets done, within bounds, and says why.
 *
 * <pre>{@code
 * try (AdaptiveSizing sizing =
 *     AdaptiveSizing.of(pool)
 *         .between(2, 64)
 *         .every(Duration.ofSeconds(1))
 *         .listener(change -> log.info("{}", change))
 *         .start()) {
 *   …
 * } // the pool keeps its size
 * }</pre>
 *
 * <h2>The law</h2>
 *
 * <p>As long as tasks wait and all threads are busy, it looks for the smallest number of threads
 * that gets about as much done as the best: it doubles the number until that no longer helps, and
 * searches between. That takes some ten decisions, less than thirty in any case. Then it holds that
 * number, and tries a step more and a step fewer, an eighth of it or 1, ever less often; a step
 * fewer that was measured to do less only after a long time. It searches anew when throughput
 * changes by itself by a quarter. If nobody waits, and less than half of the threads are busy for
 * some time, it takes those away that are not needed. If tasks come in bursts and wait longer than
 * they run, it adds steps as long as that makes tasks take less time. On a pool that does nothing
 * it changes nothing; its idle threads end as the pool's keep-alive says.
 *
 * <p>It is a hill climb on throughput, after Hellerstein et al., <i>Applying control theory in the
 * real world</i>, 2009, which is in .NET's thread pool, with the wait for a thread as what tells
 * whether throughput says anything. It needs no thresholds for the load of processor or memory:
 * that of the machine is not the pool's, and a pool may be slow on an idle machine.
 *
 * <h2>What it needs</h2>
 *
 * <p>Enough tasks in an interval: if less than 16, or 4 for each thread, are completed while others
 * wait, the interval is prolonged, up to sixteen times. If there are not enough even then, nothing
 * is decided. Intervals of a second do for tasks of up to some 100 ms; for longer ones take longer
 * ones. Tasks should be alike over some intervals: it can follow a load that changes now and then,
 * not one that is another each time. Where the pool times {@linkplain
 * MonitoredPool.Builder#timingOneIn one in so many tasks}, that many tasks more are needed.
 *
 * <p>Only tasks that return count as done: a size at which more of them fail is not taken for fast.
 *
 * <h2>Running tasks</h2>
 *
 * <p>No running task is ever ended by a change: threads that are too many go when their task ends,
 * and until they have gone nothing is decided, for up to eight intervals. More threads take on what
 * is queued already. When the pool is shut down, this ends by itself.
 *
 * <p>Thread-safe. Decisions are made one at a time, under a lock that nothing is called with but
 * the target; listeners are called with no lock held, on the thread that decided. {@code null} is
 * refused with a {@link NullPointerException}, by the builder with all else that is wrong.
 */
public final class AdaptiveSizing implements AutoCloseable {
  /** Threads that have to go have so many intervals for it. */
  private static final int MOST_SETTLING = 8;

  /** A sample takes so many intervals at most. */
  private static final int MOST_INTERVALS = 16;

  private static final int FEWEST_TASKS = 16;
  private static final int FEWEST_TASKS_PER_THREAD = 4;

  /**
   * What can be steered: something that runs tasks, so many at once. Called with a lock held, one
   * call at a time.
   */
  public interface Target {
    /** Stands in the name of the thread, and in reports. */
    String name();

    /** What it has done so far, and does now. */
    Load load();

    /**
     * Runs so many tasks at once from now on. What runs must go on, and what waits must get threads
     * that are added.
     *
     * @param size within the bounds given to {@link Builder#between}
     */
    void resize(int size);
  }

  /**
   * What a {@link Target} has done since it began, and what it does now. The counters only grow;
   * they may overflow.
   *
   * @param size how many tasks it may run at once
   * @param live how many threads there are, those that are to go included
   * @param queued how many tasks wait for a thread
   * @param completed how many have returned a result
   * @param busyNanos how long all tasks have been running, together, those that run now included
   * @param waitedNanos how long all tasks that have ended had waited for a thread, together
   * @param closed whether it accepts nothing any more
   */
  public record Load(
      int size,
      int live,
      long queued,
      long completed,
      long busyNanos,
      long waitedNanos,
      boolean closed) {}

  /**
   * A change of size.
   *
   * @param at when it was made
   * @param decision how many decisions there had been, this one included
   * @param from the size before
   * @param to the size after
   * @param reason why, with the figures that it is about
   * @param perSecond tasks completed per second, since the decision before; NaN for the change that
   *     brings a pool within the bounds
   * @param busy how many threads ran a task, on average
   * @param waiting how many tasks waited for a thread, on average
   */
  public record Change(
      Instant at,
      long decision,
      int from,
      int to,
      String reason,
      double perSecond,
      double busy,
      double waiting) {

    /**
     * Checks the components.
     *
     * @throws NullPointerException if one is null
     */
    public Change {
      Objects.requireNonNull(at, "at");
      Objects.requireNonNull(reason, "reason");
    }

    /** From, to, and why, in one line. */
    @Override
    public String toString() {
      return from + " -> " + to + " threads: " + reason;
    }
  }

  private final Target target;
  private final int min;
  private final int max;
  private final int mostKept;
  private final @Nullable Consumer<? super Change> listener;
  private final LongSupplier nanoTime;
  private final InstantSource wall;
  private final @Nullable PeriodicService timer;

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Change> history = new ArrayDeque<>();
  private @Nullable SizingLaw law;
  private @Nullable Load before;
  private long beforeNanos;
  private int settling;
  private int intervals;
  private long decisions;
  private String reason = "nothing was measured yet";
  private boolean ended;

  private AdaptiveSizing(Builder builder, boolean timed) {
    target = builder.target;
    min = builder.min;
    max = builder.max;
    mostKept = builder.history;
    listener = builder.listener;
    nanoTime = builder.nanoTime;
    wall = builder.wall;
    String name = target.name() + "-sizing";
    timer =
        timed
            ? PeriodicService.builder(name, stop -> stepOrEnd())
                .fixedRate(builder.period())
                .initialDelay(builder.period())
                .missedSkip()
                .threads(Threads.platform(name).daemon(true).build())
                .build()
            : null;
  }

  /**
   * Begins to describe how a pool is to be steered; {@link Builder#between} has to follow. That
   * bounds how many threads there may be; those that stay when there is nothing to do are as many
   * as the pool was built for, or as there may be if that is less.
   */
  public static Builder of(MonitoredPool pool) {
    return of(new PoolTarget(Objects.requireNonNull(pool, "pool")));
  }

  /** The same for anything that can be steered. */
  public static Builder of(Target target) {
    return new Builder(Objects.requireNonNull(target, "target"));
  }

  /**
   * How to steer; not thread-safe. Every method but {@link #start} and {@link #build} returns this
   * builder and checks nothing: that is done at once, by these.
   */
  public static final class Builder {
    private static final int DEFAULT_HISTORY = 100;

    private final Target target;
    private int min;
    private int max;
    private boolean bounded;
    private @Nullable Duration period = Duration.ofSeconds(1);
    private int history = DEFAULT_HISTORY;
    private @Nullable Consumer<? super Change> listener;
    private boolean listened;

    private LongSupplier nanoTime = System::nanoTime;
    private InstantSource wall = InstantSource.system();

    private Builder(Target target) {
      this.target = target;
    }

    /**
     * The bounds, which are hard: there are never more threads, and never fewer are allowed.
     *
     * @param min at least 1
     * @param max not less than {@code min}
     */
    public Builder between(int min, int max) {
      this.min = min;
      this.max = max;
      bounded = true;
      return this;
    }

    /** How often to decide; by default each second. More than nothing. */
    public Builder every(Duration period) {
      this.period = period;
      return this;
    }

    /**
     * Who is told of each change. What it throws goes to the thread's handler of uncaught
     * exceptions. Not null.
     */
    public Builder listener(Consumer<? super Change> listener) {
      this.listener = listener;
      listened = true;
      return this;
    }

    /** How many changes to keep for {@link AdaptiveSizing#history}; by default 100. At least 1. */
    public Builder history(int changes) {
      history = changes;
      return this;
    }

    /** Time as tests have it. */
    Builder time(LongSupplier nanoTime, InstantSource wall) {
      this.nanoTime = nanoTime;
      this.wall = wall;
      return this;
    }

    private Duration period() {
      return Objects.requireNonNull(period);
    }

    /**
     * Steers from now on, on a thread of its own: a daemon, named after the pool.
     *
     * @throws IllegalArgumentException if arguments are wrong; the message names all of them
     * @throws IllegalStateException if the pool is steered already
     */
    public AdaptiveSizing start() {
      AdaptiveSizing sizing = make(true);
      Objects.requireNonNull(sizing.timer).start();
      return sizing;
    }

    /**
     * Steers whenever {@link AdaptiveSizing#step} is called, and not by itself: for who has a timer
     * of his own.
     *
     * @throws IllegalArgumentException if arguments are wrong; the message names all of them
     * @throws IllegalStateException if the pool is steered already
     */
    public AdaptiveSizing build() {
      return make(false);
    }

    private AdaptiveSizing make(boolean timed) {
      List<String> wrong = new ArrayList<>();
      if (!bounded) {
        wrong.add("between is missing");
      } else {
        if (min < 1) {
          wrong.add("min is less than 1: " + min);
        }
        if (max < min) {
          wrong.add("max is less than min: " + max + " < " + min);
        }
        if (max > Admission.MAX_THREADS && target instanceof PoolTarget) {
          wrong.add("max is more than " + Admission.MAX_THREADS + ": " + max);
        }
      }
      if (period == null || period.isNegative() || period.isZero()) {
        wrong.add(period == null ? "every is null" : "every is not positive: " + period);
      }
      if (listened && listener == null) {
        wrong.add("listener is null");
      }
      if (history < 1) {
        wrong.add("history is less than 1: " + history);
      }
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", wrong));
      }
      if (target instanceof PoolTarget pool) {
        pool.begin();
      }
      return new AdaptiveSizing(this, timed);
    }
  }

  private void stepOrEnd() {
    Optional<Change> unused = step();
    if (isEnded() && timer != null) {
      boolean unusedToo = timer.requestStop(reason());
    }
  }

  /**
   * Looks what was done since the last time, and decides. The first time it only looks, and brings
   * the pool within the bounds. Does nothing once this has ended.
   *
   * @return the change, if there was one; the listener has been told
   * @throws RuntimeException what the target throws, as when there is no memory for threads; the
   *     next time it looks anew what the size is
   */
  public Optional<Change> step() {
    Change change;
    lock.lock();
    try {
      change = ended ? null : look();
      if (change != null) {
        if (history.size() == mostKept) {
          history.removeFirst();
        }
        history.addLast(change);
      }
    } finally {
      lock.unlock();
    }
    if (change != null) {
      tell(change);
    }
    return Optional.ofNullable(change);
  }

  private void tell(Change change) {
    PoolSizeEvent.commit(target.name(), change);
    if (listener != null) {
      try {
        listener.accept(change);
      } catch (Throwable e) { // not swallowed, and not the caller's
        Incidents.uncaught(e);
      }
    }
  }

  private @Nullable Change look() {
    Load now = target.load();
    long nanos = nanoTime.getAsLong();
    if (now.closed) {
      end(target.name() + " accepts nothing any more");
      return null;
    }
    SizingLaw known = law;
    Load last = before;
    if (known == null || last == null || now.size != known.size()) {
      return begin(now, nanos, known);
    }
    if (last.live > now.size && settling < MOST_SETTLING) {
      settling++;
      reason = "waiting for " + (last.live - now.size) + " threads to end";
      lookAgainFrom(now, nanos);
      return null;
    }
    SizingLaw.Sample sample = sample(last, now, nanos - beforeNanos);
    if (sample == null) {
      return null; // no time has passed
    }
    long completed = now.completed - last.completed;
    long fewest = Math.max(FEWEST_TASKS, (long) FEWEST_TASKS_PER_THREAD * now.size);
    if (sample.waiting() > 0 && completed < fewest) {
      reason = completed + " tasks completed, too few to tell anything from";
      if (++intervals >= MOST_INTERVALS) {
        lookAgainFrom(now, nanos);
      }
      return null;
    }
    return decide(known, sample, now, nanos);
  }

  /** The first time, and whenever somebody else has changed the size. */
  private @Nullable Change begin(Load now, long nanos, @Nullable SizingLaw known) {
    SizingLaw fresh = new SizingLaw(min, max, now.size);
    law = fresh;
    lookAgainFrom(now, nanos);
    reason =
        known == null
            ? "nothing was measured yet"
            : "somebody else made it " + now.size + " threads, instead of " + known.size();
    if (fresh.size() == now.size) {
      return null;
    }
    reason = now.size + " threads are not within the bounds, " + min + " and " + max;
    return resize(now.size, fresh.size(), new SizingLaw.Sample(Double.NaN, Double.NaN, Double.NaN));
  }

  private @Nullable Change decide(SizingLaw by, SizingLaw.Sample sample, Load now, long nanos) {
    decisions++;
    SizingLaw.Decision decision = by.decide(sample);
    reason = decision.reason();
    lookAgainFrom(now, nanos);
    return decision.size() == now.size ? null : resize(now.size, decision.size(), sample);
  }

  private @Nullable Change resize(int from, int to, SizingLaw.Sample sample) {
    try {
      target.resize(to);
    } catch (RuntimeException e) {
      if (!target.load().closed) {
        throw e;
      }
      end(target.name() + " accepts nothing any more");
      return null;
    }
    settling = 0;
    return new Change(
        wall.instant(),
        decisions,
        from,
        to,
        reason,
        sample.perSecond(),
        sample.busy(),
        sample.waiting());
  }

  private void lookAgainFrom(Load now, long nanos) {
    before = now;
    beforeNanos = nanos;
    intervals = 0;
  }

  private SizingLaw.@Nullable Sample sample(Load last, Load now, long nanos) {
    if (nanos <= 0) {
      return null;
    }
    // A task that ended while the load was read may be missing in it, and come with the next one.
    double busy = Math.max(0, now.busyNanos - last.busyNanos) / (double) nanos;
    double waited = Math.max(0, now.waitedNanos - last.waitedNanos) / (double) nanos;
    // What waits all the time has not ended, so nobody has counted yet how long it has waited.
    double waiting = Math.max(waited, (last.queued + now.queued) / 2.0);
    return new SizingLaw.Sample((now.completed - last.completed) * 1e9 / nanos, busy, waiting);
  }

  private void end(String why) {
    ended = true;
    reason = why;
    before = null;
    if (target instanceof PoolTarget pool) {
      pool.end();
    }
  }

  /** The changes that were made last, the oldest first. */
  public List<Change> history() {
    lock.lock();
    try {
      return List.copyOf(history);
    } finally {
      lock.unlock();
    }
  }

  /** How many decisions there were, those included that changed nothing. */
  public long decisions() {
    lock.lock();
    try {
      return decisions;
    } finally {
      lock.unlock();
    }
  }

  /** Why the size is what it is, or why this has ended. */
  public String reason() {
    lock.lock();
    try {
      return reason;
    } finally {
      lock.unlock();
    }
  }

  /** Whether this steers no more, as it was closed, or the pool was shut down. */
  public boolean isEnded() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Steers no more; the pool keeps its size. Waits for a decision that is being made, and for the
   * listener, but not if it is the listener that calls this. Idempotent.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      if (!ended) {
        end("closed");
      }
    } finally {
      lock.unlock();
    }
    if (timer != null) {
      timer.close();
    }
  }

  /** The name, the bounds, and what was decided last. */
  @Override
  public String toString() {
    lock.lock();
    try {
      return "AdaptiveSizing["
          + target.name()
          + ", "
          + (law == null ? "" : law.size() + " threads, ")
          + min
          + " to "
          + max
          + ", "
          + decisions
          + " decisions: "
          + reason
          + "]";
    } finally {
      lock.unlock();
    }
  }
}
