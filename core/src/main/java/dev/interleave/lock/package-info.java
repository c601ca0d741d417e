// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Locks that can say who holds them.
 *
 * <p>{@link dev.interleave.lock.BiasedReadWriteLock} is a {@link
 * java.util.concurrent.locks.ReadWriteLock} whose readers do not meet on one cache line. Its guide
 * is {@code docs/lock.md}.
 */
@NullMarked
package dev.interleave.lock;

import org.jspecify.annotations.NullMarked;
