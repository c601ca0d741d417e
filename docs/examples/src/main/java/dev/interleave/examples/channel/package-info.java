// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/** Examples of {@code dev.interleave.ipc.channel}. */
@NullMarked
package dev.interleave.examples.channel;

import org.jspecify.annotations.NullMarked;
