// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.Map;

/** What the thread-locals of a registry held, by key; those that held nothing are not there. */
record RegisteredValues(Map<Object, Object> values) {
  /** Told apart by identity: what was captured twice may have changed inside. */
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  /** The keys: nobody has said whether the values are secret. */
  @Override
  public String toString() {
    return values.keySet().toString();
  }
}
