// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The smallest item first; of several, any. */
final class PriorityQueueModel extends ItemsModel<PriorityQueueModel.Bag> {
  private final Comparator<Object> order;

  /** Items in ascending order, those of equal rank in any. Bags of the same items are equal. */
  static final class Bag {
    private final List<Object> items;
    private final int hash;

    private Bag(List<Object> items) {
      this.items = items;
      this.hash = items.stream().mapToInt(item -> item.hashCode() * 0x9E3779B1).sum();
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      if (!(other instanceof Bag that) || hash != that.hash || items.size() != that.items.size()) {
        return false;
      }
      if (items.equals(that.items)) {
        return true;
      }
      List<Object> rest = new ArrayList<>(that.items);
      return items.stream().allMatch(rest::remove);
    }

    @Override
    public String toString() {
      return Values.show(items);
    }
  }

  PriorityQueueModel(int capacity, Comparator<Object> order) {
    super(capacity);
    this.order = order;
  }

  @Override
  public Bag initial() {
    return new Bag(List.of());
  }

  @Override
  int size(Bag state) {
    return state.items.size();
  }

  @Override
  Bag plus(Bag state, Object item) {
    int found = Collections.binarySearch(state.items, item, order);
    List<Object> items = new ArrayList<>(state.items);
    items.add(found < 0 ? -found - 1 : found, item);
    return new Bag(items);
  }

  @Override
  List<Object> heads(Bag state) {
    LinkedHashSet<Object> heads = new LinkedHashSet<>();
    for (Object item : state.items) {
      if (order.compare(state.items.get(0), item) != 0) {
        break;
      }
      heads.add(item);
    }
    return List.copyOf(heads);
  }

  @Override
  Bag minus(Bag state, Object head) {
    List<Object> items = new ArrayList<>(state.items);
    items.remove(head);
    return new Bag(items);
  }
}
