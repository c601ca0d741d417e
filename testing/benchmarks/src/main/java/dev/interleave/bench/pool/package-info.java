// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/** Benchmarks of {@code dev.interleave.pool} against the executor of the JDK, bare and metered. */
@NullMarked
package dev.interleave.bench.pool;

import org.jspecify.annotations.NullMarked;
