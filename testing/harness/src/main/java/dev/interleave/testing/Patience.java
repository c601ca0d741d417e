// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.function.LongSupplier;

/**
 * How long to wait for something that can only be looked at, in pauses that grow while nothing
 * happens, and end when the patience does. For one thread.
 */
final class Patience {
  private static final long FIRST_PAUSE_NANOS = 1_000_000;
  private static final long LONGEST_PAUSE_NANOS = 250_000_000;

  private final LongSupplier nanoTime;
  private final long start;
  private final long limit;
  private long pause = FIRST_PAUSE_NANOS;

  Patience(long limitNanos, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
    this.limit = limitNanos;
  }

  boolean isOver() {
    return left() <= 0;
  }

  /** Returns for how many nanoseconds to pause before the next look. */
  long nextPause() {
    long next = Math.max(Math.min(pause, left()), 0);
    pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
    return next;
  }

  private long left() {
    return limit - (nanoTime.getAsLong() - start);
  }
}
