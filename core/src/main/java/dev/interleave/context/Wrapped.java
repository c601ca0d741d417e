// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import org.jspecify.annotations.Nullable;

/** What wrapped tasks of all shapes say about themselves. */
final class Wrapped {
  private Wrapped() {}

  static String toString(Object task, @Nullable Context context) {
    return Shown.of(task) + " in " + (context == null ? Context.empty() : context);
  }
}
