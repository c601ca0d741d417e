// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Owner;
import dev.interleave.diagnose.Owners;
import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One run of a {@link Batch}. Its caller takes items from the inputs, hands them over, and gets
 * those that are decided out of a queue; the executor's threads and the clock put them in there.
 *
 * <p><b>No item is forgotten by a stop.</b> Who stops the run first notes why and then cancels all
 * that are under way; who hands an item over notes it as under way first and then looks whether the
 * run has been stopped. So one of both cancels it.
 */
final class BatchRun<T, R extends @Nullable Object> implements Resource {
  private final ExecutorService executor;
  private final String name;
  private final int window;
  private final Deadline deadline;
  private final long callNanos;
  private final Work<? super T, ? extends R> work;
  private final BatchProgress progress;
  private final long began = System.nanoTime();

  // Shared with the executor's threads and the clock.

  private final Set<BatchTask<T, R>> underWay = ConcurrentHashMap.newKeySet();

  /** Holds no more than a window of them: each was counted as open before it could be decided. */
  private final LinkedBlockingQueue<BatchTask<T, R>> decided = new LinkedBlockingQueue<>();

  private final AtomicReference<@Nullable Throwable> stopped = new AtomicReference<>();

  // The caller's own.

  private final Iterator<? extends T> inputs;
  private long next;

  /** Handed over, and not taken yet. */
  private int open;

  /** Taken from the inputs, and refused so far. */
  private @Nullable BatchTask<T, R> held;

  /** The open ones in order; null if they are taken as they come. */
  private final @Nullable ArrayDeque<BatchTask<T, R>> line;

  /** Taken from those that are decided, when the listener threw. */
  private @Nullable Outcome<T, R> late;

  private @Nullable Future<?> timer;

  BatchRun(
      Batch batch,
      Iterator<? extends T> inputs,
      OptionalLong total,
      Work<? super T, ? extends R> work,
      boolean ordered) {
    executor = batch.executor();
    name = batch.name();
    window = batch.window();
    deadline = batch.deadline();
    callNanos = batch.callNanos();
    progress = new BatchProgress(name, total, batch.reporting());
    this.inputs = inputs;
    this.work = work;
    line = ordered ? new ArrayDeque<>() : null;
  }

  Work<? super T, ? extends R> work() {
    return work;
  }

  long callNanos() {
    return callNanos;
  }

  // ------------------------------------------------------------------ the caller

  void begin() {
    if (deadline.isExpired()) {
      expire();
    } else if (!deadline.isNone()) {
      timer = TimeoutWatch.in(deadline.remainingNanos(), this::expire);
    }
  }

  /** Hands over what there is room for. */
  void fill() throws InterruptedException {
    while (stopped.get() == null && open < window) {
      BatchTask<T, R> task = held;
      if (task == null) {
        if (!inputs.hasNext()) {
          return;
        }
        task = new BatchTask<>(this, next, Objects.requireNonNull(inputs.next(), "an input"));
        next++;
      }
      held = task;
      if (!submit(task)) {
        return;
      }
    }
  }

  /** Whether it was handed over. If not it is held. */
  private boolean submit(BatchTask<T, R> task) throws InterruptedException {
    underWay.add(task);
    open++; // before it can be decided
    try {
      handOver(task);
    } catch (RejectedExecutionException e) {
      open--;
      underWay.remove(task);
      rejected(e);
      return false;
    } catch (Throwable e) { // not to be expected of an executor, which may have it or not
      openToEnd(task);
      task.cancel(e);
      throw e;
    }
    openToEnd(task);
    Throwable why = stopped.get(); // read after the task was noted as under way
    if (why != null) {
      task.cancel(why);
    }
    return true;
  }

  private void openToEnd(BatchTask<T, R> task) {
    held = null;
    if (line != null) {
      line.add(task);
    }
  }

  private void handOver(BatchTask<T, R> task) {
    if (executor instanceof MonitoredPool pool) {
      CompletableFuture<@Nullable R> future = pool.submit(task.toString(), task, deadline);
      task.handedOver(future);
      CompletableFuture<?> unused =
          future.whenComplete((result, thrown) -> task.futureEnded(thrown));
    } else {
      Husk<T, R> future = new Husk<>(task);
      task.handedOver(future);
      executor.execute(future);
    }
  }

  /** What an executor that knows nothing of batches gets to run. */
  private static final class Husk<T, R extends @Nullable Object> extends FutureTask<@Nullable R> {
    /** Null when it is over: a queue that keeps this keeps neither the item nor the batch. */
    private volatile @Nullable BatchTask<T, R> task;

    Husk(BatchTask<T, R> task) {
      super(task);
      this.task = task;
    }

    @Override
    public void run() {
      BatchTask<T, R> mine = task;
      super.run();
      if (mine != null && isCancelled() && mine.hasBegun()) {
        // The interrupt has been sent by now, and was for the task: not for what this thread does
        // next, which may be the caller's.
        Thread.interrupted();
      }
    }

    @Override
    protected void done() {
      BatchTask<T, R> mine = task;
      task = null;
      if (mine != null) {
        mine.futureEnded(null);
      }
    }
  }

  private void rejected(RejectedExecutionException e) throws InterruptedException {
    if (Thread.interrupted()) { // that is why, if the executor waited for room
      InterruptedException interrupt = new InterruptedException();
      interrupt.addSuppressed(e);
      throw interrupt;
    }
    if (deadline.isExpired()) {
      expire();
    } else if (open == 0 || executor.isShutdown()) {
      stop(new RejectedExecutionException(name + ": the executor takes nothing any more", e));
    } // else there will be room at the latest when one of ours has ended
  }

  /**
   * The next outcome: waits for it.
   *
   * @return null if there are no more, as all is done or has been cancelled
   */
  @Nullable Outcome<T, R> take() throws InterruptedException {
    Outcome<T, R> before = late;
    if (before != null) {
      late = null;
      return before;
    }
    try {
      fill();
      if (open == 0) {
        return takeHeld();
      }
      return taken(line == null ? await() : awaitHead(line));
    } catch (Throwable e) {
      stop(e);
      throw e;
    }
  }

  /** The same, but only what is there already. */
  @Nullable Outcome<T, R> poll() {
    BatchTask<T, R> task = decided.poll();
    return task == null ? null : taken(task);
  }

  /** The same after a stop, when all that is open is decided soon, whatever happens. */
  @Nullable Outcome<T, R> takeStopped() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          if (Thread.interrupted()) {
            interrupted = true;
          }
          return take();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Outcome<T, R> taken(BatchTask<T, R> task) {
    open--;
    return told(task.outcome());
  }

  private Outcome<T, R> told(Outcome<T, R> outcome) {
    late = outcome; // not lost if the listener throws
    progress.done(outcome.isSuccess());
    late = null;
    return outcome;
  }

  /** If one was refused for good, that is an outcome as well. */
  private @Nullable Outcome<T, R> takeHeld() {
    BatchTask<T, R> task = held;
    Throwable why = stopped.get();
    if (task == null || why == null) {
      progress.end();
      return null;
    }
    held = null;
    return told(task.refused(why));
  }

  private BatchTask<T, R> awaitHead(ArrayDeque<BatchTask<T, R>> tasks) throws InterruptedException {
    BatchTask<T, R> head = tasks.element();
    while (!head.arrived) {
      await().arrived = true;
    }
    return tasks.remove();
  }

  private BatchTask<T, R> await() throws InterruptedException {
    BatchTask<T, R> task = decided.poll();
    while (task == null) {
      task = awaitUntil(Math.min(progress.nanosToNext(), nanosLeft()));
      if (task == null) {
        expireIfLate(); // the clock may be late
        progress.look();
      }
    }
    return task;
  }

  /** Once it is stopped, what is open is decided without regard to the deadline. */
  private long nanosLeft() {
    return stopped.get() == null ? deadline.remainingNanos() : Long.MAX_VALUE;
  }

  private @Nullable BatchTask<T, R> awaitUntil(long nanos) throws InterruptedException {
    // Told its progress, the caller waits on: only the deadline ends this by itself.
    Wait wait =
        Waits.enter(this, "a result", deadline.isNone() ? Wait.Exit.INTERRUPT : Wait.Exit.TIMEOUT);
    try {
      return nanos == Long.MAX_VALUE ? decided.take() : decided.poll(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      throw Waits.causedBy(wait, e);
    } finally {
      wait.leave();
    }
  }

  /** What is there, if all that was begun is taken. */
  BatchResult<T, R> result(List<T> items, List<@Nullable Outcome<T, R>> outcomes) {
    List<Outcome<T, R>> all = new ArrayList<>(items.size());
    for (Outcome<T, R> outcome : outcomes) {
      int index = all.size();
      all.add(
          outcome != null
              ? outcome
              : new Outcome.NotStarted<>(index, items.get(index), reasonToStop()));
    }
    Throwable why = stopped.get(); // perhaps by the clock, when all was done
    boolean early = why != null && all.stream().anyMatch(outcome -> isBecauseOf(why, outcome));
    return new BatchResult<>(
        name, all, early ? Optional.ofNullable(why) : Optional.empty(), elapsed());
  }

  private Throwable reasonToStop() {
    return Objects.requireNonNull(stopped.get(), "all were begun, or it was stopped");
  }

  /** Whether an item was cancelled, or not started, for this reason. */
  @SuppressWarnings("ReferenceEquality") // this very one
  static boolean isBecauseOf(@Nullable Throwable why, Outcome<?, ?> outcome) {
    return switch (outcome) {
      case Outcome.Cancelled<?, ?> cancelled -> cancelled.cause() == why;
      case Outcome.NotStarted<?, ?> never -> never.cause() == why;
      case Outcome.Success<?, ?> success -> false;
      case Outcome.Failure<?, ?> failure -> false;
    };
  }

  private Duration elapsed() {
    return Duration.ofNanos(Math.max(0, System.nanoTime() - began));
  }

  /** Throws what the run was stopped by, to a caller who wants all or nothing. */
  void throwIfStopped() throws TimeoutException {
    Throwable why = stopped.get();
    if (why instanceof TimeoutException) {
      // One of the caller's own, with its stack: the other one may be shared by many outcomes.
      TimeoutException late =
          new TimeoutException(name + ": the deadline passed, and " + progress.text());
      late.initCause(why);
      throw late;
    }
    if (why instanceof RejectedExecutionException refused) {
      throw refused;
    }
    if (why != null) {
      throw new IllegalStateException(name + " was stopped", why);
    }
  }

  // ------------------------------------------------------------------ the end

  /** Why it was stopped; null if it was not. */
  @Nullable Throwable stopped() {
    return stopped.get();
  }

  /** Cancels what is under way. Of several reasons, the first counts. */
  void stop(Throwable why) {
    if (stopped.compareAndSet(null, why)) {
      underWay.forEach(task -> task.cancel(why));
    }
  }

  void expireIfLate() {
    if (deadline.isExpired()) {
      expire();
    }
  }

  private void expire() {
    stop(new TimeoutException(name + ": the deadline passed"));
  }

  /** There will be no more. */
  void end() {
    Future<?> started = timer;
    if (started != null) {
      started.cancel(false);
    }
  }

  // ------------------------------------------------------------------ for its tasks

  void decided(BatchTask<T, R> task) {
    underWay.remove(task);
    decided.add(task);
  }

  /** A pool says that the time is up: the batch's, or that of the pool's own. */
  Throwable timedOut(Throwable thrown) {
    if (!deadline.isExpired()) {
      return thrown;
    }
    expire();
    return Objects.requireNonNull(stopped.get());
  }

  // ------------------------------------------------------------------ for who looks for deadlocks

  @Override
  public String name() {
    return name;
  }

  @Override
  public String kind() {
    return "batch";
  }

  /** Whoever runs one of the items; anybody, if one waits for a thread of the executor. */
  @Override
  public Owners owners(Wait wait) {
    List<Owner> runners = new ArrayList<>();
    if (!decided.isEmpty()) {
      return Owners.nobody();
    }
    for (BatchTask<T, R> task : underWay) {
      Thread runner = task.runner();
      if (runner == null || callNanos != 0) {
        return Owners.anyone();
      }
      runners.add(Owner.of(runner, "RUNNER"));
    }
    return runners.size() == 1 ? Owners.one(runners.get(0)) : Owners.any(runners);
  }

  /** What a caller gets that wants one more than there are. */
  NoSuchElementException noMore() {
    return new NoSuchElementException("no more outcomes of " + name);
  }
}
