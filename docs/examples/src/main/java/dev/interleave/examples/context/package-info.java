// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/** Examples of {@code dev.interleave.context}. */
@NullMarked
package dev.interleave.examples.context;

import org.jspecify.annotations.NullMarked;
