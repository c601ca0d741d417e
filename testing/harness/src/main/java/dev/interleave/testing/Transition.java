// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an operation can do in one state of a {@link Model}: how it may end, and the state that
 * follows; or that it has to wait.
 *
 * <p>Most operations have one way to end; {@link #or} adds others. Immutable.
 *
 * @param <S> the states of the model
 */
public final class Transition<S> {
  private static final Transition<?> BLOCKED = new Transition<>(Kind.WAIT, null, null, null);

  private final Kind kind;
  private final @Nullable Object value;
  private final @Nullable S next;
  private final @Nullable Transition<S> other;

  private enum Kind {
    WAIT,
    RETURN,
    TIME_OUT,
    TIME_OUT_BY,
    THROW
  }

  private Transition(
      Kind kind, @Nullable Object value, @Nullable S next, @Nullable Transition<S> other) {
    this.kind = kind;
    this.value = value;
    this.next = next;
    this.other = other;
  }

  /**
   * The operation has to wait: it cannot take effect in this state.
   *
   * @param <S> the states of the model
   * @return the transition
   */
  @SuppressWarnings("unchecked") // it has no state
  public static <S> Transition<S> blocked() {
    return (Transition<S>) BLOCKED;
  }

  /**
   * The operation returns a value.
   *
   * @param value the value; compared by {@code equals}
   * @param next the state that follows
   * @param <S> the states of the model
   * @return the transition
   */
  public static <S> Transition<S> returning(@Nullable Object value, S next) {
    return new Transition<>(Kind.RETURN, value, requireNonNull(next, "next"), null);
  }

  /**
   * The operation returns, and its method returns nothing, or always null.
   *
   * @param next the state that follows
   * @param <S> the states of the model
   * @return the transition
   */
  public static <S> Transition<S> done(S next) {
    return returning(null, next);
  }

  /**
   * The operation gives up waiting and returns a value. As {@link #returning}, except that a call
   * which has not done so yet is still rightly waiting: see {@link Linearizability#quiescent()}.
   *
   * @param value the value that says so; compared by {@code equals}
   * @param next the state that follows
   * @param <S> the states of the model
   * @return the transition
   */
  public static <S> Transition<S> timingOut(@Nullable Object value, S next) {
    return new Transition<>(Kind.TIME_OUT, value, requireNonNull(next, "next"), null);
  }

  /**
   * The operation gives up waiting and throws an exception. As {@link #timingOut}.
   *
   * @param type the class of the exception, as for {@link #throwing}
   * @param next the state that follows
   * @param <S> the states of the model
   * @return the transition
   */
  public static <S> Transition<S> timingOutBy(Class<? extends Throwable> type, S next) {
    return new Transition<>(Kind.TIME_OUT_BY, type.getName(), requireNonNull(next, "next"), null);
  }

  /**
   * The operation throws an exception.
   *
   * @param type its class, or a superclass other than {@code Exception}, {@code RuntimeException},
   *     {@code Error} and {@code Throwable}
   * @param next the state that follows
   * @param <S> the states of the model
   * @return the transition
   */
  public static <S> Transition<S> throwing(Class<? extends Throwable> type, S next) {
    return new Transition<>(Kind.THROW, type.getName(), requireNonNull(next, "next"), null);
  }

  /**
   * Adds other ways to end.
   *
   * @param alternative the other ways; if it is {@link #blocked()}, there are none
   * @return a transition that may end in the ways of this one and of the other
   */
  public Transition<S> or(Transition<S> alternative) {
    if (kind == Kind.WAIT) {
      return alternative;
    }
    return new Transition<>(kind, value, next, other == null ? alternative : other.or(alternative));
  }

  /** Returns the state that follows; this transition must not be a waiting one. */
  S next() {
    return requireNonNull(next, "next");
  }

  /** Returns the next alternative, or null. */
  @Nullable Transition<S> other() {
    return other == null || other.kind == Kind.WAIT ? null : other;
  }

  boolean isBlocked() {
    return kind == Kind.WAIT;
  }

  /** Tells whether an operation can end in this way at once, without the help of time. */
  boolean isImmediate() {
    return kind == Kind.RETURN || kind == Kind.THROW;
  }

  /** Tells whether this way to end, the first if there are several, is the given one. */
  boolean allows(Outcome outcome) {
    return switch (kind) {
      case WAIT -> false;
      case THROW, TIME_OUT_BY ->
          outcome instanceof Outcome.Threw threw && threw.types().contains(value);
      case RETURN, TIME_OUT ->
          outcome instanceof Outcome.Returned returned
              ? Objects.equals(returned.value(), value)
              : outcome instanceof Outcome.Done && value == null;
    };
  }
}
