// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import dev.interleave.testing.internal.linear.Budget;
import dev.interleave.testing.internal.linear.ExhaustedException;
import dev.interleave.testing.internal.linear.Findings;
import dev.interleave.testing.internal.linear.Shrinker;
import dev.interleave.testing.internal.linear.Timeline;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes a small counter-example of a violated history. It leaves out only calls without which a
 * history that holds would hold, too; {@link Linearizability} says which.
 *
 * <p>Whatever is left out, the call that cannot be explained must stay the same: what comes before
 * it must be explicable by itself.
 */
final class Minimizer<S> {
  private final Model<S> model;
  private final Budget budget;
  private final boolean quiescent;

  Minimizer(Model<S> model, Budget budget, boolean quiescent) {
    this.model = model;
    this.budget = budget;
    this.quiescent = quiescent;
  }

  Counterexample minimize(Part<S> part, Timeline timeline, Findings<S> findings) {
    int total = part.operations().size();
    if (findings.furthest() == timeline.returnCount()) {
      return new Attempt(part.operations(), alwaysStuck(part, findings), true).run(total);
    }
    Operation culprit;
    try {
      culprit =
          part.operation(timeline.returning(firstUnexplained(part, timeline, findings.furthest())));
    } catch (ExhaustedException e) {
      Operation earliest = part.operation(timeline.returning(findings.furthest()));
      return Counterexample.withoutCulprit(part.operations(), earliest, e.why());
    }
    return new Attempt(upTo(culprit, part), culprit, false).run(total);
  }

  /**
   * Returns the first return up to which the history is violated, whatever comes later. The search
   * may have given up earlier, knowing how the calls under way would end.
   */
  private int firstUnexplained(Part<S> part, Timeline timeline, int furthest)
      throws ExhaustedException {
    int low = furthest;
    int high = furthest;
    for (int stride = 1; !isViolated(upTo(part, timeline, high)); stride *= 2) {
      low = high + 1;
      high = Math.min(high + stride, timeline.returnCount() - 1);
    }
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isViolated(upTo(part, timeline, middle))) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private boolean isViolated(List<Operation> calls) throws ExhaustedException {
    Part<S> part = new Part<>(model, calls);
    return !part.search(part.timeline(), budget, false).linearizable();
  }

  private List<Operation> upTo(Part<S> part, Timeline timeline, int at) {
    return upTo(part.operation(timeline.returning(at)), part);
  }

  /** Returns a call that should not wait in any final state; there may be one for each only. */
  private @Nullable Operation alwaysStuck(Part<S> part, Findings<S> findings) {
    for (int call = 0; call < part.operations().size(); call++) {
      int pending = call;
      if (part.operation(call).isPending()
          && findings.stops().stream().noneMatch(stop -> part.waits(stop.state(), pending))) {
        return part.operation(call);
      }
    }
    return null;
  }

  /** Returns the history up to the end of a call; what ends later is pending in it. */
  private List<Operation> upTo(Operation last, Part<S> part) {
    List<Operation> calls = new ArrayList<>();
    for (Operation call : part.operations()) {
      // In a quiescent history, what does not end has had no effect.
      if (call.start() < last.end() && !(quiescent && call.isPending())) {
        calls.add(call.end() <= last.end() ? call : call.withoutEnd());
      }
    }
    return calls;
  }

  private static <S> List<String> describe(
      Part<S> part, List<Findings.Stop<S>> stops, @Nullable Operation otherwise) {
    return stops.stream().map(stop -> describe(part, stop, otherwise)).distinct().toList();
  }

  private static <S> String describe(
      Part<S> part, Findings.Stop<S> stop, @Nullable Operation otherwise) {
    String state = String.valueOf(stop.state());
    if (stop.done().isEmpty()) {
      return state;
    }
    return stop.done().stream()
        .map(part::operation)
        .map(call ->
            call.call()
                + " of "
                + call.thread()
                + (call.equals(otherwise) ? " ending otherwise" : ""))
        .collect(Collectors.joining(", ", state + " after ", ""));
  }

  /** The calls of one history, fewer and fewer of them. */
  private final class Attempt {
    private final List<Operation> calls;
    private final @Nullable Operation culprit;
    private final boolean stuck;
    private final BitSet kept;

    Attempt(List<Operation> calls, @Nullable Operation culprit, boolean stuck) {
      this.calls = calls;
      this.culprit = culprit;
      this.stuck = stuck;
      this.kept = new BitSet();
      kept.set(0, calls.size());
    }

    Counterexample run(int total) {
      String whyNotSmaller = null;
      try {
        leaveOutWhatCanBe();
      } catch (ExhaustedException e) {
        whyNotSmaller = e.why();
      }
      Part<S> rest = rest(kept);
      PossibleStates states = states(rest);
      PossibleStates statesOfAll = states(new Part<>(model, calls));
      return Counterexample.of(
          rest.operations(), culprit, states, statesOfAll, total, whyNotSmaller);
    }

    private void leaveOutWhatCanBe() throws ExhaustedException {
      leaveOutOneByOne(call -> !calls.get(call).isPending() && model.isReadOnly(calls.get(call)));
      if (model instanceof Insight insight
          && kept.stream().mapToObj(calls::get).allMatch(call -> survives(insight, call))) {
        leaveOutGroups(insight.groups(calls));
      }
      if (stuck) {
        leaveOutOthersThatWait();
      } else {
        leaveOutIdle(Objects.requireNonNull(culprit));
      }
    }

    /** Returns the states at the end; those at that of the culprit, without its effect. */
    private PossibleStates states(Part<S> rest) {
      try {
        return stuck ? finalStates(rest) : statesAtTheEndOfTheCulprit(rest);
      } catch (ExhaustedException e) {
        return PossibleStates.unknown(e.why());
      }
    }

    private PossibleStates finalStates(Part<S> rest) throws ExhaustedException {
      Findings<S> findings = rest.search(rest.timeline(), budget, true);
      return PossibleStates.known(describe(rest, findings.stops(), null), false);
    }

    private PossibleStates statesAtTheEndOfTheCulprit(Part<S> rest) throws ExhaustedException {
      Part<S> others =
          new Part<>(
              model, rest.operations().stream().filter(call -> !call.equals(culprit)).toList());
      List<Findings.Stop<S>> ends = others.ends(budget);
      if (!ends.isEmpty()) {
        return PossibleStates.known(describe(others, ends, null), false);
      }
      // They cannot be explained without it.
      Part<S> all = new Part<>(model, withoutEnd(rest.operations()));
      Operation otherwise = Objects.requireNonNull(culprit).withoutEnd();
      return PossibleStates.known(describe(all, all.ends(budget), otherwise), true);
    }

    private List<Operation> withoutEnd(List<Operation> operations) {
      return operations.stream()
          .map(call -> call.equals(culprit) ? call.withoutEnd() : call)
          .toList();
    }

    private boolean survives(Insight insight, Operation call) {
      return call.isPending() || !model.isReadOnly(call) || insight.survives(call);
    }

    private void leaveOutOneByOne(IntPredicate which) throws ExhaustedException {
      List<BitSet> parts = new ArrayList<>();
      for (int call = kept.nextSetBit(0); call >= 0; call = kept.nextSetBit(call + 1)) {
        if (which.test(call) && !calls.get(call).equals(culprit)) {
          BitSet part = new BitSet();
          part.set(call);
          parts.add(part);
        }
      }
      leaveOut(parts);
    }

    private void leaveOutGroups(List<Insight.Group> groups) throws ExhaustedException {
      leaveOut(
          groups.stream()
              .filter(group -> !stuck || group.isNeutral())
              .map(Insight.Group::calls)
              .filter(group -> group.stream().noneMatch(call -> calls.get(call).equals(culprit)))
              .sorted(Comparator.comparingInt(BitSet::length))
              .toList());
    }

    /** Leaves out pending calls, but none for which another one that is kept may have to wait. */
    private void leaveOutOthersThatWait() throws ExhaustedException {
      Part<S> rest = rest(kept);
      List<Findings.Stop<S>> ends = rest.search(rest.timeline(), budget, true).stops();
      int before;
      do {
        before = kept.cardinality();
        leaveOutOneByOne(
            call -> calls.get(call).isPending() && holdsUpNobody(calls.get(call), rest, ends));
      } while (kept.cardinality() < before);
    }

    private boolean holdsUpNobody(Operation ahead, Part<S> rest, List<Findings.Stop<S>> ends) {
      return kept.stream()
          .mapToObj(calls::get)
          .filter(Operation::isPending)
          .noneMatch(
              behind -> ends.stream().anyMatch(end -> rest.holdsUp(end.state(), ahead, behind)));
    }

    /**
     * Leaves out the pending calls that cannot have taken effect before the end of the culprit,
     * however that one ended. Those that can may be what explains the others.
     */
    private void leaveOutIdle(Operation culprit) throws ExhaustedException {
      int[] indices = kept.stream().toArray();
      rest(kept).idle(culprit, budget).stream().map(call -> indices[call]).forEach(kept::clear);
    }

    private void leaveOut(List<BitSet> parts) throws ExhaustedException {
      BitSet all = (BitSet) kept.clone();
      Shrinker.shrink(
          parts.size(),
          fewer -> {
            BitSet trial = (BitSet) all.clone();
            for (int i = fewer.nextClearBit(0); i < parts.size(); i = fewer.nextClearBit(i + 1)) {
              trial.andNot(parts.get(i));
            }
            return fails(trial);
          });
    }

    /** Tells whether some of the calls fail by the same culprit; if so, they are the kept ones. */
    private boolean fails(BitSet trial) throws ExhaustedException {
      Part<S> rest = rest(trial);
      boolean same;
      if (stuck) {
        Timeline timeline = rest.timeline();
        Findings<S> findings = rest.search(timeline, budget, true);
        same =
            findings.furthest() == timeline.returnCount()
                && Objects.equals(alwaysStuck(rest, findings), culprit);
      } else {
        same = isViolated(rest.operations()) && !isViolated(withoutEnd(rest.operations()));
      }
      if (same) {
        kept.clear();
        kept.or(trial);
      }
      return same;
    }

    private Part<S> rest(BitSet which) {
      return new Part<>(model, which.stream().mapToObj(calls::get).toList());
    }
  }
}
