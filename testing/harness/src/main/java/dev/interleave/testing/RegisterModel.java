// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A value. */
final class RegisterModel implements Model<Optional<Object>>, Insight {
  private static final String OPERATIONS = "get, set, getAndSet, compareAndSet";

  private final Optional<Object> initial;

  RegisterModel(@Nullable Object initial) {
    this.initial = Optional.ofNullable(initial);
  }

  @Override
  public Optional<Object> initial() {
    return initial;
  }

  @Override
  public Transition<Optional<Object>> step(Optional<Object> state, Operation call) {
    return switch (call.name()) {
      case "get" -> Transition.returning(state.orElse(null), state);
      case "set" -> Transition.done(Optional.ofNullable(call.argument(0)));
      case "getAndSet" ->
          Transition.returning(state.orElse(null), Optional.ofNullable(call.argument(0)));
      case "compareAndSet" -> {
        Object expected = call.argument(0);
        Optional<Object> next = Optional.ofNullable(call.argument(1));
        yield Objects.equals(state.orElse(null), expected)
            ? Transition.returning(true, next)
            : Transition.returning(false, state);
      }
      default -> throw call.unknown(OPERATIONS);
    };
  }

  @Override
  public boolean isReadOnly(Operation call) {
    return switch (call.name()) {
      case "set", "getAndSet" -> false;
      case "compareAndSet" -> !call.outcome().equals(Outcome.returned(true));
      default -> true;
    };
  }

  @Override
  public boolean knowsThreads() {
    return false;
  }

  /** The calls that set and get one value, if others do not depend on it. */
  @Override
  public List<Group> groups(List<Operation> operations) {
    Map<Optional<Object>, BitSet> values = new LinkedHashMap<>();
    Set<Optional<Object>> needed = new HashSet<>();
    needed.add(initial);
    for (int i = 0; i < operations.size(); i++) {
      Operation call = operations.get(i);
      Optional<Object> returned =
          call.outcome() instanceof Outcome.Returned it
              ? Optional.ofNullable(it.value())
              : Optional.empty();
      switch (call.name()) {
        case "set" -> group(values, Optional.ofNullable(call.argument(0))).set(i);
        case "get" -> {
          if (!call.isPending()) {
            group(values, returned).set(i);
          }
        }
        case "getAndSet" -> {
          needed.add(returned);
          needed.add(Optional.ofNullable(call.argument(0)));
        }
        default -> call.arguments().forEach(value -> needed.add(Optional.ofNullable(value)));
      }
    }
    values.keySet().removeAll(needed);
    List<Group> groups = new ArrayList<>();
    values.values().forEach(calls -> groups.add(new Group(calls, false)));
    return groups;
  }

  private static BitSet group(Map<Optional<Object>, BitSet> groups, Optional<Object> value) {
    return groups.computeIfAbsent(value, v -> new BitSet());
  }

  /** A get belongs to a group; a compareAndSet that failed might not without another value. */
  @Override
  public boolean survives(Operation readOnly) {
    return readOnly.name().equals("get");
  }
}
