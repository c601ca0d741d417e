// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Races on {@link dev.interleave.pool.MonitoredPool}. Two threads race in each, with the workers of
 * the pool as others that wait for them.
 *
 * <p>What waits here waits without a time limit: a task that sits in a queue with nobody to run it
 * is a test that does not end.
 */
@NullMarked
package dev.interleave.jcstress.pool;

import org.jspecify.annotations.NullMarked;
