// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import dev.interleave.testing.contract.Waiting;
import java.util.function.BooleanSupplier;

/** Waits in tests, with a bound. */
final class Eventually {
  private Eventually() {}

  /** Waits until the condition holds; fails if it does not within the patience. */
  static void eventually(BooleanSupplier condition) {
    try {
      Waiting.until(
          condition,
          Knot.PATIENCE,
          () -> "not within " + Knot.PATIENCE + ": " + Diagnosis.report());
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }
}
