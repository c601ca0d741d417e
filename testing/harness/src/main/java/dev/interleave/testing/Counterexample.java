// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import dev.interleave.testing.internal.linear.TimeDiagram;
import dev.interleave.testing.internal.linear.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A few calls that no order explains, taken from a longer history: see {@link Linearizability}. Its
 * text shows them over time, says which call cannot be explained, and in which states the object
 * can have been before that. What the budget did not suffice to find out, it says not to know.
 *
 * {@snippet lang="text" :
 * Not linearizable: take() -> 2 of c cannot be explained.
 *
 *   a  |-put(1)-|
 *   b             |-put(2)-|
 *   c                        |-take() -> 2-|
 *
 * Without it, the state at its end can only have been
 *   [1, 2]
 * }
 *
 * <p>Immutable, as far as the values in the history are.
 */
public final class Counterexample {
  private static final int WIDTH = 100;
  private static final int MOST_STATES = 4;
  private static final int MOST_CALLS = 20;

  private final History history;
  private final @Nullable Operation culprit;

  /** If it is not known who the culprit is: who can be at the earliest. */
  private final @Nullable Operation earliest;

  private final PossibleStates states;
  private final PossibleStates statesOfAll;
  private final int leftOut;
  private final @Nullable String whyNotSmaller;

  private Counterexample(
      List<Operation> calls,
      @Nullable Operation culprit,
      @Nullable Operation earliest,
      PossibleStates states,
      PossibleStates statesOfAll,
      int leftOut,
      @Nullable String whyNotSmaller) {
    this.history = new History(calls);
    this.culprit = culprit;
    this.earliest = earliest;
    this.states = states;
    this.statesOfAll = statesOfAll;
    this.leftOut = leftOut;
    this.whyNotSmaller = whyNotSmaller;
  }

  /**
   * Makes a counter-example.
   *
   * @param culprit none if some call still waits that need not, in each final state another one
   * @param statesOfAll the states if nothing is left out
   * @param whyNotSmaller why there may be calls that could be left out, too; null if there are none
   */
  static Counterexample of(
      List<Operation> calls,
      @Nullable Operation culprit,
      PossibleStates states,
      PossibleStates statesOfAll,
      int total,
      @Nullable String whyNotSmaller) {
    return new Counterexample(
        calls, culprit, null, states, statesOfAll, total - calls.size(), whyNotSmaller);
  }

  /**
   * Makes one of calls that are known to be violated, and no more than that.
   *
   * @param earliest the culprit ends with this call, or later
   * @param why why it is not known who it is
   */
  static Counterexample withoutCulprit(List<Operation> calls, Operation earliest, String why) {
    PossibleStates unknown = PossibleStates.unknown(why);
    return new Counterexample(calls, null, earliest, unknown, unknown, 0, why);
  }

  /**
   * Returns the calls. They are violated on their own, by the same call as the whole history.
   *
   * @return the calls, with the times they have in the whole history; those that ended later than
   *     the culprit are pending
   */
  public History history() {
    return history;
  }

  /**
   * Returns the call that cannot be explained: the first one to return in a way that no order
   * explains; or one that still waits though it could go on. What is wrong may of course be another
   * call before it.
   *
   * @return the call; none if in each final state another one could go on, or if the budget was
   *     spent before it was known which one it is
   */
  public Optional<Operation> culprit() {
    return Optional.ofNullable(culprit);
  }

  /**
   * Returns the states in which the object can have been when the culprit ended, each as text: had
   * it had no effect or, if the other calls cannot be explained without one, had it ended
   * otherwise. A state comes with the calls that have taken effect by then though they have not
   * ended; of several that do the same, with those that began first.
   *
   * @return the states; all of them, if there are several; none if they are not known, for there
   *     are too many, or the budget was spent
   */
  public List<String> states() {
    return states.texts();
  }

  /**
   * Tells whether all calls are left out that can be.
   *
   * @return false if that is not known: the budget was spent before, or there is too much to try
   */
  public boolean isSmallest() {
    return whyNotSmaller == null;
  }

  /** Returns the diagram with its explanation, several lines. */
  @Override
  public String toString() {
    List<String> lines = new ArrayList<>();
    lines.add("Not linearizable: " + complaint());
    lines.add("");
    lines.addAll(diagram());
    lines.add("");
    if (earliest == null) {
      addStates(lines);
    } else {
      lines.add("Which one it is, was not found out: " + whyNotSmaller + ".");
    }
    return String.join(System.lineSeparator(), lines);
  }

  private void addStates(List<String> lines) {
    if (states.whyUnknown() == null) {
      lines.add(
          isStuck()
              ? "At the end, the state can only have been"
              : states.afterCulprit()
                  ? "Had it ended otherwise, the state at its end could only have been"
                  : "Without it, the state at its end can only have been");
      addTexts(states, lines);
    } else {
      lines.add(
          "The states at "
              + (isStuck() ? "the" : "its")
              + " end are not known: "
              + states.whyUnknown()
              + ".");
    }
    if (leftOut > 0) {
      lines.add("Other calls, which make no difference: " + leftOut);
      if (statesOfAll.whyUnknown() == null && !statesOfAll.texts().equals(states.texts())) {
        lines.add("With them, it can only have been");
        addTexts(statesOfAll, lines);
      }
    }
    if (whyNotSmaller != null) {
      lines.add("More of the calls may make no difference: " + whyNotSmaller + ".");
    }
  }

  private static void addTexts(PossibleStates states, List<String> lines) {
    List<String> texts = states.texts();
    texts.stream().limit(MOST_STATES).map(state -> "  " + state).forEach(lines::add);
    if (texts.size() > MOST_STATES) {
      lines.add("  or " + (texts.size() - MOST_STATES) + " others");
    }
  }

  private boolean isStuck() {
    return culprit == null || culprit.isPending();
  }

  private String complaint() {
    if (earliest != null) {
      return name(earliest) + ", or a call that ends later, cannot be explained.";
    }
    if (culprit == null) {
      return "some call still waits, though it could go on.";
    }
    return isStuck()
        ? name(culprit) + " still waits, though it could go on."
        : culprit + " of " + culprit.thread() + " cannot be explained.";
  }

  private static String name(Operation call) {
    return call.call() + " of " + call.thread();
  }

  /** Shows the last calls; if the culprit is not known, those around the first that may be it. */
  private List<String> diagram() {
    List<Operation> calls = history.operations();
    int last = calls.size();
    if (earliest != null) {
      int end = earliest.end();
      int begun = (int) calls.stream().filter(call -> call.start() < end).count();
      last = Math.min(last, Math.max(begun + MOST_CALLS / 2, MOST_CALLS));
    }
    int first = Math.max(0, last - MOST_CALLS);
    List<String> lines = new ArrayList<>();
    if (first > 0) {
      lines.add("  (" + first + " calls before these)");
    }
    List<TimeDiagram.Bar> bars =
        calls.subList(first, last).stream().map(Counterexample::bar).toList();
    lines.addAll(new TimeDiagram(bars).draw(WIDTH));
    if (last < calls.size()) {
      lines.add("  (" + (calls.size() - last) + " calls after these)");
    }
    return lines;
  }

  private static TimeDiagram.Bar bar(Operation call) {
    return new TimeDiagram.Bar(
        call.thread(),
        call.toString(),
        call.start(),
        call.isPending() ? Timeline.NEVER : call.end());
  }
}
