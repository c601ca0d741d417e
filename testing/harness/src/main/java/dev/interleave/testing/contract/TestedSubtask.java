// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import org.jspecify.annotations.Nullable;

/**
 * A task forked in a {@link TestedScope}, in the shape of {@code StructuredTaskScope.Subtask} of
 * JDK 25.
 *
 * @param <T> the type of its result
 */
public interface TestedSubtask<T extends @Nullable Object> {

  /** How a subtask ended, if it did. */
  enum State {
    /** It has not ended, ended after the scope was cancelled, or was never begun. */
    UNAVAILABLE,

    /** It has a result. */
    SUCCESS,

    /** It threw something. */
    FAILED
  }

  /**
   * Returns its state.
   *
   * @return how it ended
   */
  State state();

  /**
   * Returns its result.
   *
   * @return what the task returned, which may be null
   * @throws IllegalStateException if it has none, or the owner of the scope has not joined
   */
  T get();

  /**
   * Returns what it threw.
   *
   * @return what the task threw
   * @throws IllegalStateException if it threw nothing, or the owner of the scope has not joined
   */
  Throwable exception();
}
