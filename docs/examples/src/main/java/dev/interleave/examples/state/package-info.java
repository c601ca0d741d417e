// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/** Examples of {@code dev.interleave.state}. */
@NullMarked
package dev.interleave.examples.state;

import org.jspecify.annotations.NullMarked;
