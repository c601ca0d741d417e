// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import java.util.HashSet;
import java.util.Set;

/**
 * Tells a failure that is new from one that was seen before: two are alike if they are of the same
 * type and come from the same place. Keeps a hundred of them; those beyond are all alike. For one
 * thread.
 */
final class Causes {
  private static final int MAX = 100;

  private final Set<String> seen = new HashSet<>();

  /** Whether it is the first of its kind. */
  boolean isNew(Throwable error) {
    StackTraceElement[] stack = error.getStackTrace();
    String key = error.getClass().getName() + (stack.length == 0 ? "" : " at " + stack[0]);
    return seen.add(seen.size() < MAX || seen.contains(key) ? key : "others");
  }
}
