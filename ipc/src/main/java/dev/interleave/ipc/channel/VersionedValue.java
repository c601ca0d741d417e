// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import java.util.Objects;

/**
 * A shared value as it was at one moment.
 *
 * @param value what it was
 * @param version of this value of this element: no other value has the same, ever
 */
public record VersionedValue<T>(T value, long version) {
  /** Checks that there is a value. */
  public VersionedValue {
    Objects.requireNonNull(value, "value");
  }
}
