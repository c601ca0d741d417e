// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A structured scope as {@link ScopeContract} sees it, in the shape of {@code StructuredTaskScope}
 * of JDK 25. Whoever tests a scope of another shape writes an adapter to this one, which does no
 * more than pass the calls on.
 */
public interface TestedScope extends AutoCloseable {

  /**
   * Starts a task in a thread of its own, or does not if the scope is cancelled.
   *
   * @param task the task
   * @param <T> the type of its result
   * @return the subtask
   * @throws WrongThreadException if called by another thread than the one that opened the scope
   * @throws IllegalStateException if that has joined, or closed the scope
   */
  <T extends @Nullable Object> TestedSubtask<T> fork(Callable<T> task);

  /**
   * Waits until all subtasks have ended, or the scope is cancelled.
   *
   * @return the result, if it has one by its {@link ScopePolicy}
   * @throws WrongThreadException if called by another thread than the one that opened the scope
   * @throws IllegalStateException if that has joined before, or closed the scope
   * @throws InterruptedException if interrupted while waiting
   * @throws Exception by its policy or because its time is over; of what types, {@link
   *     ScopeContract} is told
   */
  @Nullable Object join() throws Exception;

  /**
   * Tells whether the scope is cancelled.
   *
   * @return whether a subtask, the end of its time, or its closing has cancelled it
   */
  boolean isCancelled();

  /**
   * Cancels the scope unless it has been joined, and waits until the threads of all subtasks have
   * ended, however often it is interrupted meanwhile.
   *
   * @throws WrongThreadException if called by another thread than the one that opened the scope
   * @throws IllegalStateException after that, if a task was forked and not joined
   */
  @Override
  void close();
}
