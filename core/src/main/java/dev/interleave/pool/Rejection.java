// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

/** What a {@link MonitoredPool} does with a task for which it has no place. */
public enum Rejection {
  /** {@code submit} throws {@link java.util.concurrent.RejectedExecutionException}: the default. */
  ABORT,

  /**
   * The submitter runs the task itself, before {@code submit} returns; unless the pool is shut
   * down, then it throws. An exception of a task without a future is thrown by {@code execute}.
   */
  CALLER_RUNS,

  /**
   * The submitter waits for a place, for a limited time, then it throws {@link
   * java.util.concurrent.RejectedExecutionException}; also if it is interrupted, which stays set.
   */
  BLOCK,

  /**
   * The task that was submitted before all others that wait, in whatever order they are to be run,
   * makes room for the new one. Its future fails with {@link
   * java.util.concurrent.RejectedExecutionException}.
   */
  DROP_OLDEST
}
