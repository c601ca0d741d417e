// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.Deadline;
import dev.interleave.StopReport;
import dev.interleave.diagnose.Wait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An {@link java.util.concurrent.ExecutorService} that starts threads before it queues tasks,
 * really ends what is late or cancelled, knows when it waits for itself, says what it does, and
 * stops in bounded time.
 *
 * <pre>{@code
 * try (MonitoredPool pool = MonitoredPool.builder("orders").threads(2, 16).build()) {
 *   CompletableFuture<Receipt> receipt =
 *       pool.submit(() -> bill(order), Deadline.after(Duration.ofSeconds(2)));
 *   …
 * }
 * }</pre>
 *
 * <h2>Threads</h2>
 *
 * <p>{@link Builder#threads} makes a pool of platform threads, named after it and numbered. A task
 * is given to a new thread if all threads have something to do and there may be more of them; only
 * if not, it is queued. There is no window in which a task sits queued while a thread could be
 * started: how many tasks and threads there are is one word, changed at once ({@code Admission} has
 * the proof). A thread counts as busy until its task's future has been completed and the actions
 * that depend on it and run in it are done. Threads that have had nothing to do for {@link
 * Builder#keepAlive} end, except for {@code min} of them; none is started before there is a task
 * for it. A thread outlives whatever its tasks throw.
 *
 * <p>{@link #resize} changes how many there may be. More of them are started at once for what
 * waits; those that are too many end, the idle ones at once and the others when their task is done.
 *
 * <p>{@link Builder#virtual} makes one of virtual threads. A task is admitted first, and then gets
 * a thread: so there are never more of them than was said. A virtual thread goes on with what is
 * queued, and ends when nothing is.
 *
 * <h2>Tasks</h2>
 *
 * <ul>
 *   <li><b>Bounded.</b> At most {@code queueCapacity} tasks wait besides those for which there is a
 *       thread. A task gives up its place before its future completes, or when it is cancelled or
 *       runs out of time while it waits. One too many is {@linkplain Builder#rejection rejected}.
 *   <li><b>Cancelled means cancelled.</b> {@code cancel(true)} on the future of a task that has not
 *       begun takes it back: it will not run, and its place is free. One that runs is interrupted,
 *       and its future is cancelled at once, whenever it ends. {@code cancel(false)} does not
 *       interrupt it. To {@code complete} the future by hand takes back a task that has not begun,
 *       and leaves one alone that has.
 *   <li><b>Late means ended.</b> A task whose deadline passes before it has begun is never run; one
 *       that runs is interrupted. Its future fails with {@link TimeoutException} when the deadline
 *       passes, and what it returns or throws after that goes nowhere. The same happens to one that
 *       has been running for longer than {@link Builder#taskTimeout}. The clock is a platform
 *       thread, so that works also when all carriers of virtual threads are busy. Such tasks are
 *       counted apart from those that fail and those that are cancelled. Actions that depend on a
 *       future that fails so, other than the {@code Async} ones, run on one of 64 threads that all
 *       pools of this JVM share, or on the worker: they should be short.
 *   <li><b>An interrupt reaches the task it is meant for</b>, or nobody, whether it is for a
 *       cancellation, a deadline or the end of the pool; what a task leaves behind is cleared.
 *   <li><b>Errors belong to the future.</b> What a task throws that was handed over by {@link
 *       #execute} goes to its thread's handler of uncaught exceptions, and to the listener.
 * </ul>
 *
 * <p>Futures are {@link CompletableFuture}s. Actions that depend on one without a form that ends in
 * {@code Async} run on the worker that completes it, as with all of them, and keep it busy.
 *
 * <h2>Waiting for oneself</h2>
 *
 * <p>A task that waits for another one of the same pool, by {@code get}, {@code join}, {@code
 * invokeAll} or {@code invokeAny}, takes up a thread that may be the last one that could run it.
 * When a worker is about to wait so, and not for a limited time only, the pool looks whether that
 * task, or one that is needed for it, can ever run. If not, it does what {@link OnStarvation} says.
 * A task that has a deadline ends by that at the latest, so who waits for it does not do so for
 * ever. All who wait for a task, workers or not, are also seen by a {@link
 * dev.interleave.diagnose.DeadlockDetector}, which finds what goes beyond one pool: two that wait
 * for each other, or locks that a task's owner holds. Futures derived from a task's, as by {@code
 * thenApply} or {@code allOf}, may be completed by anybody, and are not looked at.
 *
 * <h2>The end</h2>
 *
 * <p>{@link #shutdown}, {@link #shutdownNow} and {@link #awaitTermination} are exact: a task was
 * admitted before the shutdown, and runs or is returned, or it is rejected; the pool is terminated
 * when the last task is done and all workers have nothing left to do but to end. {@link
 * #close(Duration)} drains, interrupts, abandons, and reports; {@link #close()} waits.
 *
 * <h2>Memory effects, progress, cost</h2>
 *
 * <p>What a thread does before it submits a task happens before the task, and that before the
 * return of {@code get}, as {@link java.util.concurrent.ExecutorService} has it. A submission takes
 * effect at the compare-and-set that admits it. Among tasks, the order is that in which submitters
 * put them into the queue; where a task was given to a new thread it may begin before others that
 * wait. The first-in-first-out queue is a ring: submitters and workers hold no lock.
 *
 * <p>The clock is read twice for each task that is timed: when it is admitted, and when it ends.
 * {@link Builder#timingOneIn} makes that fewer.
 *
 * <p>Thread-safe. No argument may be {@code null}; tasks may return it.
 *
 * <p>This class may be lifted out; {@code docs/lift-out.md} lists the files that must come along.
 */
public final class MonitoredPool extends AbstractExecutorService {

  /** What is done when a task would wait for another one of its pool that can never run. */
  public enum OnStarvation {
    /**
     * A thread beyond the maximum stands in for the one that waits, until that goes on; at most
     * 1023 at the same time. Also where only the deadline of a task would end the wait. If that
     * does not help, as tasks that run wait for each other, or if there are too many, as under
     * {@link #FAIL}.
     */
    COMPENSATE,

    /**
     * The call that would wait throws {@link PoolStarvationException}, which names the tasks: the
     * default.
     */
    FAIL,

    /** Nothing but telling the listener, recordings and the log. */
    REPORT
  }

  private final Engine engine;

  /** Whether somebody steers the size of this: there can be one only. */
  private final AtomicBoolean steered = new AtomicBoolean();

  private MonitoredPool(Builder builder) {
    engine = new Engine(builder);
  }

  /**
   * Starts a pool: as many platform threads as there are processors, and 1024 tasks that wait,
   * unless said otherwise.
   *
   * @param name stands in the names of threads, and in errors, reports and events; not blank
   */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  /**
   * Properties of a pool to be built; not thread-safe. Every method but {@link #build} returns this
   * builder and checks nothing: that is done at once, by {@link #build}.
   */
  public static final class Builder {
    private static final Duration DEFAULT_KEEP_ALIVE = Duration.ofSeconds(60);

    private final String name;
    private int min = Runtime.getRuntime().availableProcessors();
    private int max = min;
    private boolean virtual;
    private int queueCapacity = 1024;
    private @Nullable Comparator<Object> comparator;
    private boolean prioritized;
    private boolean lifo;
    private Rejection rejection = Rejection.ABORT;
    private @Nullable Duration blockFor;
    private @Nullable Runnable initializer;
    private boolean initialized;
    private @Nullable Duration taskTimeout;
    private boolean limited;
    private @Nullable Duration keepAlive;
    private boolean kept;
    private @Nullable PoolListener listener;
    private boolean listened;
    private @Nullable Duration stuckAfter;
    private boolean watched;
    private OnStarvation onStarvation = OnStarvation.FAIL;
    private boolean daemon;
    private int timingOneIn = 1;

    private Builder(String name) {
      this.name = name;
    }

    private Builder(Builder other) {
      name = other.name;
      min = other.min;
      max = other.max;
      virtual = other.virtual;
      queueCapacity = other.queueCapacity;
      comparator = other.comparator;
      lifo = other.lifo;
      rejection = other.rejection;
      blockFor = other.blockFor;
      initializer = other.initializer;
      taskTimeout = other.taskTimeout;
      keepAlive = other.keepAlive;
      listener = other.listener;
      stuckAfter = other.stuckAfter;
      onStarvation = other.onStarvation;
      daemon = other.daemon;
      timingOneIn = other.timingOneIn;
    }

    /**
     * Platform threads.
     *
     * @param min how many stay when there is nothing to do, at least 0
     * @param max how many there may be, at least 1 and not less than {@code min}
     */
    public Builder threads(int min, int max) {
      this.min = min;
      this.max = max;
      virtual = false;
      return this;
    }

    /**
     * Virtual threads.
     *
     * @param maxConcurrent how many tasks run at once, at least 1
     */
    public Builder virtual(int maxConcurrent) {
      min = 0;
      max = maxConcurrent;
      virtual = true;
      return this;
    }

    /** How many tasks may wait besides those there is a thread for, at least 1; by default 1024. */
    public Builder queueCapacity(int queueCapacity) {
      this.queueCapacity = queueCapacity;
      return this;
    }

    /**
     * Has the least of the waiting tasks run first, of equal ones that which came first. By default
     * they run in the order in which they came.
     *
     * @param comparator compares what was submitted: the {@code Runnable} or {@code Callable}
     *     itself, never something wrapped around it; called by submitters and workers, while others
     *     wait. If it throws, so does {@code submit}, and the task will not run; or if a task ends
     *     the wait of a worker, that worker is replaced. Not null.
     */
    public Builder priority(Comparator<Object> comparator) {
      this.comparator = comparator;
      prioritized = true;
      lifo = false;
      return this;
    }

    /** Has the newest of the waiting tasks run first. */
    public Builder lifo() {
      comparator = null;
      prioritized = false;
      lifo = true;
      return this;
    }

    /**
     * What to do with a task for which there is no place; by default {@link Rejection#ABORT}.
     * {@link Rejection#BLOCK} needs {@link #rejection(Rejection, Duration)}. Not null.
     */
    public Builder rejection(Rejection rejection) {
      this.rejection = rejection;
      blockFor = null;
      return this;
    }

    /**
     * Has submitters wait for a place.
     *
     * @param rejection {@link Rejection#BLOCK}
     * @param blockFor for how long at most; more than nothing
     */
    public Builder rejection(Rejection rejection, Duration blockFor) {
      this.rejection = rejection;
      this.blockFor = blockFor;
      return this;
    }

    /**
     * Run by each new thread before its first task. If it throws, the pool is broken: the task that
     * the thread was started for and all that wait fail with a {@link RejectedExecutionException}
     * that has the exception as its cause, and so does every {@code submit} from then on; tasks
     * that run go on, and then the pool ends. One that may fail now and then has to try again
     * itself: what it cannot do on one thread it is taken not to be able to do on any. It is
     * interrupted by {@code shutdownNow} and {@code close(Duration)}, like a task. Not null.
     */
    public Builder initializer(Runnable initializer) {
      this.initializer = initializer;
      initialized = true;
      return this;
    }

    /**
     * Lets no task run for longer than this: one that does is interrupted, and its future fails
     * with {@link TimeoutException}, as when a deadline passes. The time begins when the task does;
     * how long it waits for a thread is not limited by this, but by a {@link Deadline}, which is
     * for the whole. A task may have both. More than nothing; by default there is no limit.
     */
    public Builder taskTimeout(Duration taskTimeout) {
      this.taskTimeout = taskTimeout;
      limited = true;
      return this;
    }

    /**
     * For how long a thread beyond {@code min} waits for something to do, before it ends; by
     * default a minute, and on virtual threads not at all. Not negative.
     */
    public Builder keepAlive(Duration keepAlive) {
      this.keepAlive = keepAlive;
      kept = true;
      return this;
    }

    /** Who is told what happens. Not null. */
    public Builder listener(PoolListener listener) {
      this.listener = listener;
      listened = true;
      return this;
    }

    /**
     * Reports each task, once, that runs for longer than this, within a quarter of the time; by
     * default none. More than nothing.
     */
    public Builder stuckAfter(Duration stuckAfter) {
      this.stuckAfter = stuckAfter;
      watched = true;
      return this;
    }

    /** What to do when a task would wait for ever for its own pool; by default FAIL. Not null. */
    public Builder onStarvation(OnStarvation policy) {
      onStarvation = policy;
      return this;
    }

    /** Whether platform threads are daemons; by default not. Virtual threads always are. */
    public Builder daemon(boolean daemon) {
      this.daemon = daemon;
      return this;
    }

    /**
     * Has the wait and run time of one in so many tasks measured; by default of each. The age of
     * those that are not measured is not known, and whether they are stuck is found a little later.
     *
     * @param tasks a power of two
     */
    public Builder timingOneIn(int tasks) {
      timingOneIn = tasks;
      return this;
    }

    /**
     * The pool. A builder may build several.
     *
     * @throws IllegalArgumentException if arguments are wrong; the message names all of them
     */
    public MonitoredPool build() {
      List<String> wrong = new ArrayList<>();
      checkSizes(wrong);
      checkPolicies(wrong);
      checkTimes(wrong);
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", wrong));
      }
      MonitoredPool pool = new MonitoredPool(new Builder(this));
      pool.engine.open();
      return pool;
    }

    private void checkSizes(List<String> wrong) {
      if (name == null || name.isBlank()) {
        wrong.add(name == null ? "name is null" : "name is blank: \"" + name + '"');
      }
      MonitoredPool.checkSizes(min, max, virtual, wrong);
      if (queueCapacity < 1 || queueCapacity > 1 << 30) {
        wrong.add("queueCapacity is not in 1 to 2^30: " + queueCapacity);
      }
      if (Integer.bitCount(timingOneIn) != 1 || timingOneIn < 0) {
        wrong.add("timingOneIn is not a power of two: " + timingOneIn);
      }
    }

    private void checkPolicies(List<String> wrong) {
      if (prioritized && comparator == null) {
        wrong.add("comparator is null");
      }
      if (rejection == null) {
        wrong.add("rejection is null");
      } else if (rejection == Rejection.BLOCK && blockFor == null) {
        wrong.add("blockFor is missing: rejection BLOCK needs it");
      } else if (rejection != Rejection.BLOCK && blockFor != null) {
        wrong.add("blockFor is for rejection BLOCK only: " + rejection);
      }
      if (initialized && initializer == null) {
        wrong.add("initializer is null");
      }
      if (listened && listener == null) {
        wrong.add("listener is null");
      }
      if (onStarvation == null) {
        wrong.add("onStarvation is null");
      }
    }

    private void checkTimes(List<String> wrong) {
      checkPositive("blockFor", blockFor, blockFor != null, wrong);
      checkPositive("taskTimeout", taskTimeout, limited, wrong);
      checkPositive("stuckAfter", stuckAfter, watched, wrong);
      if (kept && (keepAlive == null || keepAlive.isNegative())) {
        wrong.add(keepAlive == null ? "keepAlive is null" : "keepAlive is negative: " + keepAlive);
      }
    }

    private static void checkPositive(
        String what, @Nullable Duration duration, boolean given, List<String> wrong) {
      if (given && duration == null) {
        wrong.add(what + " is null");
      } else if (duration != null && (duration.isNegative() || duration.isZero())) {
        wrong.add(what + " is not positive: " + duration);
      }
    }

    // For the engine, of the copy that nobody changes.

    String name() {
      return name;
    }

    int min() {
      return min;
    }

    int max() {
      return max;
    }

    boolean isVirtual() {
      return virtual;
    }

    int capacity() {
      return queueCapacity;
    }

    @Nullable Comparator<Object> comparator() {
      return comparator;
    }

    boolean isLifo() {
      return lifo;
    }

    Rejection rejection() {
      return rejection;
    }

    Duration blockFor() {
      return blockFor == null ? Duration.ZERO : blockFor;
    }

    @Nullable Runnable initializing() {
      return initializer;
    }

    long timeoutNanos() {
      return taskTimeout == null ? Long.MAX_VALUE : TimeUnit.NANOSECONDS.convert(taskTimeout);
    }

    Duration idleTime() {
      return keepAlive != null ? keepAlive : virtual ? Duration.ZERO : DEFAULT_KEEP_ALIVE;
    }

    @Nullable PoolListener observer() {
      return listener;
    }

    /** 0 for never. */
    long stuckNanos() {
      return stuckAfter == null ? 0 : TimeUnit.NANOSECONDS.convert(stuckAfter);
    }

    OnStarvation starvation() {
      return onStarvation;
    }

    boolean isDaemon() {
      return daemon;
    }

    int timing() {
      return timingOneIn;
    }
  }

  /** The name given to the builder. */
  public String name() {
    return engine.name();
  }

  // ------------------------------------------------------------------ submitting

  /**
   * Hands a task over. What it throws goes to its thread's handler of uncaught exceptions.
   *
   * @throws RejectedExecutionException if there is no place for it, by the pool's policy, or if the
   *     pool is shut down or broken; it will not run
   */
  @Override
  public void execute(Runnable task) {
    Objects.requireNonNull(task, "task");
    if (task instanceof PoolFuture<?> future && future.isOf(engine) && future.isNew()) {
      engine.accept(future.task(), Deadline.none()); // of invokeAll
    } else {
      engine.execute(task);
    }
  }

  /**
   * Hands a task over.
   *
   * @return completes with the result, or with what the task throws
   * @throws RejectedExecutionException as {@link #execute}
   */
  @Override
  public <T extends @Nullable Object> CompletableFuture<T> submit(Callable<T> task) {
    return submit(task, Deadline.none());
  }

  /**
   * Hands a task over.
   *
   * @return completes with null, or with what the task throws
   * @throws RejectedExecutionException as {@link #execute}
   */
  @Override
  @SuppressWarnings("NullAway") // the result is null: that is what `?` stands for
  public CompletableFuture<?> submit(Runnable task) {
    return submit(task, null);
  }

  /**
   * Hands a task over.
   *
   * @return completes with {@code result}, or with what the task throws
   * @throws RejectedExecutionException as {@link #execute}
   */
  @Override
  public <T extends @Nullable Object> CompletableFuture<T> submit(Runnable task, T result) {
    Objects.requireNonNull(task, "task");
    return accepted(PoolFuture.of(engine, task, result), Deadline.none());
  }

  /**
   * Hands a task over that must have ended by a deadline.
   *
   * @param deadline when it passes, the task is not run any more, or interrupted; where the pool
   *     lets submitters wait for a place, they wait no longer than that
   * @return completes with the result, with what the task throws, or with {@link TimeoutException}
   * @throws RejectedExecutionException as {@link #execute}
   */
  public <T extends @Nullable Object> CompletableFuture<T> submit(
      Callable<T> task, Deadline deadline) {
    Objects.requireNonNull(task, "task");
    Objects.requireNonNull(deadline, "deadline");
    return accepted(PoolFuture.of(engine, task, null, deadline), deadline);
  }

  /**
   * Hands a task over that has a name, for reports, and must have ended by a deadline.
   *
   * @param name stands in reports and errors
   * @param deadline as {@link #submit(Callable, Deadline)}; {@link Deadline#none()} if there is
   *     none
   * @return completes with the result, with what the task throws, or with {@link TimeoutException}
   * @throws RejectedExecutionException as {@link #execute}
   */
  public <T extends @Nullable Object> CompletableFuture<T> submit(
      String name, Callable<T> task, Deadline deadline) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(task, "task");
    Objects.requireNonNull(deadline, "deadline");
    return accepted(PoolFuture.of(engine, task, name, deadline), deadline);
  }

  private <T extends @Nullable Object> PoolFuture<T> accepted(
      PoolFuture<T> future, Deadline deadline) {
    engine.accept(future.task(), deadline);
    return future;
  }

  @Override
  protected <T extends @Nullable Object> RunnableFuture<T> newTaskFor(Runnable task, T result) {
    Objects.requireNonNull(task, "task");
    return PoolFuture.of(engine, task, result);
  }

  @Override
  protected <T extends @Nullable Object> RunnableFuture<T> newTaskFor(Callable<T> task) {
    Objects.requireNonNull(task, "task");
    return PoolFuture.of(engine, task, null, Deadline.none());
  }

  /**
   * Runs the tasks and waits for the first that succeeds; the others are cancelled then. All are
   * submitted at once, so there must be places for them.
   *
   * @throws ExecutionException if none succeeds, with the last failure as its cause
   * @throws RejectedExecutionException as {@link #execute}; those submitted before are cancelled
   */
  @Override
  public <T extends @Nullable Object> T invokeAny(Collection<? extends Callable<T>> tasks)
      throws InterruptedException, ExecutionException {
    Invocation<T> invocation = new Invocation<>(List.copyOf(tasks));
    try {
      invocation.begin();
      try (PoolWait wait = invocation.beginToWait(Wait.Exit.INTERRUPT)) {
        try {
          return invocation.first.get();
        } catch (InterruptedException e) {
          throw wait.interrupted(e);
        }
      }
    } finally {
      invocation.cancelAll();
    }
  }

  /**
   * Runs the tasks and waits, for a limited time, for the first that succeeds; the others are
   * cancelled then. All are submitted at once, so there must be places for them.
   *
   * @throws ExecutionException if none succeeds, with the last failure as its cause
   * @throws TimeoutException if the time is up first
   * @throws RejectedExecutionException as {@link #execute}; those submitted before are cancelled
   */
  @Override
  public <T extends @Nullable Object> T invokeAny(
      Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    long nanos = unit.toNanos(timeout);
    long start = System.nanoTime();
    Invocation<T> invocation = new Invocation<>(List.copyOf(tasks));
    try {
      invocation.begin();
      long left = Math.max(0, Math.min(nanos, Deadline.MAX_NANOS)) - (System.nanoTime() - start);
      try (PoolWait wait = invocation.beginToWait(Wait.Exit.TIMEOUT)) {
        try {
          return invocation.first.get(Math.max(0, left), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          throw wait.timedOut(e);
        } catch (InterruptedException e) {
          throw wait.interrupted(e);
        }
      }
    } finally {
      invocation.cancelAll();
    }
  }

  /** Several tasks of which one has to succeed. */
  private final class Invocation<T extends @Nullable Object> {
    final CompletableFuture<T> first = new CompletableFuture<>();
    private final List<PoolFuture<T>> futures = new ArrayList<>();

    Invocation(List<? extends Callable<T>> tasks) {
      if (tasks.isEmpty()) {
        throw new IllegalArgumentException("tasks is empty");
      }
      for (Callable<T> task : tasks) {
        futures.add(PoolFuture.of(engine, task, null, Deadline.none()));
      }
    }

    void begin() {
      AtomicInteger left = new AtomicInteger(futures.size());
      for (PoolFuture<T> future : futures) {
        CompletableFuture<T> told =
            future.whenComplete((result, thrown) -> {
              if (thrown == null) {
                first.complete(result);
              } else if (left.decrementAndGet() == 0) {
                first.completeExceptionally(thrown);
              }
            });
        if (!told.isDone()) {
          engine.accept(future.task(), Deadline.none());
        }
      }
    }

    PoolWait beginToWait(Wait.Exit exit) {
      return engine.beginToWait(futures.stream().map(PoolFuture::task).toList(), exit);
    }

    void cancelAll() {
      futures.forEach(future -> future.cancel(true));
    }
  }

  // ------------------------------------------------------------------ sizes

  /**
   * Changes how many threads there may be, from now on. Where there may be more, they are started
   * before this returns for tasks that wait; submitters that wait for a place look again. Where
   * there may be fewer, idle threads end now, and others when their task is done; no task is
   * interrupted. Tasks that were accepted stay so. Thread-safe; if it is called by several at once,
   * one of them is last.
   *
   * @param min how many stay when there is nothing to do, at least 0; 0 on virtual threads
   * @param max how many there may be, or how many tasks run at once on virtual threads; at least 1
   *     and not less than {@code min}
   * @throws IllegalArgumentException if arguments are wrong; the message names all of them, and
   *     nothing has changed
   * @throws RejectedExecutionException if there is no memory for the threads; the sizes have
   *     changed
   */
  public void resize(int min, int max) {
    List<String> wrong = new ArrayList<>();
    checkSizes(min, max, engine.isVirtual(), wrong);
    if (engine.isVirtual() && min > 0) {
      wrong.add("min is not 0 for virtual threads: " + min);
    }
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", wrong));
    }
    engine.resize(min, max);
  }

  private static void checkSizes(int min, int max, boolean virtual, List<String> wrong) {
    String most = virtual ? "maxConcurrent" : "max";
    if (min < 0) {
      wrong.add("min is negative: " + min);
    }
    if (max < 1) {
      wrong.add(most + " is less than 1: " + max);
    }
    if (max < min) {
      wrong.add(most + " is less than min: " + max + " < " + min);
    }
    if (max > Admission.MAX_THREADS) {
      wrong.add(most + " is more than " + Admission.MAX_THREADS + ": " + max);
    }
  }

  // ------------------------------------------------------------------ the end

  /** Takes no more tasks; those taken run. Idempotent. */
  @Override
  public void shutdown() {
    engine.end().shutdown();
  }

  /**
   * Takes no more tasks, interrupts those that run, and throws away those that wait: their futures
   * are cancelled. Idempotent.
   *
   * @return those thrown away, by this call: what was given to {@link #execute}, and for what was
   *     submitted the future
   */
  @Override
  public List<Runnable> shutdownNow() {
    return engine.end().shutdownNow();
  }

  @Override
  public boolean isShutdown() {
    return engine.end().isShutdown();
  }

  @Override
  public boolean isTerminated() {
    return engine.end().isTerminated();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return engine.end().awaitEnd(unit.toNanos(timeout));
  }

  /**
   * Shuts down and waits for the end. If the thread is interrupted, it does what {@link
   * #shutdownNow()} does, waits on, and is still interrupted when this returns. On a worker of this
   * pool, that is, in a task, it returns at once. Idempotent.
   */
  @Override
  public void close() {
    engine.end().shutdown();
    if (!engine.isWorker(Thread.currentThread())) {
      engine.end().awaitEndOrHurry();
    }
  }

  /**
   * Shuts down and lets tasks run for so long. Then it throws away those that wait, whose futures
   * are cancelled, interrupts those that run, and gives them a second to end. Then it gives up
   * waiting; the pool is terminated when the last of them ends, if it ever does. Idempotent; each
   * call reports what it has found itself.
   *
   * <p>If the thread is interrupted, the rest of both times is not waited for; it is still
   * interrupted when this returns.
   *
   * @param drain how long to let tasks run; not at all if zero or negative
   * @return what was still running, with stacks, and how many tasks were thrown away
   * @throws IllegalStateException if the caller is a worker of this pool, which would wait for
   *     itself
   */
  public StopReport close(Duration drain) {
    Objects.requireNonNull(drain, "drain");
    if (engine.isWorker(Thread.currentThread())) {
      throw new IllegalStateException(
          "A task of "
              + name()
              + " cannot close, and wait for, "
              + name()
              + ": it would wait for itself");
    }
    return engine.end().close(drain);
  }

  // ------------------------------------------------------------------ figures

  /** How long all tasks have been running, together; what runs now included. */
  long busyNanos() {
    return engine.reports().busyNanos();
  }

  /** How long all tasks that have run had waited for a thread, together. */
  long waitedNanos() {
    return engine.reports().waitedNanos();
  }

  /** Begins to steer this; false if somebody does already. */
  boolean steer() {
    return steered.compareAndSet(false, true);
  }

  void endSteering() {
    steered.set(false);
  }

  /** What this has done so far and what is in it now. */
  public PoolStats stats() {
    return engine.stats();
  }

  /**
   * The tasks that run now, with their stacks, the oldest first. Takes some microseconds for each;
   * those that end or begin meanwhile are not in it.
   */
  public List<InFlight> inFlight() {
    return engine.reports().inFlight(true);
  }

  /** All that was recorded in histograms of one kind, added up. */
  double totalNanos(Function<Ledger, LogHistogram> which) {
    return LogHistogram.total(engine.reports().histograms(which)).doubleValue();
  }

  /** How often each bucket of the histograms of one kind was hit. */
  long[] counts(Function<Ledger, LogHistogram> which) {
    return LogHistogram.counts(engine.reports().histograms(which));
  }

  /** The name, how many threads are busy, and how many tasks wait. */
  @Override
  public String toString() {
    return engine.toString();
  }
}
