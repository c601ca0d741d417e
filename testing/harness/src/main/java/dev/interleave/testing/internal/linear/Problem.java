// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.internal.linear;

import java.util.List;

/**
 * What the sequential model says of the numbered calls of a {@link Timeline}.
 *
 * @param <S> the states: immutable, with {@code equals} and {@code hashCode}
 */
public interface Problem<S> {
  /** Returns the state before all calls. */
  S initial();

  /**
   * Adds the states that a call can lead to from a state, ending as it did in the history, or in
   * any way if it has not ended. Adds nothing if the model does not allow that.
   */
  void successors(S state, int call, List<S> into);

  /** Tells whether a call that has not ended has to wait in a state. */
  boolean waits(S state, int call);
}
