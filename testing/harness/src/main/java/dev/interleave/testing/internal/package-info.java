// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/** Parts of the harness that know nothing of its public types. Not exported. */
@NullMarked
package dev.interleave.testing.internal;

import org.jspecify.annotations.NullMarked;
