// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** First in, first out; or last in, first out. */
final class QueueModel extends ItemsModel<Chain> {
  private final boolean fifo;

  QueueModel(int capacity, boolean fifo) {
    super(capacity);
    this.fifo = fifo;
  }

  @Override
  boolean isFifo() {
    return fifo;
  }

  @Override
  public Chain initial() {
    return Chain.EMPTY;
  }

  @Override
  int size(Chain state) {
    return state.size();
  }

  @Override
  Chain plus(Chain state, Object item) {
    return state.plus(item);
  }

  @Override
  List<Object> heads(Chain state) {
    if (state.isEmpty()) {
      return List.of();
    }
    return List.of(requireNonNull(fifo ? state.first() : state.last()));
  }

  @Override
  Chain minus(Chain state, Object head) {
    return fifo ? state.withoutFirst() : state.withoutLast();
  }
}
