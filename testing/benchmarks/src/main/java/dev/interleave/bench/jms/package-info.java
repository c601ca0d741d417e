// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0

/** The transport over a message broker against the broker's own request and reply. */
@NullMarked
package dev.interleave.bench.jms;

import org.jspecify.annotations.NullMarked;
