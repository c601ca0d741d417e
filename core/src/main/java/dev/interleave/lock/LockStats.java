// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import java.util.Objects;

/**
 * What a {@link BiasedReadWriteLock} has done so far and what it is doing: a snapshot, immutable.
 * Counters of finished acquisitions are exact when nobody uses the lock meanwhile; the components
 * are not read at one single moment.
 *
 * @param name of the lock
 * @param preference as built
 * @param biased whether readers get in by their slots at this moment
 * @param reads read acquisitions; of nested ones only those that went through a slot while the
 *     thread held by the counter
 * @param writes times a writer has come in: acquisitions, nested ones not counted, and returns from
 *     a condition
 * @param revocations writes that took the bias away; those who tried and gave up are not counted
 * @param waitingReaders threads in line to read, now
 * @param waitingWriters threads in line to write, or waiting for readers to leave, now
 * @param readWaits read acquisitions that had to wait, successful or not; to look again for some
 *     microseconds before is no wait
 * @param writeWaits write acquisitions that had to wait, successful or not; those of who comes back
 *     from a condition are not counted here nor below
 * @param readWaitNanos time those reads waited in total, in nanoseconds
 * @param writeWaitNanos time those writes waited in total, in nanoseconds
 * @param longestWaitNanos the longest single wait, in nanoseconds
 * @param timeouts waits that ended because the time was up; an acquisition whose deadline had
 *     passed already was no wait
 * @param interrupts waits that ended by an interrupt other than a detector's
 */
public record LockStats(
    String name,
    Preference preference,
    boolean biased,
    long reads,
    long writes,
    long revocations,
    int waitingReaders,
    int waitingWriters,
    long readWaits,
    long writeWaits,
    long readWaitNanos,
    long writeWaitNanos,
    long longestWaitNanos,
    long timeouts,
    long interrupts) {

  /**
   * Checks the components.
   *
   * @throws NullPointerException if {@code name} or {@code preference} is null
   */
  public LockStats {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(preference, "preference");
  }
}
