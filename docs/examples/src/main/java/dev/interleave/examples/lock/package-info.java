// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/** Examples of {@code dev.interleave.lock}. */
@NullMarked
package dev.interleave.examples.lock;

import org.jspecify.annotations.NullMarked;
