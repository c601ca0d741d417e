// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The checker says of thousands of small histories what the definition says. */
@Tag("kit")
class BruteForceAgreementTest {
  private static final boolean THOROUGH = Boolean.getBoolean("interleave.thorough");
  private static final int HISTORIES = THOROUGH ? 50_000 : 3_000;
  private static final int CALLS = 6;
  private static final Outcome INTERRUPTED = Outcome.threw(InterruptedException.class);

  @ParameterizedTest
  @Execution(CONCURRENT) // no other thread has a part in it
  @EnumSource
  void historyOfAnAtomicObjectHolds(ModelKind kind) {
    for (int seed = 0; seed < HISTORIES; seed++) {
      History history = new RandomHistories(kind, seed).linearizable(4 * CALLS);
      Verdict verdict = Linearizability.of(kind.model).check(history);
      assertThat(verdict.kind())
          .as("%s, seed %s%n%s%s", kind, seed, history, verdict)
          .isEqualTo(Verdict.Kind.HOLDS);
      assertThatItExplains(verdict.linearization(), kind, history);
    }
  }

  @ParameterizedTest
  @Execution(CONCURRENT) // no other thread has a part in it
  @EnumSource
  void agreesOnHistoriesWithWrongOutcomes(ModelKind kind) {
    agrees(kind, false);
  }

  @ParameterizedTest
  @Execution(CONCURRENT) // no other thread has a part in it
  @EnumSource
  void agreesOnHistoriesAfterWhichNothingMoves(ModelKind kind) {
    agrees(kind, true);
  }

  private static void agrees(ModelKind kind, boolean quiescent) {
    BruteForce definition = new BruteForce(kind, quiescent);
    int violated = 0;
    for (int seed = 0; seed < HISTORIES; seed++) {
      History history = new RandomHistories(kind, seed).mutated(CALLS);
      Verdict verdict = check(kind.model, quiescent, history);
      boolean linearizable = definition.isLinearizable(history);
      assertThat(verdict.kind())
          .as("%s, seed %s%n%s%s", kind, seed, history, verdict)
          .isEqualTo(linearizable ? Verdict.Kind.HOLDS : Verdict.Kind.VIOLATED);
      if (!linearizable) {
        violated++;
        assertThatItProves(verdict.counterexample(), kind, quiescent, history);
      }
    }
    assertThat(violated)
        .as("both kinds must be there")
        .isBetween(HISTORIES / 20, HISTORIES * 19 / 20);
  }

  private static Verdict check(Model<?> model, boolean quiescent, History history) {
    Linearizability<?> check = Linearizability.of(model);
    return (quiescent ? check.quiescent() : check).check(history);
  }

  /** The order respects that of the history, and the object does what the calls say. */
  private static void assertThatItExplains(List<Operation> order, ModelKind kind, History history) {
    List<Operation> ended = new ArrayList<>(history.operations());
    ended.removeIf(call -> call.isPending() || call.outcome().equals(INTERRUPTED));
    Set<Operation> explained = new HashSet<>(order);
    assertThat(explained).hasSameSizeAs(order);
    assertThat(explained.containsAll(ended)).as("%s of %s", order, ended).isTrue();
    Set<Operation> known = new HashSet<>(history.operations());
    assertThat(known.containsAll(explained)).as("%s of %s", order, history).isTrue();
    for (int i = 0; i < order.size(); i++) {
      for (int j = i + 1; j < order.size(); j++) {
        if (order.get(j).precedes(order.get(i))) {
          throw new AssertionError(order.get(i) + " before " + order.get(j));
        }
      }
    }
    assertThat(replays(order, 0, kind.reference.get())).as("%s", order).isTrue();
  }

  private static boolean replays(List<Operation> order, int from, Reference object) {
    if (from == order.size()) {
      return true;
    }
    Operation call = order.get(from);
    Reference.Call made = Reference.Call.of(call);
    for (Outcome outcome : object.outcomes(call.thread(), made)) {
      if (call.isPending() || call.outcome().equals(outcome)) {
        Reference after = object.copy();
        after.apply(call.thread(), made, outcome);
        if (replays(order, from + 1, after)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * What is shown is violated by the definition, without the culprit's return it is not, and
   * whatever was left out may have ended as it likes.
   */
  private static void assertThatItProves(
      Counterexample example, ModelKind kind, boolean quiescent, History whole) {
    assertThat(example.isSmallest()).isTrue();
    History shown = example.history();
    Optional<Operation> culprit = example.culprit();
    boolean stuck = culprit.isEmpty() || culprit.get().isPending();
    assertThat(new BruteForce(kind, stuck && quiescent).isLinearizable(shown))
        .as("%s", shown)
        .isFalse();
    if (!stuck) {
      BruteForce definition = new BruteForce(kind, false);
      History before = upTo(culprit.get(), whole, quiescent);
      assertThat(definition.isLinearizable(before)).as("%s", before).isFalse();
      for (History history : List.of(shown, before)) {
        assertThat(definition.isLinearizable(withoutEndOf(culprit.get(), history)))
            .as("%s without the end of %s", history, culprit.get())
            .isTrue();
      }
    }
    List<String> states =
        example.states().stream().map(state -> state.replaceFirst(" after .*", "")).toList();
    assertThat(comparable(states, kind))
        .as("states at the end of %s", shown)
        .hasSameElementsAs(comparable(states(culprit, kind, shown), kind));
    assertThat(example.toString()).startsWith("Not linearizable: ");
  }

  /** Returns the states in which the object can be when the culprit ends, by the definition. */
  private static Set<String> states(Optional<Operation> culprit, ModelKind kind, History history) {
    if (culprit.isEmpty() || culprit.get().isPending()) {
      return AllStates.after(kind.model, history.only(call -> !call.isPending()).operations());
    }
    Set<String> states =
        AllStates.after(kind.model, history.only(call -> !call.equals(culprit.get())).operations());
    return states.isEmpty()
        ? AllStates.after(kind.model, withoutEndOf(culprit.get(), history).operations())
        : states;
  }

  /** Of items of the same priority, any may come first in the text. */
  private static List<String> comparable(Collection<String> states, ModelKind kind) {
    return states.stream()
        .map(state -> kind == ModelKind.PRIORITY_QUEUE ? sorted(state) : state)
        .toList();
  }

  private static String sorted(String text) {
    return text.chars().sorted().mapToObj(Character::toString).collect(Collectors.joining());
  }

  private static History withoutEndOf(Operation culprit, History history) {
    return new History(
        history.operations().stream()
            .map(call -> call.equals(culprit) ? call.withoutEnd() : call)
            .toList());
  }

  private static History upTo(Operation culprit, History history, boolean quiescent) {
    return new History(
        history.operations().stream()
            .filter(call -> call.start() < culprit.end() && !(quiescent && call.isPending()))
            .filter(call -> !call.outcome().equals(INTERRUPTED))
            .map(call -> call.end() <= culprit.end() ? call : call.withoutEnd())
            .toList());
  }
}
