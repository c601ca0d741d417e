// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.time.Duration;

/** What all kits have in common: how long they wait, and how long they stress. */
abstract class Contract {
  static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(30);

  /**
   * Returns how long any single wait of a test may take before the test fails. It is a watch-dog:
   * no test of a correct implementation comes near it, on the slowest machine. Shorten it only
   * where tests are meant to fail.
   *
   * @return the patience; 30 seconds unless overridden
   */
  protected Duration patience() {
    return DEFAULT_PATIENCE;
  }

  /**
   * Returns how long each stress test keeps going, per kind of thread.
   *
   * @return the time; 200 milliseconds unless overridden
   */
  protected Duration stressTime() {
    return Duration.ofMillis(200);
  }
}
