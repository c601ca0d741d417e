// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Finds by the definition the states in which an object can be after a few calls: tries all orders,
 * and all choices of pending calls that have taken effect.
 *
 * @param <S> the states
 */
@NullMarked
final class AllStates<S> {
  private final Model<S> model;
  private final Set<String> found = new TreeSet<>();

  private AllStates(Model<S> model) {
    this.model = model;
  }

  /** Returns the states as text. */
  static <S> Set<String> after(Model<S> model, List<Operation> calls) {
    AllStates<S> states = new AllStates<>(model);
    states.visit(calls, model.initial());
    return states.found;
  }

  private void visit(List<Operation> left, S state) {
    if (left.stream().allMatch(Operation::isPending)) {
      found.add(state.toString());
    }
    for (Operation next : left) {
      if (left.stream().anyMatch(other -> other.precedes(next))) {
        continue;
      }
      List<Operation> rest = new ArrayList<>(left);
      rest.remove(next);
      Transition<S> step = model.step(state, next);
      for (@Nullable Transition<S> way = step.isBlocked() ? null : step;
          way != null;
          way = way.other()) {
        if (next.isPending() || way.allows(next.outcome())) {
          visit(rest, way.next());
        }
      }
    }
  }
}
