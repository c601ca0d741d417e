// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/** What the packages of this module share, and nobody else. */
@NullMarked
package dev.interleave.ipc.internal;

import org.jspecify.annotations.NullMarked;
