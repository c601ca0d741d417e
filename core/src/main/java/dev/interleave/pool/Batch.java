// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Does the same with many items on an {@link ExecutorService}: never more than a window of them at
 * a time, until all are done, one succeeds, or the time is up.
 *
 * <pre>{@code
 * Batch batch = Batch.on(pool).name("weather").window(8);
 *
 * List<Weather> all = batch.map(cities, this::fetch);            // all of them, or an exception
 *
 * BatchResult<City, Weather> some =                              // what is there when time is up
 *     batch.deadline(Deadline.after(Duration.ofSeconds(2))).collect(cities, this::fetch);
 *
 * try (Outcomes<City, Weather> outcomes = batch.asCompleted(cities.iterator(), this::fetch)) {
 *   for (Outcome<City, Weather> outcome : outcomes) { … }        // the fastest first
 * }
 *
 * Weather first = batch.firstSuccess(List.of(() -> ask(here), () -> ask(there)));
 * }</pre>
 *
 * <p>A {@code Batch} is a description: immutable, thread-safe, and used as often as one likes. Each
 * method that sets something returns another one; each that runs something runs it anew.
 *
 * <h2>Who does what</h2>
 *
 * <p>Items are taken from the inputs, and handed to the executor, by the calling thread and only
 * when there is room in the window; so inputs may have no end, and nothing is kept of what has been
 * handed out. It is also the calling thread that waits, and that is told the progress. The work is
 * done by the executor's threads, which take no lock of the batch but that of a queue of at most a
 * window of items, for some steps.
 *
 * <h2>The end</h2>
 *
 * <p>A batch ends early when its deadline passes, the caller is interrupted, the caller wants no
 * more (a failure in {@link #map}, a success in {@link #firstSuccess}, {@link Outcomes#close()}),
 * the executor takes nothing any more, or the inputs or the listener throw. Then
 *
 * <ul>
 *   <li>no more is taken from the inputs;
 *   <li>an item that has not begun never will, also if the executor keeps it in its queue. <b>No
 *       item is ever begun twice;</b>
 *   <li>one that runs is interrupted, also on executors whose futures do not do that, such as
 *       {@link java.util.concurrent.ForkJoinPool}. The interrupt reaches that item or nobody. What
 *       it returns or throws later goes nowhere;
 *   <li>the call returns, or throws, without waiting for those that do not heed the interrupt. They
 *       keep their threads until they end.
 * </ul>
 *
 * <p>The clock is a platform thread: a deadline fires also when the caller is elsewhere, as between
 * two outcomes, and when all carriers of virtual threads are busy.
 *
 * <h2>Executors</h2>
 *
 * <p>Any will do. Of a {@link MonitoredPool} the items are tasks, with the deadline of the batch
 * and its name, so the pool's figures and reports know them; those that are taken back give up
 * their places. One that is full and rejects is asked again when an item of the batch has ended; if
 * there is none on its way, or if it is shut down, the batch ends. One that throws tasks away
 * without a word, as {@link java.util.concurrent.ThreadPoolExecutor.DiscardPolicy} or a {@code
 * shutdownNow()} of the JDK's pools whose result nobody cancels, lets the batch wait for them until
 * its deadline, as it does with {@code invokeAll}; a {@code MonitoredPool} always says so.
 *
 * <p><b>Called from a task of the same executor</b>, the caller takes up a thread that its items
 * may need. If all threads do that, they wait for ever, unless they have a deadline. In every case
 * the wait can be seen ({@link dev.interleave.diagnose.Diagnosis}, with all threads that the batch
 * waits for), and a {@link dev.interleave.diagnose.DeadlockDetector} finds cycles through items
 * that run: one that wants a lock of the caller's, say.
 *
 * <h2>Memory effects</h2>
 *
 * <p>What the caller does before an item is taken from the inputs happens before the work on it,
 * and that before its outcome is handed out. Whether an item is begun, and what becomes of it, is
 * decided by one compare-and-set each.
 *
 * <p>No argument, and no item, may be {@code null}; results may.
 */
public final class Batch {
  private static final int DEFAULT_WINDOW = 64;
  private static final int MOST = 1 << 20;

  private final ExecutorService executor;
  private final String name;
  private final int window;
  private final Deadline deadline;
  private final @Nullable Duration callTimeout;
  private final Reporting reporting;

  /** Whom to tell how far it has come, and how often; {@code every} or {@code interval} is 0. */
  record Reporting(@Nullable Consumer<? super Progress> listener, int every, long interval) {
    static final Reporting NONE = new Reporting(null, 0, 0);
  }

  private Batch(
      ExecutorService executor,
      String name,
      int window,
      Deadline deadline,
      @Nullable Duration callTimeout,
      Reporting reporting) {
    this.executor = executor;
    this.name = name;
    this.window = window;
    this.deadline = deadline;
    this.callTimeout = callTimeout;
    this.reporting = reporting;
  }

  /** Batches on an executor, which remains the user's to close: by default 64 items at a time. */
  public static Batch on(ExecutorService executor) {
    Objects.requireNonNull(executor, "executor");
    return new Batch(executor, "batch", DEFAULT_WINDOW, Deadline.none(), null, Reporting.NONE);
  }

  // ------------------------------------------------------------------ the description

  /**
   * Another name, which stands in errors and reports, and in the names of a {@link MonitoredPool}'s
   * tasks: {@code weather#3} for the item of index 3. By default {@code batch}.
   *
   * @throws IllegalArgumentException if it is blank
   */
  public Batch name(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("name is blank: \"" + name + '"');
    }
    return new Batch(executor, name, window, deadline, callTimeout, reporting);
  }

  /**
   * How many items may be with the executor, waiting or running, at the same time; for {@link
   * #asCompleted} and {@link #inOrder} those count until their outcome has been handed out. Hardly
   * more than the executor has threads: what is beyond waits in its queue.
   *
   * @param items from 1 to 2<sup>20</sup>; by default 64
   * @throws IllegalArgumentException if it is out of range
   */
  public Batch window(int items) {
    if (items < 1 || items > MOST) {
      throw new IllegalArgumentException("window is not in 1 to 2^20: " + items);
    }
    return new Batch(executor, name, items, deadline, callTimeout, reporting);
  }

  /** Until when all must be done; by default there is no such time. */
  public Batch deadline(Deadline deadline) {
    Objects.requireNonNull(deadline, "deadline");
    return new Batch(executor, name, window, deadline, callTimeout, reporting);
  }

  /**
   * How long the work on one item may take, from when it begins; by default as long as it likes.
   * One that takes longer is interrupted and has failed, by a {@link TimeoutException}; the others
   * go on.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public Batch callTimeout(Duration timeout) {
    requirePositive("callTimeout", timeout);
    return new Batch(executor, name, window, deadline, timeout, reporting);
  }

  /**
   * Who is told how far it has come, each time so many more are done, and at the end.
   *
   * @param every how many, at least 1
   * @param listener called by the thread that runs the batch, while items go on; what it throws
   *     ends the batch, and the call throws it
   * @throws IllegalArgumentException if {@code every} is less than 1
   */
  public Batch onProgress(int every, Consumer<? super Progress> listener) {
    Objects.requireNonNull(listener, "listener");
    if (every < 1) {
      throw new IllegalArgumentException("every is less than 1: " + every);
    }
    Reporting told = new Reporting(listener, every, 0);
    return new Batch(executor, name, window, deadline, callTimeout, told);
  }

  /**
   * Who is told how far it has come, about once in so much time, also if nothing has been done
   * meanwhile, and at the end.
   *
   * @param interval of which there is at least one millisecond
   * @param listener called by the thread that runs the batch, while it waits, so not while it does
   *     something else between two outcomes; what it throws ends the batch, and the call throws it
   * @throws IllegalArgumentException if {@code interval} is too short
   */
  public Batch onProgress(Duration interval, Consumer<? super Progress> listener) {
    Objects.requireNonNull(listener, "listener");
    if (interval.compareTo(Duration.ofMillis(1)) < 0) {
      throw new IllegalArgumentException("interval is less than a millisecond: " + interval);
    }
    Reporting told = new Reporting(listener, 0, TimeUnit.NANOSECONDS.convert(interval));
    return new Batch(executor, name, window, deadline, callTimeout, told);
  }

  private static void requirePositive(String what, Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException(what + " is not positive: " + duration);
    }
  }

  // ------------------------------------------------------------------ running it

  /**
   * Does all, or throws: the results, in the order of the inputs. The first failure ends the batch;
   * it is the first in time, not in order.
   *
   * @return unmodifiable; may hold {@code null}
   * @throws ExecutionException if an item fails, with what it threw as its cause; others that had
   *     failed by then are suppressed in it
   * @throws TimeoutException if the deadline passes first
   * @throws InterruptedException if the thread is interrupted, before or during the call
   * @throws RejectedExecutionException if the executor takes nothing any more
   */
  public <T, R extends @Nullable Object> List<R> map(
      Collection<? extends T> inputs, Work<? super T, ? extends R> work)
      throws InterruptedException, ExecutionException, TimeoutException {
    List<T> items = List.copyOf(inputs);
    BatchRun<T, R> run = begin(items.iterator(), OptionalLong.of(items.size()), work, false);
    try {
      return values(run, items.size());
    } catch (Throwable e) {
      run.stop(notWanted(e));
      throw e;
    } finally {
      run.end();
    }
  }

  private static <T, R extends @Nullable Object> List<R> values(BatchRun<T, R> run, int size)
      throws InterruptedException, ExecutionException, TimeoutException {
    @Nullable Object[] values = new @Nullable Object[size];
    int missing = size;
    for (Outcome<T, R> outcome = run.take(); outcome != null; outcome = run.take()) {
      if (!(outcome instanceof Outcome.Success<T, R> success)) {
        throw failed(run, outcome);
      }
      values[(int) outcome.index()] = success.value();
      missing--;
    }
    if (missing > 0) {
      run.throwIfStopped();
    }
    @SuppressWarnings("unchecked") // each is an R, as all have succeeded
    List<R> list = (List<R>) Collections.unmodifiableList(Arrays.asList(values));
    return list;
  }

  private static <T, R extends @Nullable Object> ExecutionException failed(
      BatchRun<T, R> run, Outcome<T, R> outcome) throws TimeoutException {
    if (BatchRun.isBecauseOf(run.stopped(), outcome)) {
      run.throwIfStopped();
    }
    String message = run.name() + ": item " + outcome.index() + " failed";
    ExecutionException failure = new ExecutionException(message, cause(outcome));
    for (Outcome<T, R> other = run.poll(); other != null; other = run.poll()) {
      if (other instanceof Outcome.Failure) {
        suppress(failure, cause(other));
      }
    }
    return failure;
  }

  private static Throwable cause(Outcome<?, ?> outcome) {
    return switch (outcome) {
      case Outcome.Failure<?, ?> failure -> failure.cause();
      case Outcome.Cancelled<?, ?> cancelled -> cancelled.cause();
      case Outcome.NotStarted<?, ?> never -> never.cause();
      case Outcome.Success<?, ?> success -> throw new AssertionError(success);
    };
  }

  /** Why the rest is cancelled when the call throws. */
  private Throwable notWanted(Throwable thrown) {
    CancellationException e = new CancellationException(name + " has ended early: " + thrown);
    e.initCause(thrown);
    return e;
  }

  /**
   * Does what can be done, and says what became of each: failures end nothing, and when the batch
   * ends early, by its deadline or because the executor takes no more, that is no exception.
   *
   * @throws InterruptedException if the thread is interrupted, before or during the call
   */
  public <T, R extends @Nullable Object> BatchResult<T, R> collect(
      Collection<? extends T> inputs, Work<? super T, ? extends R> work)
      throws InterruptedException {
    List<T> items = List.copyOf(inputs);
    BatchRun<T, R> run = begin(items.iterator(), OptionalLong.of(items.size()), work, false);
    try {
      List<@Nullable Outcome<T, R>> outcomes =
          new ArrayList<>(Collections.nCopies(items.size(), null));
      for (Outcome<T, R> outcome = run.take(); outcome != null; outcome = run.take()) {
        outcomes.set((int) outcome.index(), outcome);
      }
      return run.result(items, outcomes);
    } catch (Throwable e) {
      run.stop(notWanted(e));
      throw e;
    } finally {
      run.end();
    }
  }

  /**
   * Does all, and hands out each outcome when it is there, the fastest first. The first window of
   * items begins at once.
   *
   * @param inputs used by the calling thread only; may have no end
   * @return for the calling thread; to be closed
   * @throws InterruptedException if the thread is interrupted
   */
  public <T, R extends @Nullable Object> Outcomes<T, R> asCompleted(
      Iterator<? extends T> inputs, Work<? super T, ? extends R> work) throws InterruptedException {
    return outcomes(inputs, work, false);
  }

  /**
   * Does all, and hands out the outcomes in the order of the inputs. One that is slow holds up
   * those behind it, and, when a window of them is done, the work: take a wider one then, or {@link
   * #asCompleted}. The first window of items begins at once.
   *
   * @param inputs used by the calling thread only; may have no end
   * @return for the calling thread; to be closed
   * @throws InterruptedException if the thread is interrupted
   */
  public <T, R extends @Nullable Object> Outcomes<T, R> inOrder(
      Iterator<? extends T> inputs, Work<? super T, ? extends R> work) throws InterruptedException {
    return outcomes(inputs, work, true);
  }

  private <T, R extends @Nullable Object> Outcomes<T, R> outcomes(
      Iterator<? extends T> inputs, Work<? super T, ? extends R> work, boolean ordered)
      throws InterruptedException {
    BatchRun<T, R> run = begin(inputs, OptionalLong.empty(), work, ordered);
    try {
      run.fill();
    } catch (Throwable e) {
      run.stop(notWanted(e));
      run.end();
      throw e;
    }
    return new Outcomes<>(run);
  }

  /**
   * The result of the first that succeeds; the others are cancelled then. The calls begin in their
   * order, a window of them at once, and one more for each that fails.
   *
   * @throws ExecutionException if none succeeds; its cause is the failure of the first call, those
   *     of all others are suppressed in it, in their order
   * @throws TimeoutException if the deadline passes first; the failures until then are suppressed
   * @throws InterruptedException if the thread is interrupted, before or during the call
   * @throws RejectedExecutionException if the executor takes nothing any more; the failures until
   *     then are suppressed
   * @throws IllegalArgumentException if there are no calls
   */
  public <R extends @Nullable Object> R firstSuccess(
      Collection<? extends Callable<? extends R>> calls)
      throws InterruptedException, ExecutionException, TimeoutException {
    List<Callable<? extends R>> items = List.copyOf(calls);
    if (items.isEmpty()) {
      throw new IllegalArgumentException("calls is empty");
    }
    Work<Callable<? extends R>, R> work = Callable::call;
    OptionalLong total = OptionalLong.of(items.size());
    BatchRun<Callable<? extends R>, R> run = begin(items.iterator(), total, work, false);
    List<Outcome<?, ?>> failures = new ArrayList<>();
    try {
      for (var outcome = run.take(); outcome != null; outcome = run.take()) {
        if (outcome instanceof Outcome.Success<?, R> success) {
          run.stop(new CancellationException(name + ": item " + outcome.index() + " was first"));
          return success.value();
        }
        if (!BatchRun.isBecauseOf(run.stopped(), outcome)) {
          failures.add(outcome);
        }
      }
      failures.sort((one, other) -> Long.compare(one.index(), other.index()));
      if (failures.size() < items.size()) {
        run.throwIfStopped();
      }
      String message = name + ": none of " + items.size() + " succeeded";
      throw new ExecutionException(message, cause(failures.remove(0)));
    } catch (Throwable e) {
      run.stop(notWanted(e));
      failures.forEach(failure -> suppress(e, cause(failure)));
      throw e;
    } finally {
      run.end();
    }
  }

  @SuppressWarnings("ReferenceEquality") // an exception cannot suppress itself
  private static void suppress(Throwable thrown, Throwable other) {
    if (thrown != other) {
      thrown.addSuppressed(other);
    }
  }

  private <T, R extends @Nullable Object> BatchRun<T, R> begin(
      Iterator<? extends T> inputs,
      OptionalLong total,
      Work<? super T, ? extends R> work,
      boolean ordered)
      throws InterruptedException {
    Objects.requireNonNull(inputs, "inputs");
    Objects.requireNonNull(work, "work");
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    BatchRun<T, R> run = new BatchRun<>(this, inputs, total, work, ordered);
    run.begin();
    return run;
  }

  // ------------------------------------------------------------------ for its runs

  ExecutorService executor() {
    return executor;
  }

  String name() {
    return name;
  }

  int window() {
    return window;
  }

  Deadline deadline() {
    return deadline;
  }

  /** 0 for as long as it likes. */
  long callNanos() {
    return callTimeout == null ? 0 : TimeUnit.NANOSECONDS.convert(callTimeout);
  }

  Reporting reporting() {
    return reporting;
  }

  /** The name, the window and the deadline. */
  @Override
  public String toString() {
    return "Batch[" + name + ", window " + window + ", " + deadline + ']';
  }
}
