// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.internal.linear;

import java.time.Duration;

/**
 * How long a check may take, and how many configurations each of its searches may keep in memory.
 * For one thread.
 */
public final class Budget {
  private static final int MOST_STEPS_BETWEEN_LOOKS = 256;
  private static final long NANOS_BETWEEN_LOOKS = Duration.ofMillis(1).toNanos();

  private final long start = System.nanoTime();
  private final long nanos;
  private final Duration time;
  private final long configurations;
  private long spent;
  private long lastLook = start;
  private int stepsBetweenLooks = 1;
  private int untilLook = 1;

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

  /** Notes one more step. Looks at the clock now and then: at each step, if steps are slow. */
  void step() throws ExhaustedException {
    lookForInterrupt();
    if (--untilLook == 0) {
      long now = System.nanoTime();
      long affordable = stepsBetweenLooks * NANOS_BETWEEN_LOOKS / Math.max(now - lastLook, 1);
      int most = Math.min(2 * stepsBetweenLooks, MOST_STEPS_BETWEEN_LOOKS);
      stepsBetweenLooks = Math.clamp(affordable, 1, most);
      untilLook = stepsBetweenLooks;
      lastLook = now;
      lookAtClock(now);
    }
  }

  /** Finds out whether to begin at all. */
  public void look() throws ExhaustedException {
    lookForInterrupt();
    lookAtClock(System.nanoTime());
  }

  private static void lookForInterrupt() throws ExhaustedException {
    if (Thread.currentThread().isInterrupted()) {
      throw new ExhaustedException("the thread that checks was interrupted");
    }
  }

  private void lookAtClock(long now) throws ExhaustedException {
    if (now - start > nanos) {
      throw new ExhaustedException("the time of " + time + " is over");
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
