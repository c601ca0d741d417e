// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Benchmarks of {@code dev.interleave.context} against thread-locals, {@code ScopedValue}, and what
 * else carries values from thread to thread.
 */
@NullMarked
package dev.interleave.bench.context;

import org.jspecify.annotations.NullMarked;
