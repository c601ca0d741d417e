// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Races on {@link dev.interleave.lock.BiasedReadWriteLock}, a class per step of its protocol, on
 * the key table of {@link dev.interleave.lock.OrderedLockManager}, on {@link
 * dev.interleave.lock.ResettableEvent} and on {@link dev.interleave.lock.WatchedLock}. Two threads
 * race in each, so that two processors suffice; where a third has to wait, it waits before the race
 * begins.
 *
 * <p>What waits here waits without a time limit if it can: a lost wake-up then is a test that does
 * not end, which jcstress reports as a timeout or as {@code STALE}.
 */
@NullMarked
package dev.interleave.jcstress.lock;

import org.jspecify.annotations.NullMarked;
