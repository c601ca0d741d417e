// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.time.Duration;
import java.util.Objects;

/**
 * What a {@link MonitoredPool} has done so far and what is in it now: a snapshot, immutable.
 *
 * <p><b>The books balance, always:</b> {@code submitted = completed + failed + cancelled + timedOut
 * + discarded + queued + active}. The counters of the workers are read one after the other, so each
 * is right for a moment of its own during the call; {@code queued} is what the others leave of
 * {@code submitted}. If no task is submitted, begins or ends during the call, every number is
 * exact.
 *
 * <p><b>When things count.</b> A task is submitted from the compare-and-set that admits it, within
 * {@code submit}. A task that runs ends, for these numbers, after its code has returned and before
 * its future completes: whoever has its result finds it counted, once, and no longer among the
 * active. One that was cancelled while it ran, or whose deadline passed, is active until its code
 * has returned, although its future is complete; one that had not begun leaves {@code queued} at
 * once. Tasks that were never admitted are in {@code rejected} and nowhere else.
 *
 * @param name of the pool
 * @param min threads that stay when there is nothing to do
 * @param max threads at most, or tasks at once on virtual threads; without those that stand in for
 *     waiting ones
 * @param live threads now, those that are starting included
 * @param peak the most threads there ever were
 * @param compensating threads that stand in for workers that wait for tasks of this pool, now
 * @param active tasks that run, now
 * @param queued tasks that wait for a thread, now
 * @param submitted tasks admitted
 * @param completed tasks that returned
 * @param failed tasks that threw
 * @param cancelled tasks cancelled before they began or while they ran
 * @param timedOut tasks whose deadline passed before they began or while they ran
 * @param discarded tasks admitted and then thrown away before they began: by {@code shutdownNow},
 *     {@code close(Duration)}, a failed initializer, or to make room for a newer one
 * @param rejected tasks not admitted, by the reason
 * @param starvations waits of workers for tasks of this pool that could never have ended
 * @param stuck tasks reported to have been running for too long
 * @param shutdown whether nothing more is admitted
 * @param waits how long tasks waited for a thread; of those that were timed and ran
 * @param runs how long tasks ran; of the same
 */
public record PoolStats(
    String name,
    int min,
    int max,
    int live,
    int peak,
    int compensating,
    int active,
    long queued,
    long submitted,
    long completed,
    long failed,
    long cancelled,
    long timedOut,
    long discarded,
    Rejected rejected,
    long starvations,
    long stuck,
    boolean shutdown,
    Times waits,
    Times runs) {

  /**
   * Checks the components.
   *
   * @throws NullPointerException if one is null
   */
  public PoolStats {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(rejected, "rejected");
    Objects.requireNonNull(waits, "waits");
    Objects.requireNonNull(runs, "runs");
  }

  /**
   * Tasks that were not admitted.
   *
   * @param aborted refused because the pool was full
   * @param callerRan run by the submitter because the pool was full
   * @param blocked refused because there was no place in the time the submitter may wait, or
   *     because it was interrupted while it waited
   * @param dropped admitted and thrown away for a newer one; these are also among {@link
   *     PoolStats#discarded()}
   * @param shutdown refused because the pool was shut down, or broken
   * @param noThread refused because no thread could be started
   */
  public record Rejected(
      long aborted, long callerRan, long blocked, long dropped, long shutdown, long noThread) {

    /** All that were not admitted: without those that were dropped. */
    public long total() {
      return aborted + callerRan + blocked + shutdown + noThread;
    }
  }

  /**
   * How long something took. The percentiles are bounds from above that are too large by 1/16 at
   * most; the mean and the maximum are exact.
   *
   * @param count how many were timed
   * @param mean zero if there were none
   * @param p50 half of them took that long at most
   * @param p90 nine of ten took that long at most
   * @param p99 99 of 100 took that long at most
   * @param max the longest
   */
  public record Times(
      long count, Duration mean, Duration p50, Duration p90, Duration p99, Duration max) {

    /**
     * Checks the components.
     *
     * @throws NullPointerException if one is null
     */
    public Times {
      Objects.requireNonNull(mean, "mean");
      Objects.requireNonNull(p50, "p50");
      Objects.requireNonNull(p90, "p90");
      Objects.requireNonNull(p99, "p99");
      Objects.requireNonNull(max, "max");
    }
  }
}
