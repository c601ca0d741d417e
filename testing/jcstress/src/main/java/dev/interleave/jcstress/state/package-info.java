// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Races on {@link dev.interleave.state.Confined} and {@link dev.interleave.state.VersionedState}.
 * Two threads race in each, with the owner of the confined state as a third that waits for them.
 *
 * <p>What waits here waits without a time limit if it can: a lost wake-up then is a test that does
 * not end, which jcstress reports as a timeout or as {@code STALE}.
 */
@NullMarked
package dev.interleave.jcstress.state;

import org.jspecify.annotations.NullMarked;
