// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0

/** What the harness costs. */
@NullMarked
package dev.interleave.speed;

import org.jspecify.annotations.NullMarked;
