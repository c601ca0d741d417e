// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import org.jspecify.annotations.Nullable;

/**
 * What is done with each item of a {@link Batch} or in a stage of a {@link Pipeline}: a function
 * that may throw.
 *
 * <p>Called by several threads at once, unless its user says otherwise. An interrupt means that
 * nobody wants the result any more: it should end soon then, by throwing {@link
 * InterruptedException}, say.
 *
 * @param <T> the items
 * @param <R> the results
 */
@FunctionalInterface
public interface Work<T, R extends @Nullable Object> {
  /**
   * Does it.
   *
   * @param input an item, not null
   * @throws Exception is the failure of this item
   */
  R apply(T input) throws Exception;
}
