// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Messages between threads and processes, and objects that they share.
 *
 * <p>A {@link dev.interleave.ipc.channel.SharedObjectsHost} owns maps, lists, counters and values;
 * others use them through {@link dev.interleave.ipc.channel.SharedObjects}.
 */
@NullMarked
package dev.interleave.ipc.channel;

import org.jspecify.annotations.NullMarked;
