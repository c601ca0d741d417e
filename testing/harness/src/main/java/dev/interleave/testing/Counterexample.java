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
 * can have been before that.
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
  private final List<String> states;
  private final List<String> statesOfAll;
  private final int leftOut;
  private final boolean smallest;

  private Counterexample(
      History history,
      @Nullable Operation culprit,
      List<String> states,
      List<String> statesOfAll,
      int leftOut,
      boolean smallest) {
    this.history = history;
    this.culprit = culprit;
    this.states = List.copyOf(states);
    this.statesOfAll = List.copyOf(statesOfAll);
    this.leftOut = leftOut;
    this.smallest = smallest;
  }

  static Counterexample of(
      List<Operation> calls,
      @Nullable Operation culprit,
      List<String> states,
      List<String> statesOfAll,
      int total,
      boolean smallest) {
    return new Counterexample(
        new History(calls), culprit, states, statesOfAll, total - calls.size(), smallest);
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
   * @return the call; none if in each final state another one could go on
   */
  public Optional<Operation> culprit() {
    return Optional.ofNullable(culprit);
  }

  /**
   * Returns the states in which the object can have been when the culprit ended, had it had no
   * effect, each as text; with the calls that have taken effect by then though they have not ended.
   *
   * @return the states; all of them, if there are several
   */
  public List<String> states() {
    return states;
  }

  /**
   * Tells whether there was time to leave out all calls that can be.
   *
   * @return false if the budget was spent before
   */
  public boolean isSmallest() {
    return smallest;
  }

  /** Returns the diagram with its explanation, several lines. */
  @Override
  public String toString() {
    List<String> lines = new ArrayList<>();
    lines.add("Not linearizable: " + complaint());
    lines.add("");
    lines.addAll(diagram());
    lines.add("");
    lines.add(
        culprit == null || culprit.isPending()
            ? "At the end, the state can only have been"
            : "Without it, the state at its end can only have been");
    addStates(states, lines);
    if (leftOut > 0) {
      lines.add("Other calls, which make no difference: " + leftOut);
      if (!statesOfAll.isEmpty() && !statesOfAll.equals(states)) {
        lines.add("With them, it can only have been");
        addStates(statesOfAll, lines);
      }
    }
    if (!smallest) {
      lines.add("Not all calls that make no difference are left out: the budget was spent.");
    }
    return String.join(System.lineSeparator(), lines);
  }

  private static void addStates(List<String> states, List<String> lines) {
    states.stream().limit(MOST_STATES).map(state -> "  " + state).forEach(lines::add);
    if (states.size() > MOST_STATES) {
      lines.add("  or " + (states.size() - MOST_STATES) + " others");
    }
  }

  private String complaint() {
    if (culprit == null) {
      return "some call still waits, though it could go on.";
    }
    String call = culprit.call() + " of " + culprit.thread();
    return culprit.isPending()
        ? call + " still waits, though it could go on."
        : culprit + " of " + culprit.thread() + " cannot be explained.";
  }

  private List<String> diagram() {
    List<Operation> calls = history.operations();
    List<String> lines = new ArrayList<>();
    int hidden = Math.max(0, calls.size() - MOST_CALLS);
    if (hidden > 0) {
      lines.add("  (" + hidden + " calls before these)");
    }
    List<TimeDiagram.Bar> bars =
        calls.subList(hidden, calls.size()).stream().map(Counterexample::bar).toList();
    lines.addAll(new TimeDiagram(bars).draw(WIDTH));
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
