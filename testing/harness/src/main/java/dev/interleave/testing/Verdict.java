// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a {@linkplain Linearizability check} says of a history. To give up is not to pass: {@link
 * #assertHolds} throws for two of the three kinds.
 *
 * <p>Immutable, as far as the values in the history are.
 */
public final class Verdict {

  /** The three things that can be said. */
  public enum Kind {
    /** The calls can be explained. */
    HOLDS,
    /** They cannot. */
    VIOLATED,
    /** Not known: the budget was spent before the search was over. */
    GAVE_UP
  }

  private final Kind kind;
  private final List<Operation> linearization;
  private final @Nullable Counterexample counterexample;
  private final String reason;
  private final long configurations;
  private final Duration elapsed;

  private Verdict(
      Kind kind,
      List<Operation> linearization,
      @Nullable Counterexample counterexample,
      String reason,
      long configurations,
      Duration elapsed) {
    this.kind = kind;
    this.linearization = List.copyOf(linearization);
    this.counterexample = counterexample;
    this.reason = reason;
    this.configurations = configurations;
    this.elapsed = elapsed;
  }

  static Verdict holds(List<Operation> linearization, long configurations, Duration elapsed) {
    return new Verdict(Kind.HOLDS, linearization, null, "", configurations, elapsed);
  }

  static Verdict violated(Counterexample example, long configurations, Duration elapsed) {
    return new Verdict(Kind.VIOLATED, List.of(), example, "", configurations, elapsed);
  }

  static Verdict gaveUp(String reason, long configurations, Duration elapsed) {
    return new Verdict(Kind.GAVE_UP, List.of(), null, reason, configurations, elapsed);
  }

  /**
   * Returns which of the three it is.
   *
   * @return the kind
   */
  public Kind kind() {
    return kind;
  }

  /**
   * Returns the calls in an order that explains them, if the history holds: each took effect where
   * it stands. Those that were interrupted, and pending ones without effect, are not in it.
   *
   * @return the calls in order; one such order of perhaps many
   * @throws IllegalStateException if the history does not hold
   */
  public List<Operation> linearization() {
    if (kind != Kind.HOLDS) {
      throw new IllegalStateException("there is no linearization: " + kind);
    }
    return linearization;
  }

  /**
   * Returns what shows that the history is violated.
   *
   * @return the counter-example
   * @throws IllegalStateException if it is not violated
   */
  public Counterexample counterexample() {
    if (counterexample == null) {
      throw new IllegalStateException("there is no counter-example: " + kind);
    }
    return counterexample;
  }

  /**
   * Returns how many configurations the search has looked at: the cost of the check.
   *
   * @return the number
   */
  public long configurations() {
    return configurations;
  }

  /**
   * Returns how long the check took, the making of the counter-example included.
   *
   * @return the time
   */
  public Duration elapsed() {
    return elapsed;
  }

  /**
   * Fails unless the history holds.
   *
   * @throws AssertionError with the counter-example, or with the reason for giving up
   */
  public void assertHolds() {
    if (kind != Kind.HOLDS) {
      throw new AssertionError(toString());
    }
  }

  /** Returns the whole verdict: the counter-example, or why the check gave up. */
  @Override
  public String toString() {
    return switch (kind) {
      case HOLDS -> "Linearizable: " + linearization.size() + " calls.";
      case VIOLATED -> String.valueOf(counterexample);
      case GAVE_UP ->
          String.format(
              Locale.ROOT,
              "Gave up, nothing is known: %s, after %,d configurations and %s.",
              reason,
              configurations,
              elapsed);
    };
  }
}
