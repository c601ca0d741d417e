// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Races on {@link dev.interleave.context.Context}: how it is published, and that what one thread
 * does with it is nothing to another one.
 */
@NullMarked
package dev.interleave.jcstress.context;

import org.jspecify.annotations.NullMarked;
