// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.SplittableRandom;

/**
 * Aims at the moment at which a waiter's time runs out. A call that waits is given a time long
 * enough for all to stand in line by then, which depends on the machine and what else it does; so
 * that is learned from round to round. What shall meet the leaving waiter comes some microseconds
 * before its time is over: it takes that long to wake up.
 *
 * <p>{@link #begin} is for the waiter, {@link #strike} for who comes, the rest for the test; all of
 * a round, which ends before the next begins.
 */
final class Aim {
  private static final long SHORTEST_NANOS = 20_000;
  private static final long LONGEST_NANOS = 5_000_000;
  private static final long LONGEST_LEAD_NANOS = 80_000;

  private final SplittableRandom random;
  private long setUpNanos = SHORTEST_NANOS;
  private long timeoutNanos;
  private long leadNanos;
  private volatile long start;

  Aim(SplittableRandom random) {
    this.random = random;
  }

  /** Returns how long the waiter of the next round shall wait. */
  long nextTimeout() {
    leadNanos = random.nextLong(LONGEST_LEAD_NANOS);
    timeoutNanos = setUpNanos + setUpNanos / 2 + LONGEST_LEAD_NANOS;
    return timeoutNanos;
  }

  /** The waiter's time begins. */
  void begin() {
    start = System.nanoTime();
  }

  /** All stand in line now. */
  void isSet() {
    long took = System.nanoTime() - start;
    setUpNanos = Math.clamp((3 * setUpNanos + took) / 4, SHORTEST_NANOS, LONGEST_NANOS);
  }

  /** Returns when the waiter is about to leave; without waiting, if it is too late for that. */
  void strike() {
    while (System.nanoTime() - start < timeoutNanos - leadNanos) {
      Thread.onSpinWait();
    }
  }
}
