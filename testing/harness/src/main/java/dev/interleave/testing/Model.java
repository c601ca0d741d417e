// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

import java.util.function.BiFunction;

/**
 * What an object does when its operations are called one after the other: the sequential
 * specification that {@link Linearizability} compares a {@link History} with.
 *
 * <p>A model is a state to begin with and a function: from a state and an operation to the ways in
 * which the operation may end there. A few lines are enough:
 *
 * {@snippet :
 * Model<Integer> counter = Model.of(0, (count, call) -> switch (call.name()) {
 *   case "increment" -> Transition.done(count + 1);
 *   case "get" -> Transition.returning(count, count);
 *   case "awaitZero" -> count == 0 ? Transition.done(count) : Transition.blocked();
 *   default -> throw call.unknown("increment, get, awaitZero");
 * });
 * }
 *
 * <p>{@link Models} has those of the common types.
 *
 * <p>Models must not keep anything but the states they hand out; then they may be shared by
 * threads.
 *
 * @param <S> the states: immutable, with {@code equals} and {@code hashCode} by value, and a {@code
 *     toString} for messages
 */
public interface Model<S> {

  /**
   * Returns the state to begin with.
   *
   * @return the state
   */
  S initial();

  /**
   * Tells what an operation can do in a state.
   *
   * <p>The operation comes as it stands in the history, outcome included. As a rule, a model does
   * not look at the outcome, and says how the operation may end: the checker compares. Where there
   * are more ways to end than can be listed, a model looks at the outcome and answers for that one;
   * if it is pending, for all those that differ in the state that follows.
   *
   * <p>What is not to be modelled is a call that threw {@link InterruptedException}: it has had no
   * effect, and does not come.
   *
   * @param state the state
   * @param call the operation
   * @return how it may end
   * @throws IllegalArgumentException if the model does not know the operation; it ends the check
   */
  Transition<S> step(S state, Operation call);

  /**
   * Refuses an operation that the model does not know, or that lacks an argument. Before a check
   * begins, all calls of the history come here, also those that {@link #step} may never get to see:
   * one that has not ended, or comes after a violation.
   *
   * <p>Unless overridden, this takes a step from the {@linkplain #initial() initial state} to see
   * whether that is refused. What else it throws is no refusal: the operation may be one that is
   * not possible yet.
   *
   * @param call the operation; as if it had not ended, if it was interrupted
   * @throws IllegalArgumentException if the model does not know the operation; it ends the check
   */
  default void requireKnown(Operation call) {
    try {
      step(initial(), call);
    } catch (IllegalArgumentException unknown) {
      throw unknown;
    } catch (RuntimeException notPossibleYet) {
      // If the search ever comes to such a state, this ends the check there.
    }
  }

  /**
   * Tells whether an operation that could go on may wait all the same, because it has to stand in
   * line behind another one: as a reader behind a writer, who in turn waits for other readers.
   * Matters to histories after which {@linkplain Linearizability#quiescent() nothing moves} only;
   * who may wait there has not missed its wake-up.
   *
   * @param state the final state
   * @param call a pending operation
   * @param other another one, which has to wait in that state
   * @return whether the first may wait as long as the other one does; unless overridden, false
   */
  default boolean mayWaitBehind(S state, Operation call, Operation other) {
    return false;
  }

  /**
   * Tells whether an operation that ended as it did is sure to have left the state as it was,
   * whatever the state was: a read, or an attempt that failed. False is always right; true makes
   * the check faster and its counter-examples smaller.
   *
   * @param call an operation that is not pending
   * @return whether it never changes the state with this outcome
   */
  default boolean isReadOnly(Operation call) {
    return false;
  }

  /**
   * Tells whether it matters to the model which thread calls, as it does to a lock. True is always
   * right; false makes the check faster if many calls are pending.
   *
   * @return whether {@link #step} looks at {@link Operation#thread()}
   */
  default boolean knowsThreads() {
    return true;
  }

  /**
   * Makes a model.
   *
   * @param initial the state to begin with
   * @param step tells what an operation can do in a state: see {@link #step}
   * @param <S> the states
   * @return the model
   */
  static <S> Model<S> of(S initial, BiFunction<? super S, ? super Operation, Transition<S>> step) {
    requireNonNull(initial, "initial");
    requireNonNull(step, "step");
    return new Model<>() {
      @Override
      public S initial() {
        return initial;
      }

      @Override
      public Transition<S> step(S state, Operation call) {
        return step.apply(state, call);
      }
    };
  }
}
