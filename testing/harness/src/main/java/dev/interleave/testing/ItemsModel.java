// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import dev.interleave.testing.internal.linear.Hints;
import dev.interleave.testing.internal.linear.Timeline;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A queue of any order: what can be put in and taken out. Which items may be next is for the
 * subclass to say.
 *
 * @param <S> the states
 */
abstract class ItemsModel<S> implements Model<S>, Insight {
  static final String OPERATIONS =
      "put, offer, timedOffer, add, push, take, poll, timedPoll, remove, pop, peek, element, size,"
          + " isEmpty, remainingCapacity";

  private final int capacity;

  ItemsModel(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity: " + capacity);
    }
    this.capacity = capacity;
  }

  abstract int size(S state);

  abstract S plus(S state, Object item);

  /** Returns the items that may be taken next, each once; none if it is empty. */
  abstract List<Object> heads(S state);

  /** Returns the state without one of the {@link #heads}. */
  abstract S minus(S state, Object head);

  /** Tells whether the items come out in the order in which they came in. */
  boolean isFifo() {
    return false;
  }

  @Override
  public Transition<S> step(S state, Operation call) {
    return switch (call.name()) {
      case "put" -> insert(state, call, Transition.blocked());
      case "offer" -> insert(state, call, Transition.returning(false, state));
      case "timedOffer" -> insert(state, call, Transition.timingOut(false, state));
      case "add", "push" ->
          insert(state, call, Transition.throwing(IllegalStateException.class, state));
      case "take" -> remove(state, Transition.blocked());
      case "poll" -> remove(state, Transition.returning(null, state));
      case "timedPoll" -> remove(state, Transition.timingOut(null, state));
      case "remove", "pop" ->
          remove(state, Transition.throwing(NoSuchElementException.class, state));
      case "peek" -> look(state, Transition.returning(null, state));
      case "element" -> look(state, Transition.throwing(NoSuchElementException.class, state));
      case "size" -> Transition.returning(size(state), state);
      case "isEmpty" -> Transition.returning(size(state) == 0, state);
      case "remainingCapacity" ->
          Transition.returning(
              capacity == Integer.MAX_VALUE ? capacity : capacity - size(state), state);
      default -> throw call.unknown(OPERATIONS);
    };
  }

  private Transition<S> insert(S state, Operation call, Transition<S> whenFull) {
    Object item = call.argument(0);
    if (item == null) {
      return Transition.throwing(NullPointerException.class, state);
    }
    if (size(state) == capacity) {
      return whenFull;
    }
    S next = plus(state, item);
    return returnsNothing(call.name()) ? Transition.done(next) : Transition.returning(true, next);
  }

  private Transition<S> remove(S state, Transition<S> whenEmpty) {
    Transition<S> step = Transition.blocked();
    for (Object head : heads(state)) {
      step = step.or(Transition.returning(head, minus(state, head)));
    }
    return size(state) == 0 ? whenEmpty : step;
  }

  private Transition<S> look(S state, Transition<S> whenEmpty) {
    Transition<S> step = Transition.blocked();
    for (Object head : heads(state)) {
      step = step.or(Transition.returning(head, state));
    }
    return size(state) == 0 ? whenEmpty : step;
  }

  private static boolean returnsNothing(String name) {
    return name.equals("put") || name.equals("push");
  }

  private static boolean isInsertion(Operation call) {
    return switch (call.name()) {
      case "put", "offer", "timedOffer", "add", "push" -> true;
      default -> false;
    };
  }

  private static boolean isRemoval(Operation call) {
    return switch (call.name()) {
      case "take", "poll", "timedPoll", "remove", "pop" -> true;
      default -> false;
    };
  }

  private static boolean hasInserted(Operation call) {
    if (!isInsertion(call)) {
      return false;
    }
    return returnsNothing(call.name())
        ? returned(call) == null && !(call.outcome() instanceof Outcome.Threw)
        : Boolean.TRUE.equals(returned(call));
  }

  /** Returns what the call returned, or null. */
  private static @Nullable Object returned(Operation call) {
    return call.outcome() instanceof Outcome.Returned returned ? returned.value() : null;
  }

  @Override
  public boolean isReadOnly(Operation call) {
    return !hasInserted(call) && !(isRemoval(call) && returned(call) != null);
  }

  @Override
  public boolean knowsThreads() {
    return false;
  }

  @Override
  public boolean survives(Operation readOnly) {
    return switch (readOnly.name()) {
      case "poll", "timedPoll" -> returned(readOnly) == null;
      case "peek" -> true; // an item belongs to a group
      case "element", "remove", "pop" ->
          !(readOnly.outcome() instanceof Outcome.Threw threw)
              || threw.is(NoSuchElementException.class);
      case "isEmpty" -> Boolean.TRUE.equals(returned(readOnly));
      default -> false;
    };
  }

  /** The calls about one item. */
  private static final class Item {
    final BitSet calls = new BitSet();
    final List<Integer> insertions = new ArrayList<>();
    final List<Integer> removals = new ArrayList<>();
    boolean hasPending;
  }

  private static Map<Object, Item> items(List<Operation> operations) {
    Map<Object, Item> items = new LinkedHashMap<>();
    for (int i = 0; i < operations.size(); i++) {
      Operation call = operations.get(i);
      Object value = isInsertion(call) ? call.argument(0) : returned(call);
      boolean isAboutItem =
          isInsertion(call)
              ? call.isPending() || hasInserted(call)
              : isRemoval(call) || call.name().equals("peek") || call.name().equals("element");
      if (value == null || !isAboutItem) {
        continue;
      }
      Item item = items.computeIfAbsent(value, v -> new Item());
      item.calls.set(i);
      item.hasPending |= call.isPending();
      if (isInsertion(call)) {
        item.insertions.add(i);
      } else if (isRemoval(call)) {
        item.removals.add(i);
      }
    }
    return items;
  }

  @Override
  public List<Group> groups(List<Operation> operations) {
    return items(operations).values().stream()
        .map(item ->
            new Group(
                item.calls, !item.hasPending && item.insertions.size() == item.removals.size()))
        .toList();
  }

  /**
   * Of a queue: items come out in the order they went in. An item put in once and taken out once is
   * taken between the beginning and the end of the call that took it. Of one never seen to be
   * taken, it is known that it comes out later than those that were, unless a pending call has
   * taken it.
   */
  @Override
  public void orderEffects(List<Operation> operations, Hints hints) {
    if (!isFifo()) {
      return;
    }
    int firstPending =
        operations.stream()
            .filter(call -> isRemoval(call) && call.isPending())
            .mapToInt(Operation::start)
            .findFirst()
            .orElse(Timeline.NEVER);
    for (Item item : items(operations).values()) {
      if (item.insertions.size() == 1 && item.removals.size() <= 1) {
        int insertion = item.insertions.get(0);
        if (item.removals.isEmpty()) {
          hints.orderedBy(insertion, firstPending, Timeline.NEVER);
        } else {
          Operation removal = operations.get(item.removals.get(0));
          hints.orderedBy(insertion, removal.start(), removal.end());
        }
      }
    }
  }
}
