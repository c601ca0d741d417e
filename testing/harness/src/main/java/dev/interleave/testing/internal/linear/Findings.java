// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.internal.linear;

import java.util.List;

/**
 * What a finished search found.
 *
 * @param moments the calls in the order in which they take effect, if there is a linearization
 * @param furthest if there is none: the first return that cannot be explained, counted from 0, or
 *     the number of returns if the calls that did not end cannot; otherwise negative
 * @param stops if there is none: all the ways to get to that return
 * @param <S> the states
 */
public record Findings<S>(List<Moment> moments, int furthest, List<Stop<S>> stops) {

  /**
   * A way to get to the return that cannot be explained.
   *
   * @param state the state there
   * @param done the calls that have taken effect and not ended
   */
  public record Stop<S>(S state, List<Integer> done) {}

  /** Tells whether there is a linearization. */
  public boolean linearizable() {
    return furthest < 0;
  }
}
