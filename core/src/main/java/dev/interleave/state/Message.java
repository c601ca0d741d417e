// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A function on its way to the owner, and the future of its result.
 *
 * <p>One compare-and-set from {@code NEW} decides its fate: the owner begins it, or its sender
 * gives it up, or a close discards it. So a future that is cancelled is one whose function never
 * runs.
 *
 * @param <T> the state
 * @param <R> the result
 */
final class Message<T, R extends @Nullable Object> extends CompletableFuture<R> {
  private static final VarHandle FATE;

  private static final int NEW = 0;
  private static final int BEGUN = 1;
  private static final int GIVEN_UP = 2;
  private static final int DISCARDED = 3;

  static {
    try {
      FATE = MethodHandles.lookup().findVarHandle(Message.class, "fate", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("UnusedVariable") // by FATE
  private volatile int fate;

  // Null once they are of no use: who keeps the future keeps neither what the function captured nor
  // the state. Others may see them too long, and then find out by the fate.
  private @Nullable Confined<T> home;
  private @Nullable Function<? super T, ? extends R> function;

  /** When it began, by {@code nanoTime}; written before the owner says that it runs this. */
  private long begunAt;

  /** What the function threw; written before the future completes. */
  private @Nullable Throwable thrown;

  Message(Confined<T> home, Function<? super T, ? extends R> function) {
    this.home = home;
    this.function = function;
  }

  // ------------------------------------------------------------------ its fate

  /** For the owner: the function, if it is to be run. */
  @Nullable Function<? super T, ? extends R> begin() {
    // Completed, by a method of the superclass that cannot be overridden: given up as well.
    int end = isDone() ? GIVEN_UP : BEGUN;
    boolean begun = FATE.compareAndSet(this, NEW, end) && end == BEGUN;
    Function<? super T, ? extends R> given = function;
    function = null; // after the decision: who discards has read it before
    if (!begun) {
      home = null;
    }
    return begun ? given : null;
  }

  void beginsAt(long nanoTime) {
    begunAt = nanoTime;
  }

  long begunAt() {
    return begunAt;
  }

  boolean isBegun() {
    return fate == BEGUN;
  }

  void succeed(R result) {
    super.complete(result);
    home = null;
  }

  void fail(Throwable cause) {
    thrown = cause;
    // Of the function, not of this future: that would say that it has not run.
    super.completeExceptionally(
        cause instanceof CancellationException ? new CompletionException(cause) : cause);
    home = null;
  }

  /** The function, if it has not begun and now never will. */
  @Nullable Function<? super T, ? extends R> discard(ConfinedClosedException why) {
    Function<? super T, ? extends R> given = function;
    if (isDone() || !FATE.compareAndSet(this, NEW, DISCARDED)) {
      return null;
    }
    super.completeExceptionally(why);
    home = null;
    return given;
  }

  boolean isDiscarded() {
    return fate == DISCARDED;
  }

  /** What the function threw; null if it returned or has not begun. For who saw the end of it. */
  @Nullable Throwable thrown() {
    return thrown;
  }

  /** Cancels this; false if it has begun, or its fate is decided otherwise. */
  boolean takeBack() {
    return FATE.compareAndSet(this, NEW, GIVEN_UP) && super.cancel(false);
  }

  /** Whether it will not run because its sender does not want it to. */
  private boolean giveUp() {
    int before = (int) FATE.compareAndExchange(this, NEW, GIVEN_UP);
    return before == NEW || before == GIVEN_UP;
  }

  // ------------------------------------------------------------------ what others may do with it

  /** Takes the function back. False if it has begun: then it runs on and completes this future. */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return giveUp() && super.cancel(mayInterruptIfRunning);
  }

  @Override
  public boolean complete(R value) {
    giveUp();
    return super.complete(value);
  }

  @Override
  public boolean completeExceptionally(Throwable cause) {
    giveUp();
    return super.completeExceptionally(cause);
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new CompletableFuture<>();
  }

  @Override
  public R get() throws InterruptedException, ExecutionException {
    refuseOwner();
    return super.get();
  }

  @Override
  public R get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    refuseOwner();
    return super.get(timeout, unit);
  }

  @Override
  public R join() {
    refuseOwner();
    return super.join();
  }

  private void refuseOwner() {
    Confined<T> waitedFor = home;
    if (waitedFor != null && !isDone()) {
      waitedFor.requireNotOwner("wait for the result of a function of");
    }
  }
}
