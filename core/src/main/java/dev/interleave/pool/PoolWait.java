// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One wait for a task of a pool, seen by whoever looks for deadlocks; and if it is a worker of that
 * pool that waits, by the pool itself. Closed by the thread that began it.
 */
final class PoolWait implements AutoCloseable {
  private final Wait wait;
  private final @Nullable PoolWaitEvent event;
  private final @Nullable Starvation starvation;
  private final @Nullable Worker worker;
  private final boolean compensated;
  private String outcome = "done";

  PoolWait(
      Wait wait,
      @Nullable PoolWaitEvent event,
      @Nullable Starvation starvation,
      @Nullable Worker worker,
      boolean compensated) {
    this.wait = wait;
    this.event = event;
    this.starvation = starvation;
    this.worker = worker;
    this.compensated = compensated;
  }

  /** What to throw for an interrupt. */
  InterruptedException interrupted(InterruptedException e) {
    outcome = "interrupted";
    return Waits.causedBy(wait, e);
  }

  /** The time is up. */
  TimeoutException timedOut(TimeoutException e) {
    outcome = "timed out";
    return e;
  }

  @Override
  public void close() {
    wait.leave();
    PoolWaitEvent.end(event, outcome);
    if (starvation != null && worker != null) {
      starvation.end(worker, compensated);
    }
  }
}
