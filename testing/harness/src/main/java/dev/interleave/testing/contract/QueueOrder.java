// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** The order in which the elements of a queue come out of it. */
public enum QueueOrder {
  /** As they went in. */
  FIFO {
    @Override
    List<Long> of(List<Long> inserted) {
      return List.copyOf(inserted);
    }
  },

  /** The other way round: the last one in is the first one out. */
  LIFO {
    @Override
    List<Long> of(List<Long> inserted) {
      List<Long> order = new ArrayList<>(inserted);
      Collections.reverse(order);
      return order;
    }
  },

  /** The least of those inside comes first. */
  LEAST_FIRST {
    @Override
    List<Long> of(List<Long> inserted) {
      return inserted.stream().sorted().toList();
    }
  },

  /** No order is promised. */
  UNSPECIFIED {
    @Override
    List<Long> of(List<Long> inserted) {
      throw new UnsupportedOperationException("no order is promised");
    }
  };

  /** Returns elements that went in, one after the other, as they come out when no more go in. */
  abstract List<Long> of(List<Long> inserted);

  /** Tells whether an iterator is expected to go through the elements in this order, too. */
  boolean isOrderOfIteration() {
    return this == FIFO || this == LIFO;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
