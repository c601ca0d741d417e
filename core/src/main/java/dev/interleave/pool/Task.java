// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.Deadline;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Something to run, and what becomes of it.
 *
 * <p>Its fate is one word, so that of a runner, who cancels, the clock and who throws it away one
 * wins:
 *
 * <pre>
 *   CREATED ── admitted ──▶ WAITING ── begun ──▶ RUNNING ── its code returned ──▶ ENDED
 *                              │                    │
 *                              ▼                    ▼
 *            CANCELLED, TIMED_OUT, DISCARDED   CANCELLED, TIMED_OUT
 * </pre>
 *
 * <p><b>An interrupt reaches this task or nobody.</b> Who interrupts the runner first adds the mark
 * {@link #INTERRUPTING} by a compare-and-set from {@code RUNNING}, and takes it away after the
 * interrupt. The runner can only leave when the mark is not there, and clears its interrupt status
 * then. (As in {@code FutureTask}, for every task and every reason.) A task that leaves the queue
 * without having run stays in there as a husk until its turn, or until room is needed.
 */
final class Task {
  static final int CREATED = 0;
  static final int WAITING = 1;
  static final int RUNNING = 2;
  static final int ENDED = 3;
  static final int CANCELLED = 4;
  static final int TIMED_OUT = 5;
  static final int DISCARDED = 6;

  /** A mark on others: the runner is about to be interrupted, and must not leave. */
  static final int INTERRUPTING = 8;

  private static final VarHandle FATE;

  static {
    try {
      FATE = MethodHandles.lookup().findVarHandle(Task.class, "fate", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Until when it may take, or for how long run, or both. */
  static final class Limit {
    private static final long NEVER = Long.MAX_VALUE;

    private final Deadline deadline;

    /** For how long it may run. */
    private final long runNanos;

    /** For the end of all. Written before the task is published, or by its runner. */
    private @Nullable Future<?> timer;

    /** For the end of the run. The runner's alone. */
    private @Nullable Future<?> runTimer;

    /** Whether it has run for too long; written before the task is interrupted for that. */
    private volatile boolean overrun;

    private Limit(Deadline deadline, long runNanos) {
      this.deadline = deadline;
      this.runNanos = runNanos;
    }

    /** Null if there is no deadline and it may run for {@link Long#MAX_VALUE}. */
    static @Nullable Limit of(Deadline deadline, long runNanos) {
      return deadline.isNone() && runNanos == NEVER ? null : new Limit(deadline, runNanos);
    }

    boolean hasPassed() {
      return deadline.isExpired();
    }

    /** For who has admitted the task, before others see it. */
    void arm(Runnable late) {
      if (!deadline.isNone()) {
        timer = TimeoutWatch.in(deadline.remainingNanos(), late);
      }
    }

    /** For its runner, which has just begun. */
    void armRun(Runnable late) {
      if (runNanos != NEVER && deadline.remainingNanos() > runNanos) {
        runTimer =
            TimeoutWatch.in(
                runNanos,
                () -> {
                  overrun = true;
                  late.run();
                });
      }
    }

    void disarm() {
      if (timer != null) {
        timer.cancel(false);
      }
      if (runTimer != null) {
        runTimer.cancel(false);
      }
    }
  }

  /** Whether it ends in time, whatever happens to the threads of its pool. */
  boolean endsInTime() {
    return limit != null
        && (!limit.deadline.isNone() || (limit.runNanos != Limit.NEVER && isRunning()));
  }

  /** What to say of it if it has timed out. */
  String lateness(boolean begun) {
    if (!begun) {
      return "not run, as its deadline passed while it waited";
    }
    return limit != null && limit.overrun
        ? "interrupted, as it ran for longer than " + Duration.ofNanos(limit.runNanos)
        : "interrupted, as its deadline passed while it ran";
  }

  /**
   * {@link #CREATED} at first, without a word: to write that into a volatile field would be a fence
   * in each submission.
   */
  private volatile int fate;

  /** Its number in the pool, from the ticket. */
  int number;

  /** Null once it is of no use: who keeps the future does not keep what the code captured. */
  private @Nullable Object body;

  private final boolean callable;
  final @Nullable PoolFuture<?> future;
  private final @Nullable String name;
  final @Nullable Limit limit;

  /** Whether its runner was interrupted on behalf of it; written while the mark is there. */
  private boolean interrupted;

  private @Nullable Thread runner;

  /** Written and read by who empties the queue. */
  private @Nullable Runnable returned;

  /** When it was admitted; 0 if it is not timed. */
  long acceptedAt;

  /** When it began; 0 if that is not known. Written by the runner before it begins. */
  long startedAt;

  private Task(
      @Nullable Object body,
      boolean callable,
      @Nullable PoolFuture<?> future,
      @Nullable String name,
      @Nullable Limit limit) {
    this.body = body;
    this.callable = callable;
    this.future = future;
    this.name = name;
    this.limit = limit;
  }

  static Task of(Runnable body, @Nullable PoolFuture<?> future, @Nullable Limit limit) {
    return new Task(body, false, future, null, limit);
  }

  static Task of(
      Callable<?> body, PoolFuture<?> future, @Nullable String name, @Nullable Limit limit) {
    return new Task(body, true, future, name, limit);
  }

  /**
   * Stands for what a thread takes out of a queue, or runs, that was handed over without a future
   * and without a limit: one for each worker, again and again, as nobody has anything to do with
   * the single task but to look at it, and to interrupt it when the pool is stopped. That is why
   * its fate is decided by its worker alone, without a compare-and-set: see {@link
   * Worker#interruptForStop}.
   */
  static Task bare(@Nullable Thread worker) {
    Task task = new Task(null, false, null, null, null);
    task.runner = worker;
    FATE.setRelease(task, ENDED);
    return task;
  }

  /**
   * For who is about to take the next one with a compare-and-set, which makes it visible. When it
   * began is not known yet.
   */
  void beginAgain(int withNumber, long accepted) {
    number = withNumber;
    acceptedAt = accepted;
    startedAt = 0;
    FATE.setRelease(this, RUNNING);
  }

  /** For its worker: it has ended, or another one was faster. */
  void endAgain() {
    FATE.setRelease(this, ENDED);
  }

  /** The same, before something that must not meet the interrupt of a stop. */
  void endAgainForAll() {
    fate = ENDED;
  }

  // ------------------------------------------------------------------ its fate

  int fate() {
    return fate;
  }

  boolean isWaiting() {
    return fate == WAITING;
  }

  /** Whether there is nothing to be done with what is in the queue. */
  boolean isHusk() {
    return fate != WAITING;
  }

  boolean isRunning() {
    return (fate & ~INTERRUPTING) == RUNNING;
  }

  /** For who has admitted it, before others see it. */
  void admitted(int withNumber) {
    number = withNumber;
    FATE.setRelease(this, WAITING); // whatever shows it to others is a fence
  }

  /** For a thread that is going to run it. */
  boolean begin(Thread thread) {
    runner = thread;
    if (FATE.compareAndSet(this, WAITING, RUNNING)) {
      return true;
    }
    runner = null;
    return false;
  }

  /** Decides that it never runs. */
  boolean takeBack(int to) {
    return FATE.compareAndSet(this, WAITING, to);
  }

  /** For its runner, when the code has returned: how it has ended. */
  int end() {
    while (true) {
      int now = fate;
      if ((now & INTERRUPTING) != 0) {
        awaitInterrupt();
      } else if (now != RUNNING || FATE.compareAndSet(this, RUNNING, ENDED)) {
        return now == RUNNING ? ENDED : now;
      }
    }
  }

  /** Gives up its result, and leaves the runner alone; false if it has not begun or has ended. */
  boolean disown(int to) {
    while (true) {
      int now = fate;
      if (now == (RUNNING | INTERRUPTING)) {
        awaitInterrupt();
      } else if (now != RUNNING) {
        return false;
      } else if (FATE.compareAndSet(this, RUNNING, to)) {
        return true;
      }
    }
  }

  /**
   * Interrupts the runner, if it is running this.
   *
   * @param to what becomes of the task; {@link #RUNNING} leaves that to its code
   */
  boolean interrupt(int to) {
    while (true) {
      int now = fate;
      if (now == (RUNNING | INTERRUPTING)) {
        awaitInterrupt();
      } else if (now != RUNNING) {
        return false;
      } else if (FATE.compareAndSet(this, RUNNING, to | INTERRUPTING)) {
        Thread thread = runner;
        if (thread != null) {
          interrupted = true;
          thread.interrupt();
        }
        fate = to;
        return true;
      }
    }
  }

  /** Another thread takes the mark away some instructions later. */
  @SuppressWarnings("ThreadPriorityCheck") // correct without yielding, which only makes it likelier
  private static void awaitInterrupt() {
    Thread.yield();
  }

  /** For its runner, after {@link #end}. */
  boolean wasInterrupted() {
    return interrupted;
  }

  // ------------------------------------------------------------------ what it is

  /** Runs the code. */
  @Nullable Object call() throws Exception {
    Object code = body;
    if (callable && code != null) {
      return ((Callable<?>) code).call();
    }
    if (code != null) {
      ((Runnable) code).run();
    }
    return null;
  }

  /** What was submitted; null once it has been {@linkplain #forget forgotten}. */
  @Nullable Object body() {
    return body;
  }

  boolean isCallable() {
    return callable;
  }

  void forget() {
    body = null;
  }

  boolean isNamed() {
    return name != null;
  }

  /** Whether nobody need wait for it any more. */
  boolean isOver() {
    return (!isWaiting() && !isRunning()) || (future != null && future.isDone());
  }

  /** Whether it runs, or did. */
  boolean hasBegun() {
    int now = fate;
    return now != CREATED && now != WAITING && runner != null;
  }

  /** For who empties the queue, before it takes the task back. */
  void keepRunnable() {
    returned = future != null ? future : (Runnable) body;
  }

  /** What is to be returned of it by {@code shutdownNow}: the future, or what was executed. */
  Runnable runnable() {
    return Objects.requireNonNull(returned, "not kept");
  }

  /** Who runs it; null before it has begun. For who has seen that it has. */
  @Nullable Thread runner() {
    return runner;
  }

  /** Its own name, or that of the pool with a number. */
  String name(String pool) {
    return name != null ? name : pool + '#' + Integer.toUnsignedString(number);
  }

  /** It will not time out any more. */
  void stopTimer() {
    if (limit != null) {
      limit.disarm();
    }
  }
}
