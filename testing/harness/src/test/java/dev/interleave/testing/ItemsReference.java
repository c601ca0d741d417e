// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.ArrayDeque;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.NullMarked;

/** A queue, a stack or a priority queue, in which two numbers each have the same rank. */
@NullMarked
final class ItemsReference implements Reference {
  enum Order {
    FIFO,
    LIFO,
    PRIORITY
  }

  private final int capacity;
  private final Order order;
  private final ArrayDeque<Object> items = new ArrayDeque<>();

  ItemsReference(int capacity, Order order) {
    this.capacity = capacity;
    this.order = order;
  }

  @Override
  public Call random(Random random) {
    Object item = random.nextInt(4);
    return Reference.pick(
        random,
        new Call("put", item),
        new Call("put", item),
        new Call("offer", item),
        new Call("timedOffer", item),
        new Call("add", item),
        new Call("push", item),
        new Call("take"),
        new Call("take"),
        new Call("poll"),
        new Call("timedPoll"),
        new Call("remove"),
        new Call("pop"),
        new Call("peek"),
        new Call("element"),
        new Call("size"),
        new Call("isEmpty"),
        new Call("remainingCapacity"));
  }

  @Override
  public List<Outcome> outcomes(String thread, Call call) {
    boolean full = items.size() == capacity;
    return switch (call.name()) {
      case "put" -> full ? List.of() : List.of(DONE);
      case "offer", "timedOffer" -> List.of(full ? FALSE : TRUE);
      case "add" -> List.of(full ? Outcome.threw(IllegalStateException.class) : TRUE);
      case "push" -> List.of(full ? Outcome.threw(IllegalStateException.class) : DONE);
      case "take" -> next();
      case "poll", "timedPoll", "peek" -> items.isEmpty() ? List.of(NULL) : next();
      case "remove", "pop", "element" ->
          items.isEmpty() ? List.of(Outcome.threw(NoSuchElementException.class)) : next();
      case "size" -> List.of(Outcome.returned(items.size()));
      case "isEmpty" -> List.of(Outcome.returned(items.isEmpty()));
      default ->
          List.of(
              Outcome.returned(capacity == Integer.MAX_VALUE ? capacity : capacity - items.size()));
    };
  }

  private List<Outcome> next() {
    Predicate<Object> isNext =
        switch (order) {
          case FIFO -> item -> item.equals(items.peekFirst());
          case LIFO -> item -> item.equals(items.peekLast());
          case PRIORITY ->
              item -> items.stream().allMatch(other -> (int) other / 2 >= (int) item / 2);
        };
    return items.stream().filter(isNext).distinct().map(Outcome::returned).toList();
  }

  @Override
  public void apply(String thread, Call call, Outcome outcome) {
    switch (call.name()) {
      case "put", "push", "offer", "timedOffer", "add" -> {
        if (outcome.equals(DONE) || outcome.equals(TRUE)) {
          items.addLast(Objects.requireNonNull(call.argument()));
        }
      }
      case "take", "poll", "timedPoll", "remove", "pop" -> {
        if (outcome instanceof Outcome.Returned returned && returned.value() != null) {
          if (order == Order.LIFO) {
            items.removeLast();
          } else {
            items.removeFirstOccurrence(returned.value());
          }
        }
      }
      default -> {}
    }
  }

  @Override
  public Reference copy() {
    ItemsReference copy = new ItemsReference(capacity, order);
    copy.items.addAll(items);
    return copy;
  }

  @Override
  public Outcome invent(Call call, Random random) {
    return switch (call.name()) {
      case "put" -> DONE;
      case "push" -> Reference.pick(random, DONE, Outcome.threw(IllegalStateException.class));
      case "add" -> Reference.pick(random, TRUE, Outcome.threw(IllegalStateException.class));
      case "offer", "timedOffer", "isEmpty" -> Reference.pick(random, TRUE, FALSE);
      case "poll", "timedPoll", "peek" ->
          random.nextInt(3) == 0 ? NULL : Outcome.returned(random.nextInt(4));
      case "remove", "pop", "element" ->
          random.nextInt(3) == 0
              ? Outcome.threw(NoSuchElementException.class)
              : Outcome.returned(random.nextInt(4));
      default -> Outcome.returned(random.nextInt(4));
    };
  }
}
