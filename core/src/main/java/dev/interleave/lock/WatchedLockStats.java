// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import java.util.Objects;

/**
 * What a {@link WatchedLock} has done so far and what it is doing: a snapshot, immutable. The
 * components are not read at one single moment.
 *
 * @param name of the lock
 * @param acquisitions how often it was acquired, nested holds not counted, returns from a condition
 *     counted
 * @param waiting threads in line, now
 * @param waits calls that had to wait, successful or not
 * @param waitNanos time those waited in total, in nanoseconds
 * @param longestWaitNanos the longest single wait, in nanoseconds
 * @param timeouts waits that ended because the time was up
 * @param interrupts waits that ended by an interrupt other than a detector's
 * @param deadlocks calls that a detector refused or ended
 */
public record WatchedLockStats(
    String name,
    long acquisitions,
    int waiting,
    long waits,
    long waitNanos,
    long longestWaitNanos,
    long timeouts,
    long interrupts,
    long deadlocks) {

  /**
   * Checks the components.
   *
   * @throws NullPointerException if {@code name} is null
   */
  public WatchedLockStats {
    Objects.requireNonNull(name, "name");
  }
}
