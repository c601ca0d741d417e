// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * The search for a linearization, the shrinking of what has none, and its drawing; on numbered
 * calls and states of any type, so that it knows neither histories nor models.
 */
@NullMarked
package dev.interleave.testing.internal.linear;

import org.jspecify.annotations.NullMarked;
