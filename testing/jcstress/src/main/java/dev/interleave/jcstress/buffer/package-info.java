// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Races on a {@code BoundedBuffer} in FIFO order, whose items are in a ring: what goes in comes out
 * once, in order and published; a close is before or after; and nobody sleeps on.
 */
@NullMarked
package dev.interleave.jcstress.buffer;

import org.jspecify.annotations.NullMarked;
