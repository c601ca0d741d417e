// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What became of one item of a {@link Batch} or a {@link Pipeline}: one of four things, decided
 * once.
 *
 * <pre>{@code
 * switch (outcome) {
 *   case Outcome.Success<City, Weather> s -> show(s.value());
 *   case Outcome.Failure<City, Weather> f -> log(f.input(), f.cause());
 *   case Outcome.Cancelled<City, Weather> c -> later.add(c.input()); // it may have had effects
 *   case Outcome.NotStarted<City, Weather> n -> later.add(n.input()); // it had none
 * }
 * }</pre>
 *
 * <p>The {@code cause} of one that was cancelled or not started says why: a {@link
 * java.util.concurrent.TimeoutException} that the deadline passed, an {@link InterruptedException}
 * that the caller was interrupted, a {@link java.util.concurrent.RejectedExecutionException} that
 * the executor did not take it or threw it away, a {@link CancellationException} that the rest was
 * not wanted any more.
 *
 * <p>Immutable and thread-safe, if inputs and results are. No component is null, but for the value.
 *
 * @param <T> the items
 * @param <R> the results
 */
public sealed interface Outcome<T, R extends @Nullable Object> {
  /** The how manieth item it was, counted from 0. */
  long index();

  /** The item. */
  T input();

  /** Whether it succeeded. */
  default boolean isSuccess() {
    return this instanceof Success;
  }

  /**
   * The result.
   *
   * @throws ExecutionException if it failed, with what was thrown as its cause
   * @throws CancellationException if it was cancelled or not started; the cause says why
   */
  default R get() throws ExecutionException {
    return switch (this) {
      case Success<T, R> success -> success.value();
      case Failure<T, R> failure ->
          throw new ExecutionException("item " + index() + " failed", failure.cause());
      case Cancelled<T, R> cancelled ->
          throw because("item " + index() + " was cancelled", cancelled.cause());
      case NotStarted<T, R> never ->
          throw because("item " + index() + " was not started", never.cause());
    };
  }

  private static CancellationException because(String message, Throwable cause) {
    CancellationException e = new CancellationException(message);
    e.initCause(cause);
    return e;
  }

  /**
   * It returned.
   *
   * @param value what it returned
   * @param took for how long it ran
   */
  record Success<T, R extends @Nullable Object>(long index, T input, R value, Duration took)
      implements Outcome<T, R> {
    /**
     * Checks the components.
     *
     * @throws NullPointerException if one but the value is null
     */
    public Success {
      Objects.requireNonNull(input, "input");
      Objects.requireNonNull(took, "took");
    }
  }

  /**
   * It threw; or took longer than one call may, then by a {@link
   * java.util.concurrent.TimeoutException}, and it was interrupted.
   *
   * @param cause what it threw
   * @param took for how long it ran
   */
  record Failure<T, R extends @Nullable Object>(long index, T input, Throwable cause, Duration took)
      implements Outcome<T, R> {
    /**
     * Checks the components.
     *
     * @throws NullPointerException if one is null
     */
    public Failure {
      Objects.requireNonNull(input, "input");
      Objects.requireNonNull(cause, "cause");
      Objects.requireNonNull(took, "took");
    }
  }

  /**
   * It had begun and was interrupted. What it returns or throws after that, if it ever ends, goes
   * nowhere.
   *
   * @param cause why
   * @param took for how long it had been running
   */
  record Cancelled<T, R extends @Nullable Object>(
      long index, T input, Throwable cause, Duration took) implements Outcome<T, R> {
    /**
     * Checks the components.
     *
     * @throws NullPointerException if one is null
     */
    public Cancelled {
      Objects.requireNonNull(input, "input");
      Objects.requireNonNull(cause, "cause");
      Objects.requireNonNull(took, "took");
    }
  }

  /**
   * It had not begun, and never will.
   *
   * @param cause why
   */
  record NotStarted<T, R extends @Nullable Object>(long index, T input, Throwable cause)
      implements Outcome<T, R> {
    /**
     * Checks the components.
     *
     * @throws NullPointerException if one is null
     */
    public NotStarted {
      Objects.requireNonNull(input, "input");
      Objects.requireNonNull(cause, "cause");
    }
  }
}
