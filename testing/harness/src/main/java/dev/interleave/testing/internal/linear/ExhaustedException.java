// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.internal.linear;

import java.io.Serial;

/** A search was given up: nothing is known. */
public final class ExhaustedException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  ExhaustedException(String why) {
    super(why, null, false, false);
  }

  /** Returns which budget is spent. */
  public String why() {
    return String.valueOf(getMessage());
  }
}
