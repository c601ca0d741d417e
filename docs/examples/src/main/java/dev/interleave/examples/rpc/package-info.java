// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/** Examples of {@code dev.interleave.ipc.rpc} and what is served over it. */
@NullMarked
package dev.interleave.examples.rpc;

import org.jspecify.annotations.NullMarked;
