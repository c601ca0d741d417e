// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import java.util.Objects;

/**
 * What an {@link OrderedLockManager} has done so far and is doing: a snapshot, immutable; its
 * components are not read at one single moment. Acquisitions that need not wait are not counted.
 *
 * @param name of the manager
 * @param keys that somebody holds or waits for, now
 * @param waits acquisitions of a key that had to wait, successful or not
 * @param waitNanos time those waited in total, in nanoseconds
 * @param longestWaitNanos the longest single wait, in nanoseconds
 * @param timeouts waits that ended because the time was up
 * @param interrupts waits that ended by an interrupt other than a detector's
 * @param outOfOrder times a key was asked for out of order, whether that was refused or reported
 */
public record OrderedLockStats(
    String name,
    long keys,
    long waits,
    long waitNanos,
    long longestWaitNanos,
    long timeouts,
    long interrupts,
    long outOfOrder) {

  /**
   * Checks the components.
   *
   * @throws NullPointerException if {@code name} is null
   */
  public OrderedLockStats {
    Objects.requireNonNull(name, "name");
  }
}
