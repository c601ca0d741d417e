// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Running tasks on a bounded number of threads, and knowing what they do.
 *
 * <p>{@link dev.interleave.pool.MonitoredPool} is the executor; {@link
 * dev.interleave.pool.PoolStats} says what it has done.
 */
@NullMarked
package dev.interleave.pool;

import org.jspecify.annotations.NullMarked;
