// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Benchmarks of watched and ordered locks, and of deadlock detection, against the JDK and Guava.
 */
@NullMarked
package dev.interleave.bench.diagnose;

import org.jspecify.annotations.NullMarked;
