// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Messages between threads and processes. No type lives here yet.
 *
 * <p>Planned: {@code Channel}, the one-way passage of messages; {@code Duplex}, two of them back to
 * back; {@code Router} and {@code Multiplexer}, which split and merge them; {@code
 * ReliableChannel}, which resends what was lost and drops what came twice.
 */
@NullMarked
package dev.interleave.ipc.channel;

import org.jspecify.annotations.NullMarked;
