// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
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
   * @param unknown the others, those of calls that have not returned them: how many there are for
   *     each set of objects that they cannot be
   */
  record Lent(Set<Object> objects, Map<Set<Object>, Integer> unknown) {
    int count() {
      return objects.size() + unknown.values().stream().mapToInt(Integer::intValue).sum();
    }

    Lent plus(Object object) {
      Set<Object> more = new HashSet<>(objects);
      more.add(object);
      return new Lent(Set.copyOf(more), unknown).noUnknownIs(object);
    }

    Lent minus(Object object) {
      Set<Object> fewer = new HashSet<>(objects);
      fewer.remove(object);
      return new Lent(Set.copyOf(fewer), unknown);
    }

    Lent plusUnknown() {
      Map<Set<Object>, Integer> more = new HashMap<>(unknown);
      more.merge(objects, 1, Integer::sum); // it is none of those that are lent already
      return new Lent(objects, Map.copyOf(more));
    }

    /** What is left without one that was {@code object}; the others are not. */
    Lent minusUnknown(Set<Object> not, Object object) {
      Map<Set<Object>, Integer> fewer = new HashMap<>(unknown);
      fewer.computeIfPresent(not, (key, count) -> count == 1 ? null : count - 1);
      return new Lent(objects, fewer).noUnknownIs(object);
    }

    Lent noUnknownIs(Object object) {
      Map<Set<Object>, Integer> same = new HashMap<>();
      unknown.forEach((not, count) -> {
        Set<Object> more = new HashSet<>(not);
        more.add(object);
        same.merge(Set.copyOf(more), count, Integer::sum);
      });
      return new Lent(objects, Map.copyOf(same));
    }

    @Override
    public String toString() {
      int others = count() - objects.size();
      return "lent: " + show(objects) + (others == 0 ? "" : " and " + others + " more");
    }

    private static String show(Set<Object> objects) {
      return Values.show(objects.stream().sorted(Comparator.comparing(Values::show)).toList());
    }
  }

  @Override
  public Lent initial() {
    return new Lent(Set.of(), Map.of());
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
      return Transition.returning(null, state.plusUnknown());
    }
    Object object = acquired(call);
    return object == null || state.objects.contains(object)
        ? Transition.blocked()
        : Transition.returning(object, state.plus(object));
  }

  private static Transition<Lent> release(Lent state, Operation call) {
    Object object = call.argument(0);
    if (object == null) {
      return refused(state);
    }
    if (state.objects.contains(object)) {
      return Transition.done(state.minus(object));
    }
    // It may be what a call that has not returned has acquired, and handed to others; or not.
    Transition<Lent> ways = refused(state.noUnknownIs(object));
    for (Set<Object> not : state.unknown.keySet()) {
      if (!not.contains(object)) {
        ways = ways.or(Transition.done(state.minusUnknown(not, object)));
      }
    }
    return ways;
  }

  private static Transition<Lent> refused(Lent state) {
    return Transition.<Lent>throwing(IllegalStateException.class, state)
        .or(Transition.throwing(IllegalArgumentException.class, state));
  }

  private static @Nullable Object acquired(Operation call) {
    return call.name().endsWith("cquire") && call.outcome() instanceof Outcome.Returned returned
        ? returned.value()
        : null;
  }

  private static boolean hasReleased(Operation call) {
    return isRelease(call) && !(call.outcome() instanceof Outcome.Threw);
  }

  private static boolean isRelease(Operation call) {
    return call.name().equals("release");
  }

  /** A release that is refused changes what is known of the objects. */
  @Override
  public boolean isReadOnly(Operation call) {
    return acquired(call) == null && !isRelease(call);
  }

  @Override
  public boolean knowsThreads() {
    return false;
  }

  /** The calls of one object; and each release that was refused, which stays right without any. */
  @Override
  public List<Group> groups(List<Operation> operations) {
    Map<Object, BitSet> objects = new LinkedHashMap<>();
    BitSet pendingAcquisitions = new BitSet();
    List<Group> groups = new ArrayList<>();
    for (int i = 0; i < operations.size(); i++) {
      Operation call = operations.get(i);
      Object object = hasReleased(call) ? call.argument(0) : acquired(call);
      if (object != null) {
        objects.computeIfAbsent(object, o -> new BitSet()).set(i);
      } else if (isRelease(call)) {
        groups.add(new Group(only(i), true));
      } else if (call.isPending() && call.name().endsWith("cquire")) {
        pendingAcquisitions.set(i);
      }
    }
    for (BitSet calls : objects.values()) {
      int lent = calls.stream().map(i -> hasReleased(operations.get(i)) ? -1 : 1).sum();
      boolean hasPending = calls.stream().anyMatch(i -> operations.get(i).isPending());
      if (lent < 0) {
        calls.or(pendingAcquisitions); // one of them may be where it was acquired
      }
      groups.add(new Group(calls, lent == 0 && !hasPending));
    }
    return groups;
  }

  private static BitSet only(int call) {
    BitSet calls = new BitSet();
    calls.set(call);
    return calls;
  }

  @Override
  public boolean survives(Operation readOnly) {
    return false;
  }
}
