// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Lends objects, whatever they are, so many at a time and each to one at a time. */
final class PoolModel implements Model<PoolModel.Lent>, Insight {
  private static final String OPERATIONS = "acquire, tryAcquire, timedAcquire, release, lent";

  private final int size;

  PoolModel(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("size: " + size);
    }
    this.size = size;
  }

  /**
   * What is lent.
   *
   * @param objects the objects that are known
   * @param unknown how many others: those of calls that have not returned them
   */
  record Lent(Set<Object> objects, int unknown) {
    int count() {
      return objects.size() + unknown;
    }

    Lent plus(Object object) {
      Set<Object> more = new HashSet<>(objects);
      more.add(object);
      return new Lent(Set.copyOf(more), unknown);
    }

    Lent minus(Object object) {
      Set<Object> fewer = new HashSet<>(objects);
      fewer.remove(object);
      return new Lent(Set.copyOf(fewer), unknown);
    }

    @Override
    public String toString() {
      return "lent: "
          + Values.show(objects.stream().sorted(Comparator.comparing(Values::show)).toList())
          + (unknown == 0 ? "" : " and " + unknown + " more");
    }
  }

  @Override
  public Lent initial() {
    return new Lent(Set.of(), 0);
  }

  @Override
  public Transition<Lent> step(Lent state, Operation call) {
    return switch (call.name()) {
      case "acquire" -> acquire(state, call, Transition.blocked());
      case "tryAcquire" -> acquire(state, call, Transition.returning(null, state));
      case "timedAcquire" ->
          acquire(
              state,
              call,
              Transition.<Lent>timingOut(null, state)
                  .or(Transition.timingOutBy(TimeoutException.class, state)));
      case "release" -> release(state, call);
      case "lent" -> Transition.returning(state.count(), state);
      default -> throw call.unknown(OPERATIONS);
    };
  }

  /** Any object that is not lent may be; so only the one that was is looked at. */
  private Transition<Lent> acquire(Lent state, Operation call, Transition<Lent> whenAllLent) {
    if (state.count() == size) {
      return whenAllLent;
    }
    if (call.isPending()) {
      return Transition.returning(null, new Lent(state.objects, state.unknown + 1));
    }
    Object object = acquired(call);
    return object == null || state.objects.contains(object)
        ? Transition.blocked()
        : Transition.returning(object, state.plus(object));
  }

  private static Transition<Lent> release(Lent state, Operation call) {
    Object object = call.argument(0);
    if (object != null && state.objects.contains(object)) {
      return Transition.done(state.minus(object));
    }
    Transition<Lent> refused =
        Transition.<Lent>throwing(IllegalStateException.class, state)
            .or(Transition.throwing(IllegalArgumentException.class, state));
    // It may be what a call that has not returned has acquired, and handed to others.
    return state.unknown == 0
        ? refused
        : refused.or(Transition.done(new Lent(state.objects, state.unknown - 1)));
  }

  private static @Nullable Object acquired(Operation call) {
    return call.name().endsWith("cquire") && call.outcome() instanceof Outcome.Returned returned
        ? returned.value()
        : null;
  }

  private static boolean hasReleased(Operation call) {
    return call.name().equals("release") && !(call.outcome() instanceof Outcome.Threw);
  }

  @Override
  public boolean isReadOnly(Operation call) {
    return acquired(call) == null && !hasReleased(call);
  }

  @Override
  public boolean knowsThreads() {
    return false;
  }

  @Override
  public List<Group> groups(List<Operation> operations) {
    Map<Object, List<Integer>> objects = new LinkedHashMap<>();
    for (int i = 0; i < operations.size(); i++) {
      Operation call = operations.get(i);
      Object object = hasReleased(call) ? call.argument(0) : acquired(call);
      if (object != null) {
        objects.computeIfAbsent(object, o -> new ArrayList<>()).add(i);
      }
    }
    List<Group> groups = new ArrayList<>();
    for (List<Integer> indices : objects.values()) {
      BitSet calls = new BitSet();
      int lent = 0;
      boolean hasPending = false;
      for (int i : indices) {
        calls.set(i);
        lent += hasReleased(operations.get(i)) ? -1 : 1;
        hasPending |= operations.get(i).isPending();
      }
      groups.add(new Group(calls, lent == 0 && !hasPending));
    }
    return groups;
  }

  @Override
  public boolean survives(Operation readOnly) {
    return false;
  }
}
