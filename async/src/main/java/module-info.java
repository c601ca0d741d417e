// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Structured tasks, limits, resources, event loop and streams. The package says what it will hold;
 * it is exported with its first type.
 */
module dev.interleave.async {
  requires static org.jspecify;
}
