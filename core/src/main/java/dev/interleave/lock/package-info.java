// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Locks that can say who holds them.
 *
 * <p>{@link dev.interleave.lock.BiasedReadWriteLock} is a {@link
 * java.util.concurrent.locks.ReadWriteLock} whose readers do not meet on one cache line; {@link
 * dev.interleave.lock.OrderedLockManager} locks several keys at once, always in one order; {@link
 * dev.interleave.lock.WatchedLock} is a lock that a deadlock detector sees; {@link
 * dev.interleave.lock.ResettableEvent} lets threads wait for a signal that can be taken back. Their
 * guide is {@code docs/lock.md}.
 */
@NullMarked
package dev.interleave.lock;

import org.jspecify.annotations.NullMarked;
