// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * One thing that an {@link Actor} has been told to do: it may be under way, blocked, or done.
 *
 * <p>Steps are safe for use by any thread. Each method that waits does so for the patience of the
 * {@link Actors} at most, and then fails with the stacks of all of them. A step that failed must be
 * asked about ({@link #result()}, {@link #failure(Class)}): otherwise closing the actors throws
 * what it threw, so that nothing is swallowed.
 *
 * @param <T> the type of its result
 */
public final class Step<T extends @Nullable Object> {
  private final Actor actor;
  private final Callable<T> action;
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile boolean begun;
  private volatile boolean observed;

  // Written by the actor before it counts down `done`, read by others after that.
  private @Nullable Outcome<T> outcome;

  private record Outcome<T extends @Nullable Object>(
      T result, @Nullable Throwable failure, boolean interrupted) {}

  Step(Actor actor, Callable<T> action) {
    this.actor = actor;
    this.action = requireNonNull(action, "action");
  }

  /**
   * Tells whether the step has ended, with a result or with a failure.
   *
   * @return whether it has
   */
  public boolean isDone() {
    return done.getCount() == 0;
  }

  /**
   * Waits until the actor is blocked in this step.
   *
   * @throws AssertionError if the step ends, or does not block in time
   * @throws InterruptedException if the caller is interrupted
   */
  public void awaitBlocked() throws InterruptedException {
    awaitBlockedOrDone();
    assertNotDone();
  }

  /**
   * Waits until the actor is blocked in this step, or the step has ended.
   *
   * @throws AssertionError if neither is so in time
   * @throws InterruptedException if the caller is interrupted
   */
  public void awaitBlockedOrDone() throws InterruptedException {
    var blocked = Waiting.blocked(actor.thread());
    if (!Waiting.holdsWithin(
        () -> isDone() || (begun && blocked.getAsBoolean()), actor.patience())) {
      throw actor.outOfPatience("neither blocked nor done");
    }
  }

  /**
   * Fails if the step has ended.
   *
   * @throws AssertionError if it has, with what it ended
   */
  public void assertNotDone() {
    if (isDone()) {
      observed = true;
      Outcome<T> ended = ended();
      throw new AssertionError(
          actor.name()
              + " should still be blocked, but "
              + (ended.failure == null ? "returned " + ended.result : "threw " + ended.failure),
          ended.failure);
    }
  }

  /**
   * Waits for the step to end and returns what it returned.
   *
   * @return the result
   * @throws AssertionError if it threw anything, which is the cause then, or does not end in time
   * @throws InterruptedException if the caller is interrupted
   */
  public T result() throws InterruptedException {
    Outcome<T> ended = awaitOutcome();
    if (ended.failure != null) {
      throw new AssertionError(actor.name() + " threw " + ended.failure, ended.failure);
    }
    return ended.result;
  }

  /**
   * Waits for the step to end and returns what it threw.
   *
   * @param type what it should have thrown
   * @param <E> the same
   * @return what it threw
   * @throws AssertionError if it threw something else or nothing, or does not end in time
   * @throws InterruptedException if the caller is interrupted
   */
  public <E extends Throwable> E failure(Class<E> type) throws InterruptedException {
    Outcome<T> ended = awaitOutcome();
    if (!type.isInstance(ended.failure)) {
      throw new AssertionError(
          actor.name()
              + " should have thrown "
              + type.getSimpleName()
              + ", but "
              + (ended.failure == null ? "returned " + ended.result : "threw " + ended.failure),
          ended.failure);
    }
    return type.cast(ended.failure);
  }

  /**
   * Waits for the step to end and tells whether its thread was marked as interrupted at the end.
   * The mark is cleared then; the next step of the actor begins without it.
   *
   * @return whether the step left the thread's interrupt status set
   * @throws AssertionError if it does not end in time
   * @throws InterruptedException if the caller is interrupted
   */
  public boolean endedInterrupted() throws InterruptedException {
    await();
    return ended().interrupted;
  }

  /** Runs the action; called once, by the actor's thread. */
  @SuppressWarnings({"CatchingUnchecked", "NullAway"}) // no result where there is a failure
  void perform() {
    begun = true;
    try {
      T result = action.call();
      outcome = new Outcome<>(result, null, Thread.interrupted());
    } catch (Throwable failure) { // it is reported by whoever asks, or when the actors are closed
      outcome = new Outcome<>(null, failure, Thread.interrupted());
    } finally {
      done.countDown();
    }
  }

  /** Returns what the step threw if nobody has asked yet. */
  @Nullable Throwable unobservedFailure() {
    return observed || !isDone() ? null : ended().failure;
  }

  private Outcome<T> awaitOutcome() throws InterruptedException {
    await();
    observed = true;
    return ended();
  }

  private void await() throws InterruptedException {
    if (!actor.await(done)) {
      throw actor.outOfPatience("not done");
    }
  }

  private Outcome<T> ended() {
    return requireNonNull(outcome, "not ended");
  }
}
