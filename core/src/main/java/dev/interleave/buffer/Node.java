// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import org.jspecify.annotations.Nullable;

/**
 * An item in a {@link LockedStore}: a link of the list in order of arrival and, if there are
 * priorities, a place in the heap. All but the item and its weight belong to the lock.
 */
final class Node<E> implements Store.Entry<E> {
  final E item;
  final long weight;

  /** The number of its arrival, which keeps equal priorities in order; set before it is inside. */
  long number;

  @Nullable Node<E> older;
  @Nullable Node<E> newer;
  int place;
  boolean inside;

  Node(E item, long weight) {
    this.item = item;
    this.weight = weight;
  }

  @Override
  public E item() {
    return item;
  }
}
