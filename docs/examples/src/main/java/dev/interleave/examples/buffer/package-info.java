// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/** Examples of {@code dev.interleave.buffer}. */
@NullMarked
package dev.interleave.examples.buffer;

import org.jspecify.annotations.NullMarked;
