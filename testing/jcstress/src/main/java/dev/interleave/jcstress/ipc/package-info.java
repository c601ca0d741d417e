// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Races on a connection in memory, whose rings are those of shared memory: a frame is published
 * whole, what was flushed is sent, and nobody sleeps on. Nobody spins here, so that each wait is a
 * sleep.
 */
@NullMarked
package dev.interleave.jcstress.ipc;

import org.jspecify.annotations.NullMarked;
