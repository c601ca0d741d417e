// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

/**
 * What a reader that comes anew does while readers hold the lock and a writer waits: a capability
 * of {@link ReadWriteLockContract}. It is about {@code lock()}, {@code lockInterruptibly()} and the
 * timed {@code tryLock}; not about readers that hold the lock already, which always get it again.
 */
public enum NewReaders {
  /** It waits until the writer has had its turn. */
  QUEUE_BEHIND_WRITERS,

  /** It gets in, ahead of the writer. */
  PASS_WRITERS,

  /** Either; the kit does not test it. */
  UNSPECIFIED
}
