// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import java.time.Duration;
import java.time.Instant;

/**
 * Compares two clocks from look to look: the monotonic one, which on most systems stands still
 * while the machine is suspended, and the wall clock, which does not, and which can be set.
 *
 * <p>A difference below the threshold is none; nor is one of up to a thousandth of the time between
 * two looks, since a wall clock that is being corrected runs up to half of that faster or slower.
 */
final class ClockJumps {
  private static final long SLEW = 1000;

  private final Duration threshold;
  private long nanos;
  private Instant wall;

  ClockJumps(Duration threshold, long nanos, Instant wall) {
    this.threshold = threshold;
    this.nanos = nanos;
    this.wall = wall;
  }

  /**
   * By how much the wall clock went further than the monotonic one since the last look, negative if
   * less far; zero if that is no jump.
   */
  Duration look(long nanosNow, Instant wallNow) {
    Duration passed = Duration.ofNanos(nanosNow - nanos);
    Duration jump = Duration.between(wall, wallNow).minus(passed);
    nanos = nanosNow;
    wall = wallNow;
    Duration allowed = passed.dividedBy(SLEW);
    boolean isJump = jump.abs().compareTo(threshold) >= 0 && jump.abs().compareTo(allowed) > 0;
    return isJump ? jump : Duration.ZERO;
  }
}
