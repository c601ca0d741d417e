// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.internal.linear;

import java.time.Duration;

/**
 * How long a check may take, and how many configurations each of its searches may keep in memory.
 * For one thread.
 */
public final class Budget {
  private static final int STEPS_BETWEEN_LOOKS = 256;

  private final long start = System.nanoTime();
  private final long nanos;
  private final Duration time;
  private final long configurations;
  private long spent;
  private int untilLook = STEPS_BETWEEN_LOOKS;

  /** Starts the clock. */
  public Budget(Duration time, long configurations) {
    this.time = time;
    this.nanos = nanos(time);
    this.configurations = configurations;
  }

  /** Returns how many configurations all searches have looked at. */
  public long spent() {
    return spent;
  }

  /** Returns for how long the search has been going on. */
  public Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** Notes one more configuration of a search that keeps so many already. */
  void spend(int kept) throws ExhaustedException {
    if (kept == configurations) {
      throw new ExhaustedException("the budget of " + configurations + " configurations is spent");
    }
    spent++;
  }

  /** Notes one more step; looks at the clock now and then. */
  void step() throws ExhaustedException {
    if (--untilLook == 0) {
      untilLook = STEPS_BETWEEN_LOOKS;
      look();
    }
  }

  private void look() throws ExhaustedException {
    if (System.nanoTime() - start > nanos) {
      throw new ExhaustedException("the time of " + time + " is over");
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new ExhaustedException("the thread that checks was interrupted");
    }
  }

  private static long nanos(Duration time) {
    try {
      return time.toNanos();
    } catch (ArithmeticException longerThan292Years) {
      return Long.MAX_VALUE;
    }
  }
}
