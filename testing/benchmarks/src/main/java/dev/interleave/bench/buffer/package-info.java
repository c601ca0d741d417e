// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/** Benchmarks of {@code dev.interleave.buffer} against queues of the JDK, jox and Disruptor. */
@NullMarked
package dev.interleave.bench.buffer;

import org.jspecify.annotations.NullMarked;
