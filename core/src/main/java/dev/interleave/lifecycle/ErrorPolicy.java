// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import java.time.Duration;
import java.util.Objects;

/**
 * What a {@link PeriodicService} does when a run fails. Immutable and thread-safe.
 *
 * @param first how long to wait at least after a first failure, before the next run; zero if
 *     failures change nothing about the schedule
 * @param max how long to wait at most: the wait doubles with each further failure in a row
 * @param giveUpAfter after how many failures in a row the service fails, at least 1
 */
public record ErrorPolicy(Duration first, Duration max, int giveUpAfter) {
  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if arguments are wrong; the message names the first
   */
  public ErrorPolicy {
    Objects.requireNonNull(first, "first");
    Objects.requireNonNull(max, "max");
    if (first.isNegative()) {
      throw new IllegalArgumentException("first is negative: " + first);
    }
    if (max.compareTo(first) < 0) {
      throw new IllegalArgumentException("max is less than first, " + first + ": " + max);
    }
    if (giveUpAfter < 1) {
      throw new IllegalArgumentException("giveUpAfter is less than 1: " + giveUpAfter);
    }
  }

  /** {@code CONTINUE}: the schedule goes on as if nothing had happened. */
  public static ErrorPolicy goOn() {
    return new ErrorPolicy(Duration.ZERO, Duration.ZERO, Integer.MAX_VALUE);
  }

  /** {@code STOP}: the service fails with the first failure of a run. */
  public static ErrorPolicy stop() {
    return new ErrorPolicy(Duration.ZERO, Duration.ZERO, 1);
  }

  /**
   * {@code BACKOFF}: the next run comes {@code first} after the failed one ended, or later if the
   * schedule says so; twice as long with each failure in a row, up to {@code max}; as scheduled
   * once a run succeeds.
   *
   * @throws IllegalArgumentException if {@code first} is negative or more than {@code max}
   */
  public static ErrorPolicy backoff(Duration first, Duration max) {
    return new ErrorPolicy(first, max, Integer.MAX_VALUE);
  }

  /**
   * The same, but the service fails after so many failures in a row.
   *
   * @throws IllegalArgumentException if {@code failures} is less than 1
   */
  public ErrorPolicy giveUpAfter(int failures) {
    return new ErrorPolicy(first, max, failures);
  }

  /** How long to wait at least after so many failures in a row, at least one. */
  Duration delayAfter(long failuresInRow) {
    Duration delay = first;
    for (long i = 1; i < failuresInRow && delay.compareTo(max) < 0 && !delay.isZero(); i++) {
      delay = delay.compareTo(max.dividedBy(2)) > 0 ? max : delay.multipliedBy(2);
    }
    return delay;
  }
}
