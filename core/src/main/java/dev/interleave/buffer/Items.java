// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The items of a {@link LockedStore} in the order of their arrival, and in the order in which they
 * come out. Any item can be removed: in constant time or, with priorities, in logarithmic time.
 * Belongs to the lock.
 */
final class Items<E> {
  private final boolean lifo;
  private final @Nullable Heap<E> heap;
  private @Nullable Node<E> oldest;
  private @Nullable Node<E> newest;
  private int size;
  private long arrivals;

  Items(BoundedBuffer.Order<? super E> order) {
    lifo = order.isLifo();
    Comparator<? super E> comparator = order.comparator();
    heap = comparator == null ? null : new Heap<>(comparator);
  }

  /** What is to be sorted by, without the lock, to have {@link #all} in the right order. */
  @Nullable Comparator<Node<E>> sorting() {
    return heap == null ? null : heap::compare;
  }

  int size() {
    return size;
  }

  /**
   * Adds an item.
   *
   * @throws RuntimeException what the comparator throws; nothing has changed then
   */
  void add(Node<E> node) {
    node.number = arrivals;
    if (heap != null) {
      heap.add(node);
    }
    arrivals++;
    node.older = newest;
    if (newest == null) {
      oldest = node;
    } else {
      newest.newer = node;
    }
    newest = node;
    node.inside = true;
    size++;
  }

  /** The one that comes out next. */
  @Nullable Node<E> head() {
    if (heap != null) {
      return heap.head();
    }
    return lifo ? newest : oldest;
  }

  /** The one that has been inside longest. */
  @Nullable Node<E> oldest() {
    return oldest;
  }

  /**
   * Removes one that is inside.
   *
   * @throws RuntimeException what the comparator throws; nothing has changed then
   */
  void remove(Node<E> node) {
    if (heap != null) {
      heap.remove(node);
    }
    Node<E> before = node.older;
    Node<E> after = node.newer;
    if (before == null) {
      oldest = after;
    } else {
      before.newer = after;
    }
    if (after == null) {
      newest = before;
    } else {
      after.older = before;
    }
    node.older = null;
    node.newer = null;
    node.inside = false;
    size--;
  }

  /** All in the order in which they come out; with priorities, in that of their arrival. */
  List<Node<E>> all() {
    List<Node<E>> all = new ArrayList<>(size);
    for (Node<E> node = lifo ? newest : oldest;
        node != null;
        node = lifo ? node.older : node.newer) {
      all.add(node);
    }
    return all;
  }
}
