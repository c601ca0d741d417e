// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/** Examples of {@code dev.interleave.lifecycle}. */
@NullMarked
package dev.interleave.examples.lifecycle;

import org.jspecify.annotations.NullMarked;
