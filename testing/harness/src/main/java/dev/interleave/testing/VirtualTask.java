// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A task of a {@link VirtualScheduler}; its time and number are guarded by that of the time. */
final class VirtualTask<V extends @Nullable Object> extends FutureTask<V>
    implements RunnableScheduledFuture<V> {
  private final VirtualTime time;
  private final long period; // positive: from due to due; negative: from end to due; or zero
  private final boolean hasFuture;
  private final VirtualScheduler scheduler;
  private long due;
  private long number;

  VirtualTask(
      VirtualScheduler scheduler,
      VirtualTime time,
      Callable<V> task,
      long due,
      long period,
      boolean hasFuture) {
    super(task);
    this.scheduler = scheduler;
    this.time = time;
    this.due = due;
    this.period = period;
    this.hasFuture = hasFuture;
  }

  long due() {
    return due;
  }

  void enqueuedAs(long next) {
    number = next;
  }

  @Override
  public boolean isPeriodic() {
    return period != 0;
  }

  @Override
  public void run() {
    if (!isPeriodic()) {
      super.run();
    } else if (runAndReset() && !scheduler.isShutdown()) {
      due = period > 0 ? plus(due, period) : plus(time.elapsedNanos(), -period);
      time.add(this);
      if (scheduler.isShutdown()) { // meanwhile: who shut down may not have seen it
        cancel(false);
      }
    }
  }

  @Override
  public boolean cancel(boolean interrupt) {
    boolean cancelled = super.cancel(interrupt);
    time.remove(this);
    return cancelled;
  }

  @Override
  public long getDelay(TimeUnit unit) {
    return unit.convert(due - time.elapsedNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public int compareTo(Delayed other) {
    if (other == this) {
      return 0;
    }
    if (other instanceof VirtualTask<?> task) {
      int byTime = Long.compare(due, task.due);
      return byTime == 0 ? Long.compare(number, task.number) : byTime;
    }
    return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
  }

  /** Returns what it threw if nobody can ask a future for it. */
  @Nullable Throwable unobservedFailure() {
    return !hasFuture && state() == State.FAILED ? exceptionNow() : null;
  }

  /** The sum, or the end of time. */
  static long plus(long due, long delay) {
    long sum = due + delay;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }
}
