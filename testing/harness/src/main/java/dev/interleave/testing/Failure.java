// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import org.jspecify.annotations.Nullable;

/**
 * What stands in a round's results in place of one, when there is none. Two are equal if they are
 * the same outcome, whatever the stack.
 */
record Failure(Object outcome, @Nullable Throwable cause) {

  static Failure thrown(String who, Throwable thrown) {
    return new Failure(new Stress.Thrown(who, thrown.getClass()), thrown);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Failure failure && outcome.equals(failure.outcome);
  }

  @Override
  public int hashCode() {
    return outcome.hashCode();
  }
}
