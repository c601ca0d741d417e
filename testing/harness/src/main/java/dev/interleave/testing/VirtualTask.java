// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A task of a {@link VirtualScheduler}. */
final class VirtualTask<V extends @Nullable Object> extends FutureTask<V>
    implements RunnableScheduledFuture<V> {
  /**
   * By their times, those of the same time as they were handed over: as with the JDK's scheduler, a
   * periodic task stays before all that came after it. For those who hold the lock of the queue.
   */
  static final Comparator<VirtualTask<?>> IN_ORDER =
      Comparator.<VirtualTask<?>>comparingLong(task -> task.due)
          .thenComparingLong(task -> task.number);

  private final VirtualQueue queue;
  private final long period; // positive: from due to due; negative: from end to due; or zero
  private final boolean hasFuture;

  // Guarded by the lock of the queue.
  private long due;
  private long number;

  VirtualTask(VirtualQueue queue, Callable<V> task, long period, boolean hasFuture) {
    super(task);
    this.queue = queue;
    this.period = period;
    this.hasFuture = hasFuture;
  }

  /** Called by the queue. */
  void handedOver(long as, long dueFirst) {
    number = as;
    due = dueFirst;
  }

  /** Called by the queue, for a time after this one; tells whether there is such a time. */
  boolean dueAgain(long now) {
    long next = period > 0 ? due + period : now - period;
    due = next < 0 ? due : next;
    return next >= 0;
  }

  /** Called by the queue. */
  long due() {
    return due;
  }

  @Override
  public boolean isPeriodic() {
    return period != 0;
  }

  @Override
  public void run() {
    if (!isPeriodic()) {
      super.run();
    } else if (runAndReset() && !queue.addAgain(this)) {
      cancel(false); // nobody must wait for it any more
    }
  }

  @Override
  public boolean cancel(boolean interrupt) {
    boolean cancelled = super.cancel(interrupt);
    queue.remove(this);
    return cancelled;
  }

  @Override
  public long getDelay(TimeUnit unit) {
    return unit.convert(queue.untilDue(this), TimeUnit.NANOSECONDS);
  }

  @Override
  public int compareTo(Delayed other) {
    if (other instanceof VirtualTask<?> task && task.queue == queue) {
      return queue.compare(this, task);
    }
    return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
  }

  /** Returns what it threw if nobody can ask a future for it. */
  @Nullable Throwable unobservedFailure() {
    return !hasFuture && state() == State.FAILED ? exceptionNow() : null;
  }
}
