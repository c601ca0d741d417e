// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One call in a {@link History}: who called what, how it ended, and when.
 *
 * <p>Times are positions in the order of all the events of the history, from 0. They tell what came
 * first and nothing else. Operations are immutable, as far as the values in them are.
 *
 * @param thread who called
 * @param key the object that was called, if the history is about several, otherwise null
 * @param name the name of the operation, which the {@link Model} knows
 * @param arguments the arguments; not changed by anyone from the call on
 * @param outcome how it ended
 * @param start when it began
 * @param end when it ended, or {@link #NEVER} if the outcome is pending
 */
public record Operation(
    String thread,
    @Nullable Object key,
    String name,
    List<@Nullable Object> arguments,
    Outcome outcome,
    int start,
    int end) {

  /** The end of a call that has not ended; later than any other. */
  public static final int NEVER = Integer.MAX_VALUE;

  /**
   * Makes an operation.
   *
   * @throws IllegalArgumentException if it ends before it starts, or ends and is pending
   */
  public Operation {
    requireNonNull(thread, "thread");
    requireNonNull(name, "name");
    requireNonNull(outcome, "outcome");
    arguments = Collections.unmodifiableList(new ArrayList<>(arguments));
    if (start < 0 || end <= start) {
      throw new IllegalArgumentException("start, end: " + start + ", " + end);
    }
    if ((end == NEVER) != (outcome instanceof Outcome.Pending)) {
      throw new IllegalArgumentException("end, outcome: " + end + ", " + outcome);
    }
  }

  /**
   * Tells whether it has not ended.
   *
   * @return whether the outcome is pending
   */
  public boolean isPending() {
    return end == NEVER;
  }

  /**
   * Tells whether it ended before another one began. If neither came before the other, they
   * overlap, and either may have taken effect first.
   *
   * @param other the other operation, of the same history
   * @return whether it precedes the other one
   */
  public boolean precedes(Operation other) {
    return end < other.start;
  }

  /**
   * Returns one of the arguments.
   *
   * @param index which, from 0
   * @return the argument
   * @throws IllegalArgumentException if there are not so many
   */
  public @Nullable Object argument(int index) {
    if (index < 0 || index >= arguments.size()) {
      throw new IllegalArgumentException("argument " + index + " of " + call() + " is missing");
    }
    return arguments.get(index);
  }

  /**
   * Returns the argument that is a number, if there is one.
   *
   * @param index which argument, from 0
   * @param otherwise what to return if there are not so many
   * @return the argument
   * @throws IllegalArgumentException if it is no {@code Integer}
   */
  public int intArgument(int index, int otherwise) {
    if (index >= arguments.size()) {
      return otherwise;
    }
    if (argument(index) instanceof Integer number) {
      return number;
    }
    throw new IllegalArgumentException("argument " + index + " of " + call() + " is no int");
  }

  /**
   * Makes the exception that a model throws for an operation it does not know.
   *
   * @param known the names of all it knows
   * @return the exception, to be thrown
   */
  public IllegalArgumentException unknown(String known) {
    return new IllegalArgumentException(
        "the model does not know " + call() + " of " + thread + "; it knows " + known);
  }

  /** Tells whether it threw because its thread was interrupted, so that it had no effect. */
  boolean wasInterrupted() {
    return outcome instanceof Outcome.Threw threw && threw.is(InterruptedException.class);
  }

  /** Returns the same call, not ended. */
  Operation withoutEnd() {
    return new Operation(thread, key, name, arguments, new Outcome.Pending(), start, NEVER);
  }

  /** Returns the same call, ended in another way. */
  Operation ended(Outcome other) {
    return new Operation(thread, key, name, arguments, other, start, end);
  }

  /** Returns what was called, as {@code put(1)}. */
  String call() {
    return arguments.stream()
        .map(Values::show)
        .collect(Collectors.joining(", ", name + "(", key == null ? ")" : ") on " + key));
  }

  /** Returns the call and how it ended, as {@code take() -> 1}. */
  @Override
  public String toString() {
    return outcome instanceof Outcome.Done ? call() : call() + " " + outcome;
  }
}
