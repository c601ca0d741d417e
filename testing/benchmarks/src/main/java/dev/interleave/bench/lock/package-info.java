// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/** Benchmarks of {@code dev.interleave.lock} against the locks of the JDK. */
@NullMarked
package dev.interleave.bench.lock;

import org.jspecify.annotations.NullMarked;
