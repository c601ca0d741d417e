// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

import java.util.Objects;

/**
 * A value and which version of the state it is: the two belong together. Immutable if the value is.
 *
 * @param version 0 for the value the state began with, one more for each that followed
 * @param value the value
 * @param <T> the type of the value
 */
public record Versioned<T>(long version, T value) {
  /**
   * Checks the components.
   *
   * @throws NullPointerException if {@code value} is null
   * @throws IllegalArgumentException if {@code version} is negative
   */
  public Versioned {
    Objects.requireNonNull(value, "value");
    if (version < 0) {
      throw new IllegalArgumentException("version is negative: " + version);
    }
  }
}
