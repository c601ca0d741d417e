// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import java.util.function.Consumer;

/**
 * Something that is started, runs, and is stopped: a {@link Service}, a {@link PeriodicService}, a
 * {@link ServiceGroup}, or a type of yours that keeps to the contract below.
 */
public interface Managed extends Stoppable {
  /**
   * Starts it, and returns when it is ready. Once only.
   *
   * @throws InterruptedException if the thread is interrupted, before or during the wait; it goes
   *     on starting
   * @throws ServiceTimeoutException if it is not ready before the deadline; it goes on starting
   * @throws StoppedException if it was stopped before it was ready
   * @throws ServiceFailedException if it failed
   * @throws IllegalStateException if it is not new; the message names its state
   */
  void start(Deadline deadline) throws InterruptedException;

  /**
   * Tells {@code listener} if it fails, once; at once, on this thread, if it has failed already.
   *
   * @return to be closed by who no longer wants to know
   */
  Guard onFailure(Consumer<? super Throwable> listener);
}
