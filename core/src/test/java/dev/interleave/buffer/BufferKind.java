// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import dev.interleave.buffer.BoundedBuffer.Order;
import java.util.Comparator;

/** The kinds of buffers that a test is to go through. */
enum BufferKind {
  RING,
  RESIZABLE,
  FAIR,
  LIFO,
  PRIORITY,
  WEIGHTED;

  /** A builder of this kind for items that compare. */
  <E extends Comparable<E>> BoundedBuffer.Builder<E> builder(int capacity) {
    BoundedBuffer.Builder<E> builder = BoundedBuffer.<E>builder(capacity).name("jobs");
    return switch (this) {
      case RING -> builder;
      case RESIZABLE -> builder.resizable(true);
      case FAIR -> builder.fair(true);
      case LIFO -> builder.order(Order.LIFO);
      case PRIORITY -> builder.order(Order.<E>priority(Comparator.naturalOrder()));
      case WEIGHTED -> builder.weigher(item -> 1, capacity);
    };
  }

  <E extends Comparable<E>> BoundedBuffer<E> create(int capacity) {
    return this.<E>builder(capacity).build();
  }
}
