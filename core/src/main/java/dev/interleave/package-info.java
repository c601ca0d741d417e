// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * What every package of Interleave shares, and nothing else: {@link dev.interleave.Deadline}, the
 * one bound on waiting; {@link dev.interleave.Guard}, what is held and given back; {@link
 * dev.interleave.StopReport}, what a stop found still running; {@link dev.interleave.Timers}, the
 * deadlines that nobody waits for.
 */
@NullMarked
package dev.interleave;

import org.jspecify.annotations.NullMarked;
