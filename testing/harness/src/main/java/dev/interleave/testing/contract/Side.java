// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.List;
import java.util.Locale;

/**
 * What is acquired, and what stands in its way: a parameter of the tests that hold for every lock.
 */
public enum Side {
  /** An exclusive lock; in its way stands another holder of the same. */
  EXCLUSIVE,

  /** A write lock; in its way stand readers. */
  EXCLUSIVE_BEHIND_SHARED,

  /** A read lock; in its way stands a writer. */
  SHARED_BEHIND_EXCLUSIVE;

  /** Returns the sides that there are for the locks of a kit. */
  static List<Side> of(Class<?> kit) {
    return ReadWriteLockContract.class.isAssignableFrom(kit)
        ? List.of(values())
        : List.of(EXCLUSIVE);
  }

  /** Returns the side as it stands in the display name of a test. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
