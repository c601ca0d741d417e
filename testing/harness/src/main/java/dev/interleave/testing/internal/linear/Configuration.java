// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.internal.linear;

import java.util.Arrays;

/**
 * How far a search has come on one way: the return it stands at, the open calls that have taken
 * effect, and the state.
 */
final class Configuration<S> {
  final int at;
  final long[] done;
  final S state;
  private final int hash;

  Configuration(int at, long[] done, S state) {
    this.at = at;
    this.done = done;
    this.state = state;
    int mixed = (state.hashCode() * 31 + Arrays.hashCode(done)) * 31 + at;
    this.hash = mixed ^ (mixed >>> 15);
  }

  boolean isDone(int slot) {
    return (done[slot >>> 6] & (1L << slot)) != 0;
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Configuration<?> that
        && hash == that.hash
        && at == that.at
        && Arrays.equals(done, that.done)
        && state.equals(that.state);
  }
}
