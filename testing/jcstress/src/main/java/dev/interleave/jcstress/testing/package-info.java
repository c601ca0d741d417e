// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0

/** What says something about the tests, not about a type of the library. */
@NullMarked
package dev.interleave.jcstress.testing;

import org.jspecify.annotations.NullMarked;
