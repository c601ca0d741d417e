// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Races on {@link dev.interleave.lifecycle.StopToken} and {@link dev.interleave.lifecycle.Service}.
 * Two threads race in each, in those of services with the thread of the service as a third.
 *
 * <p>What waits here waits without a time limit if it can: a lost wake-up then is a test that does
 * not end, which jcstress reports as a timeout or as {@code STALE}.
 */
@NullMarked
package dev.interleave.jcstress.lifecycle;

import org.jspecify.annotations.NullMarked;
