// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

/** What ends a {@link TestedScope}, and what it is joined for. */
public enum ScopePolicy {
  /**
   * All subtasks are to succeed: the first that fails cancels the scope, and {@code join} throws
   * what it threw, as a cause. What {@code join} returns else is not looked at.
   */
  ALL_SUCCESSFUL,

  /**
   * One subtask is to succeed: the first that does cancels the scope, and {@code join} returns its
   * result. If all fail, {@code join} throws what one of them threw, as a cause.
   */
  ANY_SUCCESSFUL,

  /** Nothing that a subtask does cancels the scope; {@code join} waits for all. */
  AWAIT_ALL
}
