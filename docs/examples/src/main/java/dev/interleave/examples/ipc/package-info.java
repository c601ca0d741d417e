// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/** Examples of {@code dev.interleave.ipc}. */
@NullMarked
package dev.interleave.examples.ipc;

import org.jspecify.annotations.NullMarked;
