// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/** Benchmarks of {@code dev.interleave.state} against what the JDK has for the same purpose. */
@NullMarked
package dev.interleave.bench.state;

import org.jspecify.annotations.NullMarked;
