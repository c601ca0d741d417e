// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.testing;

import org.jspecify.annotations.Nullable;

/**
 * A bounded buffer: what is put in comes out once, in the same order. Thread-safe; items must not
 * be null.
 *
 * @param <E> the items
 */
interface Buffer<E> {
  /** Puts an item in; waits while the buffer is full. */
  void put(E item) throws InterruptedException;

  /** Takes the eldest item out; waits while the buffer is empty. */
  E take() throws InterruptedException;

  /** Takes the eldest item out; returns null if there is none. */
  @Nullable E poll();
}
