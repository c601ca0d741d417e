// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Frames of bytes from one end to the other.
 *
 * <p>A {@link dev.interleave.ipc.transport.Transport} is an address, at which one side listens and
 * the other connects; a {@link dev.interleave.ipc.transport.Connection} moves frames both ways,
 * closes half by half, and says why it ended. Whatever is built on a connection runs over each
 * kind, with the same errors.
 */
@NullMarked
package dev.interleave.ipc.transport;

import org.jspecify.annotations.NullMarked;
