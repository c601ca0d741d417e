// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.state;

import dev.interleave.state.Confined;
import dev.interleave.state.ConfinedStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A list for many threads, of which one owns an {@code ArrayList}. Its length is that of the list,
 * not a number kept beside it; a miss is an {@code Optional} or an error of the caller.
 *
 * @param <E> the items
 */
final class SharedList<E> implements AutoCloseable {
  private final Confined<List<E>> items;

  SharedList(String name, int mailbox) {
    items = Confined.<List<E>>builder(ArrayList::new).name(name).capacity(mailbox).build();
  }

  /** Returns when the item is on its way; whoever reads afterwards sees it. */
  void append(E item) throws InterruptedException {
    var unused = items.submit(list -> list.add(item)); // an ArrayList takes everything
  }

  /** Whether the item was there. */
  boolean remove(E item) throws InterruptedException {
    return items.call(list -> list.remove(item));
  }

  /** The last item, taken out; empty if there is none. */
  Optional<E> pop() throws InterruptedException {
    return items.call(
        list -> list.isEmpty() ? Optional.<E>empty() : Optional.of(list.remove(list.size() - 1)));
  }

  E get(int index) throws InterruptedException {
    return items.call(list -> list.get(index));
  }

  /** A copy. */
  List<E> all() throws InterruptedException {
    return items.call(list -> List.<E>copyOf(list));
  }

  int size() throws InterruptedException {
    return items.call(list -> list.size());
  }

  ConfinedStats stats() {
    return items.stats();
  }

  /** What was appended is in the list before this returns. */
  @Override
  public void close() {
    items.close();
  }
}
