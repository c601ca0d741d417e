// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Frames of bytes from one end to the other. No type lives here yet.
 *
 * <p>Planned: {@code Transport} and its kinds: memory, shared memory, Unix socket, TCP, and a
 * message broker through Jakarta Messaging. Whatever is built on a transport runs over each of
 * them, with the same errors.
 */
@NullMarked
package dev.interleave.ipc.transport;

import org.jspecify.annotations.NullMarked;
