// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.pool.Outcome.Cancelled;
import dev.interleave.pool.Outcome.Failure;
import dev.interleave.pool.Outcome.NotStarted;
import dev.interleave.pool.Outcome.Success;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The work on one item, and what becomes of it. It is handed to the executor inside of a future,
 * which does the interrupting; but whether it is begun, and how it ends, is decided here, so that
 * it is so on any executor:
 *
 * <pre>
 *   WAITING ── begun ──▶ RUNNING ── its code returned or threw ──▶ ENDED
 *      │                    │
 *      ▼                    ▼
 *   TAKEN_BACK           STOPPED
 * </pre>
 *
 * <p>Each step is one compare-and-set, and who wins the last one notes the outcome and passes it
 * on, once. A future whose item was taken back is a husk: if it is run all the same it does
 * nothing.
 */
final class BatchTask<T, R extends @Nullable Object> implements Callable<@Nullable R> {
  private static final int WAITING = 0;
  private static final int RUNNING = 1;
  private static final int ENDED = 2;
  private static final int TAKEN_BACK = 3;
  private static final int STOPPED = 4;

  private final BatchRun<T, R> run;
  final long index;
  private final T input;
  private final AtomicInteger fate = new AtomicInteger(WAITING);

  /** What interrupts it. Written by the caller; read by who stops it, after its fate. */
  private volatile @Nullable Future<?> future;

  /** Who runs it, while it runs. */
  private volatile @Nullable Thread runner;

  /** Written by the runner before anybody else can see that it runs. */
  private long begunAt;

  /** Written by who decided, before it is passed on. */
  private @Nullable Outcome<T, R> outcome;

  /** Whether the caller has got it from those that are decided; its own. */
  boolean arrived;

  BatchTask(BatchRun<T, R> run, long index, T input) {
    this.run = run;
    this.index = index;
    this.input = input;
  }

  // ------------------------------------------------------------------ for its runner

  @Override
  public @Nullable R call() throws Exception {
    begunAt = System.nanoTime();
    Throwable why = run.stopped();
    if (why != null) { // who stops the run says so first, and may not have come to this one yet
      cancel(why);
    }
    if (!fate.compareAndSet(WAITING, RUNNING)) {
      return null;
    }
    runner = Thread.currentThread();
    long limit = run.callNanos();
    Future<?> timer = limit == 0 ? null : TimeoutWatch.in(limit, this::timeOut);
    try {
      R value = run.work().apply(input);
      end(new Success<>(index, input, value, ran()));
      return value;
    } catch (Throwable e) { // whatever it is, it is this item's
      run.expireIfLate(); // a pool interrupts what is late before it says so
      if (!isEndedByPool()) {
        end(new Failure<>(index, input, e, ran()));
      }
      throw e;
    } finally {
      if (timer != null) {
        timer.cancel(false);
      }
    }
  }

  private void end(Outcome<T, R> how) {
    runner = null;
    if (fate.compareAndSet(RUNNING, ENDED)) {
      pass(how);
    }
  }

  /** Whether a pool has ended it, by a limit of its own, say: its future will tell. */
  private boolean isEndedByPool() {
    return future instanceof PoolFuture<?> mine && !mine.task().isRunning();
  }

  private Duration ran() {
    return Duration.ofNanos(Math.max(0, System.nanoTime() - begunAt));
  }

  // ------------------------------------------------------------------ for others

  /** The caller has given it to the executor, or is about to. */
  void handedOver(Future<?> to) {
    future = to;
    int now =
        fate.get(); // read after the write: who stopped it before may not have seen the future
    if (now == TAKEN_BACK || now == STOPPED) {
      to.cancel(now == STOPPED);
    }
  }

  /** Nobody wants it any more. */
  void cancel(Throwable why) {
    if (fate.compareAndSet(WAITING, TAKEN_BACK)) {
      cancelFuture(false); // a thread that is just coming to it is not to be interrupted
      pass(new NotStarted<>(index, input, why));
    } else if (fate.compareAndSet(RUNNING, STOPPED)) {
      cancelFuture(true);
      pass(new Cancelled<>(index, input, why, ran()));
    }
  }

  private void timeOut() {
    if (fate.compareAndSet(RUNNING, STOPPED)) {
      cancelFuture(true);
      Duration limit = Duration.ofNanos(run.callNanos());
      String message = run.name() + ": item " + index + " took longer than " + limit;
      pass(new Failure<>(index, input, new TimeoutException(message), ran()));
    }
  }

  private void cancelFuture(boolean interrupt) {
    Future<?> given = future;
    if (given != null) {
      given.cancel(interrupt);
    }
  }

  /**
   * The future has completed. If not because the code has returned, then because the executor threw
   * the item away, or a pool's own limit of time has passed, or somebody cancelled what {@code
   * shutdownNow} had returned.
   */
  void futureEnded(@Nullable Throwable thrown) {
    if (fate.get() == WAITING && fate.compareAndSet(WAITING, TAKEN_BACK)) {
      pass(new NotStarted<>(index, input, reason(thrown)));
    } else if (fate.get() == RUNNING && fate.compareAndSet(RUNNING, STOPPED)) {
      pass(new Cancelled<>(index, input, reason(thrown), ran()));
    }
  }

  private Throwable reason(@Nullable Throwable thrown) {
    if (thrown instanceof TimeoutException) {
      return run.timedOut(thrown);
    }
    if (thrown == null || thrown instanceof CancellationException) {
      return new RejectedExecutionException(
          run.name() + ": the executor threw item " + index + " away", thrown);
    }
    return thrown;
  }

  /** The executor did not take it, and will not be asked again. */
  Outcome<T, R> refused(Throwable why) {
    return new NotStarted<>(index, input, why);
  }

  private void pass(Outcome<T, R> how) {
    outcome = how;
    run.decided(this);
  }

  /** What became of it; for who has got it from those that are decided. */
  Outcome<T, R> outcome() {
    return Objects.requireNonNull(outcome, "not decided");
  }

  // ------------------------------------------------------------------ what it is

  /** Null if it does not run. */
  @Nullable Thread runner() {
    return runner;
  }

  @Nullable Future<?> future() {
    return future;
  }

  /** Whether its code was begun; for its runner. */
  boolean hasBegun() {
    return fate.get() != WAITING && fate.get() != TAKEN_BACK;
  }

  /** For messages. */
  @Override
  public String toString() {
    return run.name() + '#' + index;
  }
}
