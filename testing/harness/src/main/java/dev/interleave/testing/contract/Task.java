// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

/** What an {@link Actor} does in one {@link Step} that has no result. */
@FunctionalInterface
public interface Task {
  /**
   * Does it.
   *
   * @throws Exception whatever it throws becomes the outcome of the step
   */
  void run() throws Exception;
}
