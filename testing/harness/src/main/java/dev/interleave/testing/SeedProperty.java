// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The value of the system property {@code interleave.seed}: a seed, or a seed and a round. */
record SeedProperty(long seed, OptionalLong round) {

  static @Nullable SeedProperty read(@Nullable String value) {
    if (value == null) {
      return null;
    }
    try {
      int colon = value.indexOf(':');
      if (colon < 0) {
        return new SeedProperty(Long.parseLong(value.strip()), OptionalLong.empty());
      }
      long round = Long.parseLong(value.substring(colon + 1).strip());
      if (round >= 0) {
        return new SeedProperty(
            Long.parseLong(value.substring(0, colon).strip()), OptionalLong.of(round));
      }
    } catch (NumberFormatException e) {
      throw malformed(value, e);
    }
    throw malformed(value, null);
  }

  private static IllegalArgumentException malformed(String value, @Nullable Exception cause) {
    return new IllegalArgumentException(
        Stress.SEED_PROPERTY
            + ": \""
            + value
            + "\" is neither a seed nor a seed and a round such as 42:17",
        cause);
  }
}
