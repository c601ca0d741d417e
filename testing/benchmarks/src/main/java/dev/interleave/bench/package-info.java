// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * What all benchmarks share: {@link dev.interleave.bench.Main} runs a suite in rounds, and what it
 * measured becomes JSON, Markdown tables and SVG plots. Each suite has a package of its own, named
 * after the package it measures.
 */
@NullMarked
package dev.interleave.bench;

import org.jspecify.annotations.NullMarked;
