// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * State that several threads share, without a lock of one's own around it.
 *
 * <p>{@link dev.interleave.state.Confined} gives mutable state to one thread and lets the others
 * send it functions; {@link dev.interleave.state.VersionedState} holds an immutable value that is
 * replaced as a whole, and numbers the replacements. The guide is {@code docs/state.md}.
 */
@NullMarked
package dev.interleave.state;

import org.jspecify.annotations.NullMarked;
