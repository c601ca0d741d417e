// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Runnable examples that assert what they show, and {@link dev.interleave.examples.Tour}, which
 * runs them all. There is a package of examples for each package of the library, by the same name.
 */
@NullMarked
package dev.interleave.examples;

import org.jspecify.annotations.NullMarked;
