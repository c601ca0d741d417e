// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/** Examples of {@code dev.interleave.diagnose}. */
@NullMarked
package dev.interleave.examples.diagnose;

import org.jspecify.annotations.NullMarked;
