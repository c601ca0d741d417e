// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/** Examples of {@code dev.interleave.pool}. */
@NullMarked
package dev.interleave.examples.pool;

import org.jspecify.annotations.NullMarked;
