// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/** Examples of {@code dev.interleave.testing}. */
@NullMarked
package dev.interleave.examples.testing;

import org.jspecify.annotations.NullMarked;
