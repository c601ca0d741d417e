// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;

/**
 * Decides by the definition whether a small history is linearizable: tries all orders of the calls,
 * pending ones or not, on a {@link Reference} object.
 */
@NullMarked
final class BruteForce {
  private final ModelKind kind;
  private final boolean quiescent;

  BruteForce(ModelKind kind, boolean quiescent) {
    this.kind = kind;
    this.quiescent = quiescent;
  }

  boolean isLinearizable(History history) {
    List<Operation> calls = new ArrayList<>(history.operations());
    calls.removeIf(call -> call.outcome().equals(Outcome.threw(InterruptedException.class)));
    return complete(calls, kind.reference.get());
  }

  private boolean complete(List<Operation> left, Reference object) {
    if (left.stream().allMatch(Operation::isPending) && mayEndSo(left, object)) {
      return true;
    }
    for (Operation next : left) {
      if (left.stream().anyMatch(other -> other.precedes(next))
          || (quiescent && next.isPending())) {
        continue;
      }
      List<Operation> rest = new ArrayList<>(left);
      rest.remove(next);
      Reference.Call call = call(next);
      for (Outcome outcome : object.outcomes(next.thread(), call)) {
        if (next.isPending() || outcome.equals(next.outcome())) {
          Reference after = object.copy();
          after.apply(next.thread(), call, outcome);
          if (complete(rest, after)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private boolean mayEndSo(List<Operation> pending, Reference object) {
    if (!quiescent) {
      return true;
    }
    List<Operation> waiting = pending.stream().filter(call -> hasToWait(call, object)).toList();
    return pending.stream()
        .allMatch(call ->
            waiting.contains(call)
                || waiting.stream()
                    .anyMatch(
                        other -> object.mayWaitBehind(call.thread(), call(call), call(other))));
  }

  private static boolean hasToWait(Operation call, Reference object) {
    return object.outcomes(call.thread(), call(call)).stream()
        .allMatch(outcome -> call.name().startsWith("timed") && isTimeout(outcome));
  }

  private static boolean isTimeout(Outcome outcome) {
    return outcome.equals(Reference.FALSE)
        || outcome.equals(Reference.NULL)
        || outcome instanceof Outcome.Threw;
  }

  private static Reference.Call call(Operation operation) {
    return Reference.Call.of(operation);
  }
}
