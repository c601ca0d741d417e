// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What there is of a {@link Batch} when it has ended, all of it done or not: the outcome of each
 * item, in the order of the inputs. Its figures do not change any more.
 *
 * <p>Immutable and thread-safe, if inputs and results are. No component is null.
 *
 * @param name of the batch
 * @param outcomes one for each input, in the order of the inputs
 * @param stopped why it ended before all was done, such as a {@link
 *     java.util.concurrent.TimeoutException}; empty if each item succeeded or failed for itself
 * @param took from the beginning to the end
 * @param <T> the items
 * @param <R> the results
 */
public record BatchResult<T, R extends @Nullable Object>(
    String name, List<Outcome<T, R>> outcomes, Optional<Throwable> stopped, Duration took) {

  /**
   * Checks the components and copies the list.
   *
   * @throws NullPointerException if a component or an element is null
   */
  public BatchResult {
    Objects.requireNonNull(name, "name");
    outcomes = List.copyOf(outcomes);
    Objects.requireNonNull(stopped, "stopped");
    Objects.requireNonNull(took, "took");
  }

  /** Whether all have succeeded. */
  public boolean isComplete() {
    return outcomes.stream().allMatch(Outcome::isSuccess);
  }

  /** The results of those that have succeeded, in the order of the inputs; unmodifiable. */
  public List<R> values() {
    List<R> values = new ArrayList<>(); // may hold null
    for (Outcome<T, R> outcome : outcomes) {
      if (outcome instanceof Outcome.Success<T, R> success) {
        values.add(success.value());
      }
    }
    return Collections.unmodifiableList(values);
  }

  /** Those that have failed, in the order of the inputs; unmodifiable. */
  public List<Outcome.Failure<T, R>> failures() {
    List<Outcome.Failure<T, R>> failures = new ArrayList<>();
    for (Outcome<T, R> outcome : outcomes) {
      if (outcome instanceof Outcome.Failure<T, R> failure) {
        failures.add(failure);
      }
    }
    return List.copyOf(failures);
  }

  /**
   * The inputs of which nothing came, because they were cancelled or not started, in their order:
   * what is left to be done. Unmodifiable.
   */
  public List<T> left() {
    List<T> left = new ArrayList<>();
    for (Outcome<T, R> outcome : outcomes) {
      if (outcome instanceof Outcome.Cancelled || outcome instanceof Outcome.NotStarted) {
        left.add(outcome.input());
      }
    }
    return List.copyOf(left);
  }

  /** How many have succeeded. */
  public long succeeded() {
    return count(Outcome.Success.class);
  }

  /** How many have failed. */
  public long failed() {
    return count(Outcome.Failure.class);
  }

  /** How many were interrupted while they ran. */
  public long cancelled() {
    return count(Outcome.Cancelled.class);
  }

  /** How many have never begun. */
  public long notStarted() {
    return count(Outcome.NotStarted.class);
  }

  private long count(Class<?> kind) {
    return outcomes.stream().filter(kind::isInstance).count();
  }

  /** One line with the figures, and why it was stopped; not the results. */
  @Override
  public String toString() {
    return name
        + ": "
        + succeeded()
        + " of "
        + outcomes.size()
        + " succeeded, "
        + failed()
        + " failed, "
        + cancelled()
        + " cancelled, "
        + notStarted()
        + " not started, in "
        + took
        + stopped.map(why -> "; stopped by " + why).orElse("");
  }
}
