// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Memory shared between processes. No type lives here yet.
 *
 * <p>Planned: {@code SharedRegion} and what is laid out in it: {@code SharedLongs}, {@code
 * SharedDoubles}, {@code SharedLock}, {@code SharedQueue}, {@code SharedLog}, {@code SharedArena}
 * and {@code SharedDataset}.
 */
@NullMarked
package dev.interleave.ipc.shm;

import org.jspecify.annotations.NullMarked;
