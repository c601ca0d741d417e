// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

/** What {@link Faults} throw where the program has no exception of its own for it. */
public final class InjectedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  InjectedException(String message) {
    super(message);
  }
}
