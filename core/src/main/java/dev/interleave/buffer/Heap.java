// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A binary heap whose nodes know their places, least first; equal ones in the order of their
 * arrival. It compares before it moves anything, so that a comparator which throws leaves it as it
 * was.
 */
final class Heap<E> {
  private final Comparator<? super E> order;
  private final List<Node<E>> nodes = new ArrayList<>();

  Heap(Comparator<? super E> order) {
    this.order = order;
  }

  @Nullable Node<E> head() {
    return nodes.isEmpty() ? null : nodes.get(0);
  }

  void add(Node<E> node) {
    int to = above(nodes.size(), node);
    nodes.add(node); // if memory is short, it is here
    shiftDown(nodes.size() - 1, to);
    set(to, node);
  }

  void remove(Node<E> node) {
    int hole = node.place;
    int end = nodes.size() - 1;
    Node<E> last = nodes.get(end);
    if (hole < end) {
      int to = below(hole, last, end);
      if (to == hole) {
        to = above(hole, last);
        shiftDown(hole, to);
      } else {
        shiftUp(hole, to);
      }
      set(to, last);
    }
    nodes.remove(end);
  }

  /** Where a node belongs on the way from a place to the root. */
  private int above(int place, Node<E> node) {
    int to = place;
    while (to > 0 && isBefore(node, nodes.get(parent(to)))) {
      to = parent(to);
    }
    return to;
  }

  /** Where a node belongs on the way down from a place, always to the lesser child. */
  private int below(int place, Node<E> node, int end) {
    int to = place;
    while (true) {
      int child = 2 * to + 1;
      if (child >= end) {
        return to;
      }
      if (child + 1 < end && isBefore(nodes.get(child + 1), nodes.get(child))) {
        child++;
      }
      if (!isBefore(nodes.get(child), node)) {
        return to;
      }
      to = child;
    }
  }

  /** Moves each node between a place and its ancestor one step down, which frees the ancestor. */
  private void shiftDown(int place, int ancestor) {
    for (int at = place; at != ancestor; at = parent(at)) {
      set(at, nodes.get(parent(at)));
    }
  }

  /** Moves each node between an ancestor and a place one step up, which frees the place. */
  private void shiftUp(int ancestor, int place) {
    Node<E> moving = nodes.get(place);
    for (int at = place; at != ancestor; at = parent(at)) {
      Node<E> next = nodes.get(parent(at));
      set(parent(at), moving);
      moving = next;
    }
  }

  private void set(int place, Node<E> node) {
    nodes.set(place, node);
    node.place = place;
  }

  private static int parent(int place) {
    return (place - 1) >>> 1;
  }

  private boolean isBefore(Node<E> a, Node<E> b) {
    return compare(a, b) < 0;
  }

  /** Needs no lock: what it looks at does not change. */
  int compare(Node<E> a, Node<E> b) {
    int difference = order.compare(a.item, b.item);
    return difference != 0 ? difference : Long.compare(a.number, b.number);
  }
}
