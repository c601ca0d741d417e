// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import org.jspecify.annotations.Nullable;

/**
 * One advance of a {@link VirtualTime}: runs the tasks in the thread that makes it, and keeps what
 * happens to this thread apart from what happens to the tasks. Closed by the same thread.
 */
final class VirtualAdvance implements AutoCloseable {
  /**
   * How many tasks may run at one instant, those aside that waited when it began: some task that is
   * always due again must not hang a test.
   */
  static final int MOST_AT_ONCE = 1_000_000;

  private final VirtualTime time;
  private final VirtualQueue queue;
  private final long until;
  private long instant;
  private long left; // how many tasks may still run at this instant
  private int run;
  private boolean interrupted; // by someone who means this thread
  private @Nullable Throwable failure; // the first, and the others suppressed in it

  VirtualAdvance(VirtualTime time, VirtualQueue queue, long until) {
    this.time = time;
    this.queue = queue;
    this.until = until;
    begin(queue.elapsed());
  }

  private void begin(long now) {
    instant = now;
    left = (long) MOST_AT_ONCE + queue.size();
  }

  /** Tells whether this thread was interrupted, before or between the tasks. */
  boolean isInterrupted() {
    interrupted |= Thread.interrupted();
    return interrupted;
  }

  /** Runs the next task; or tells that none is due any more, and it is the end of the advance. */
  boolean runNext() {
    isInterrupted(); // before there is a task that it could be meant for
    VirtualTask<?> task = queue.take(until);
    if (task == null) {
      return false;
    }
    long now = queue.elapsed();
    if (now > instant) {
      begin(now);
    }
    try {
      task.run();
    } finally {
      queue.ended();
      Thread.interrupted(); // it was meant for the task, and ends with it
    }
    add(task.unobservedFailure());
    run += run < Integer.MAX_VALUE ? 1 : 0;
    if (--left <= 0 && queue.isDue(instant)) {
      throw endless();
    }
    return true;
  }

  int tasksRun() {
    return run;
  }

  @SuppressWarnings("ReferenceEquality") // a throwable cannot suppress itself
  private void add(@Nullable Throwable another) {
    if (failure == null) {
      failure = another;
    } else if (another != null && failure != another) {
      failure.addSuppressed(another);
    }
  }

  /** Throws what the tasks threw that have no future to tell of it, checked exceptions included. */
  void rethrow() {
    if (failure != null) {
      VirtualAdvance.<RuntimeException>rethrow(failure);
    }
  }

  @SuppressWarnings("unchecked") // nobody casts it: the type of what is thrown is not looked at
  private static <X extends Throwable> void rethrow(Throwable failure) throws X {
    throw (X) failure;
  }

  private IllegalStateException endless() {
    IllegalStateException endless =
        new IllegalStateException(
            "no end of tasks: " + run + " run, and more are due at " + time.instant());
    if (failure != null) {
      endless.addSuppressed(failure);
    }
    return endless;
  }

  @Override
  public void close() {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
