// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import dev.interleave.testing.internal.linear.Budget;
import dev.interleave.testing.internal.linear.ExhaustedException;
import dev.interleave.testing.internal.linear.Findings;
import dev.interleave.testing.internal.linear.Hints;
import dev.interleave.testing.internal.linear.Problem;
import dev.interleave.testing.internal.linear.Search;
import dev.interleave.testing.internal.linear.Timeline;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one object and its model, as the search wants them. Calls that were interrupted are
 * not among them.
 */
final class Part<S> implements Problem<S> {
  private static final int MOST_ENDS = 1000; // nobody reads that many

  private final Model<S> model;
  private final List<Operation> operations;

  /** A call that is pending only for the sake of argument: others that are do not do the same. */
  private final @Nullable Operation unlike;

  /**
   * Takes the calls.
   *
   * @param operations the calls, in the order in which they began
   */
  Part(Model<S> model, List<Operation> operations) {
    this(model, operations, null);
  }

  private Part(Model<S> model, List<Operation> operations, @Nullable Operation unlike) {
    this.model = model;
    this.unlike = unlike;
    this.operations = operations.stream().filter(operation -> !operation.wasInterrupted()).toList();
  }

  List<Operation> operations() {
    return operations;
  }

  Operation operation(int call) {
    return operations.get(call);
  }

  Timeline timeline() {
    int count = operations.size();
    int[] start = new int[count];
    int[] end = new int[count];
    for (int call = 0; call < count; call++) {
      start[call] = operation(call).start();
      end[call] = operation(call).isPending() ? Timeline.NEVER : operation(call).end();
    }
    return new Timeline(start, end, hints());
  }

  Findings<S> search(Timeline timeline, Budget budget, boolean quiescent)
      throws ExhaustedException {
    return new Search<>(this, timeline, budget, quiescent).run();
  }

  /**
   * Returns all the ways in which the calls that ended can be explained, with any of the others
   * having taken effect by then that can have.
   */
  List<Findings.Stop<S>> ends(Budget budget) throws ExhaustedException {
    return new Search<>(this, timeline(), budget, false).ends(MOST_ENDS);
  }

  /**
   * Returns the pending calls that cannot have taken effect, however those that ended are explained
   * and one of them may have ended otherwise. Of calls that do the same, it takes the later ones to
   * be last.
   */
  BitSet idle(Operation culprit, Budget budget) throws ExhaustedException {
    Operation otherwise = culprit.withoutEnd();
    Part<S> open =
        new Part<>(
            model,
            operations.stream().map(call -> call.equals(culprit) ? otherwise : call).toList(),
            otherwise);
    BitSet idle = new BitSet();
    for (int call = 0; call < operations.size(); call++) {
      idle.set(call, operation(call).isPending());
    }
    for (Findings.Stop<S> end : open.ends(budget)) {
      end.done().forEach(idle::clear);
    }
    return idle;
  }

  private Hints hints() {
    Hints hints = new Hints(operations.size());
    Map<List<@Nullable Object>, Integer> pending = new HashMap<>();
    for (int call = 0; call < operations.size(); call++) {
      Operation operation = operation(call);
      if (!operation.isPending()) {
        if (model.isReadOnly(operation)) {
          hints.reader(call);
        }
      } else if (!model.knowsThreads() && !operation.equals(unlike)) {
        // Not List.of: there may be no key.
        List<@Nullable Object> what =
            Arrays.asList(operation.key(), operation.name(), operation.arguments());
        Integer earlier = pending.put(what, call);
        if (earlier != null) {
          hints.twin(call, earlier);
        }
      }
    }
    if (model instanceof Insight insight) {
      insight.orderEffects(operations, hints);
    }
    return hints;
  }

  @Override
  public S initial() {
    return model.initial();
  }

  @Override
  public void successors(S state, int call, List<S> into) {
    Operation operation = operation(call);
    Transition<S> step = model.step(state, operation);
    if (step.isBlocked()) {
      return;
    }
    for (Transition<S> way = step; way != null; way = way.other()) {
      S next = way.next();
      // Of a call that has not ended, only what it changes matters.
      if (operation.isPending()
          ? !next.equals(state) && !into.contains(next)
          : way.allows(operation.outcome())) {
        into.add(next);
      }
    }
  }

  @Override
  public boolean waits(S state, int call) {
    return hasToWait(state, operation(call))
        || operations.stream()
            .anyMatch(ahead -> ahead.isPending() && holdsUp(state, ahead, operation(call)));
  }

  /** Tells whether a pending call has to wait, and another one may have to because of that. */
  boolean holdsUp(S state, Operation ahead, Operation behind) {
    return !ahead.equals(behind)
        && hasToWait(state, ahead)
        && model.mayWaitBehind(state, behind, ahead);
  }

  private boolean hasToWait(S state, Operation call) {
    Transition<S> step = model.step(state, call);
    for (Transition<S> way = step; way != null; way = way.other()) {
      if (way.isImmediate()) {
        return false;
      }
    }
    return true;
  }
}
