// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

/**
 * Who is told what happens in a {@link MonitoredPool} besides the running of tasks. All methods do
 * nothing unless overridden.
 *
 * <p>Called by the thread that found out, while it holds no lock: a worker, a submitter, or for
 * what comes with time a thread of the library's that is kept apart from the one that watches the
 * clock. So a listener that takes long delays that thread, and no timeout. What a listener throws
 * goes to the thread's handler of uncaught exceptions. No argument is null.
 */
public interface PoolListener {
  /**
   * A task was not accepted, or one that waited had to make room.
   *
   * @param task its name
   * @param why which policy, and how full the pool was, or that it is shut down
   */
  default void rejected(String task, String why) {}

  /**
   * The deadline of a task has passed.
   *
   * @param task its name
   * @param begun whether it had begun, and so was interrupted; if not it will never run
   */
  default void timedOut(String task, boolean begun) {}

  /**
   * A task that nobody has a future of has thrown. The thread's handler of uncaught exceptions gets
   * it as well.
   *
   * @param task its name
   * @param thrown what it threw
   */
  default void failed(String task, Throwable thrown) {}

  /**
   * A task has been running for longer than {@link MonitoredPool.Builder#stuckAfter}; told once for
   * each task.
   *
   * @param task with its stack
   */
  default void stuck(InFlight task) {}

  /**
   * A worker was about to wait for a task of its own pool that could never have run.
   *
   * @param report names the tasks, and says what was done about it
   */
  default void starved(String report) {}

  /**
   * The initializer has thrown on a new worker: the pool accepts nothing any more.
   *
   * @param cause what it threw
   */
  default void broken(Throwable cause) {}
}
