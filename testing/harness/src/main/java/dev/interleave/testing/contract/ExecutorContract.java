// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** What a kit for executors has to know about the executor, and what its parts share. */
abstract class ExecutorContract extends Contract {
  static final int THREADS = 2;

  /**
   * Makes an executor that no one else uses. The tests end each one by {@code shutdownNow()}.
   *
   * @param threads how many tasks it must be able to run at once, and no more than that if {@link
   *     #limited()}; those beyond wait for their turn, in any number
   * @return the executor to be tested
   */
  protected abstract ExecutorService create(int threads);

  /**
   * Makes an executor that rejects tasks when it has enough of them. The tests that need one are
   * aborted if there is none.
   *
   * @param threads how many tasks it runs at once
   * @param waiting how many more may wait; one above that is rejected by a {@link
   *     java.util.concurrent.RejectedExecutionException}
   * @return the executor to be tested, or null if there is no such kind of it, which is so unless
   *     overridden
   */
  protected @Nullable ExecutorService createBounded(int threads, int waiting) {
    return null;
  }

  /**
   * Tells whether the executor runs no more tasks at once than it was made for.
   *
   * @return true unless overridden
   */
  protected boolean limited() {
    return true;
  }

  /**
   * Tells whether an executor of one thread begins tasks in the order of their submission.
   *
   * @return true unless overridden
   */
  protected boolean inOrder() {
    return true;
  }

  /**
   * Tells whether {@code cancel(true)} interrupts the task, and with it the other calls that cancel
   * tasks: {@code invokeAll} and {@code invokeAny}.
   *
   * @return true unless overridden
   */
  protected boolean cancelInterrupts() {
    return true;
  }

  /**
   * Tells whether {@code shutdownNow()} interrupts the tasks that run. It only attempts to end
   * them, says {@link ExecutorService}.
   *
   * @return true unless overridden
   */
  protected boolean shutdownNowInterrupts() {
    return true;
  }

  /**
   * Tells whether {@code shutdownNow()} returns each task that was accepted and never began, and
   * only those.
   *
   * @return true unless overridden
   */
  protected boolean shutdownNowReturnsWaiting() {
    return true;
  }

  /**
   * Tells whether the cause of an {@link ExecutionException} is the very thing that the task threw.
   * If not, it may be wrapped, or copied with the original as its cause.
   *
   * @return true unless overridden
   */
  protected boolean deliversFailuresAsThrown() {
    return true;
  }

  /**
   * Tells whether a task begins without an interrupt that was left behind by the task before it.
   *
   * @return true unless overridden
   */
  protected boolean clearsInterrupts() {
    return true;
  }

  /**
   * Tells whether the threads that run the tasks belong to the executor, so that none of them is
   * left when it has terminated.
   *
   * @return true unless overridden
   */
  protected boolean ownsThreads() {
    return true;
  }

  /** Aborts the test if tasks never wait for their turn. */
  final void assumeLimited() {
    assumeTrue(limited(), "no task waits for its turn");
  }

  final Workplace workplace(int threads) {
    return new Workplace(create(threads), patience(), ownsThreads());
  }

  final Workplace workplace() {
    return workplace(THREADS);
  }

  static void assertInterrupted(Step<?> step) throws InterruptedException {
    step.failure(InterruptedException.class);
    assertFalse(
        step.endedInterrupted(), "InterruptedException thrown, but interrupt status still set");
  }

  /** Fails unless it was caused by this. */
  @SuppressWarnings("ReferenceEquality") // this one, not one like it
  final void assertCausedBy(Throwable cause, ExecutionException thrown) {
    if (deliversFailuresAsThrown()) {
      assertSame(cause, thrown.getCause(), "the cause of " + thrown);
      return;
    }
    for (Throwable link = thrown; link != null; link = link.getCause()) {
      if (link == cause) {
        return;
      }
    }
    throw new AssertionError("not caused by " + cause + ": " + thrown, thrown);
  }

  static void assertState(Future.State state, Future<?> future) {
    assertEquals(state, future.state(), "state()");
    assertEquals(state != Future.State.RUNNING, future.isDone(), "isDone(), " + state);
    assertEquals(state == Future.State.CANCELLED, future.isCancelled(), "isCancelled(), " + state);
  }

  static void assertNotBefore(long nanos, long waited) {
    assertTrue(waited >= nanos, () -> "gave up after " + waited + " ns of " + nanos);
  }
}
