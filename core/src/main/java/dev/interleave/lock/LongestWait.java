// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import dev.interleave.Deadline;
import java.util.Date;
import java.util.concurrent.TimeUnit;

/** Cuts what a condition is to wait for, see {@link Deadline#MAX_NANOS}. */
final class LongestWait {
  /** In the year 2116: no farther away than that, if the clock on the wall is past 1970. */
  private static final long LAST_MILLIS = TimeUnit.NANOSECONDS.toMillis(Deadline.MAX_NANOS);

  private LongestWait() {}

  static long of(long time, TimeUnit unit) {
    return Math.min(unit.toNanos(time), Deadline.MAX_NANOS);
  }

  /** How much {@code nanos} are too many. */
  static long cutOff(long nanos) {
    return nanos > Deadline.MAX_NANOS ? nanos - Deadline.MAX_NANOS : 0;
  }

  @SuppressWarnings("JavaUtilDate") // as Condition has it
  static Date until(Date deadline) {
    return deadline.getTime() <= LAST_MILLIS ? deadline : new Date(LAST_MILLIS);
  }
}
