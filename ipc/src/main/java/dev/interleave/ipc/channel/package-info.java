// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Messages between threads and processes, and objects that they share.
 *
 * <p>A {@link dev.interleave.ipc.channel.Channel} is a bounded one-way passage with two ends, a
 * {@link dev.interleave.ipc.channel.Duplex} two of them back to back. A {@link
 * dev.interleave.ipc.channel.FrameChannel} has its other end beyond a connection; a {@link
 * dev.interleave.ipc.channel.ReliableChannel} is one that resends what was lost and drops what came
 * twice, and a {@link dev.interleave.ipc.channel.Multiplexer} makes many of one. A {@link
 * dev.interleave.ipc.channel.Router} delivers messages to mailboxes by name, topic, or to all.
 *
 * <p>A {@link dev.interleave.ipc.channel.SharedObjectsHost} owns maps, lists, counters and values;
 * others use them through {@link dev.interleave.ipc.channel.SharedObjects}.
 *
 * <p>All ends keep one contract: that of {@link dev.interleave.ipc.channel.Sender} and {@link
 * dev.interleave.ipc.channel.Receiver}.
 */
@NullMarked
package dev.interleave.ipc.channel;

import org.jspecify.annotations.NullMarked;
