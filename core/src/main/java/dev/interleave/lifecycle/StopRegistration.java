// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A callback of a {@link StopToken}: to take it back, or to wait until it has run.
 *
 * <p>{@link #cancel()} and {@link #close()} decide whether the callback runs, and wait for nothing.
 * Before something goes away that the callback uses, {@link #awaitEnd} waits for one that is
 * running. Thread-safe.
 */
public final class StopRegistration implements Guard {
  private enum Phase {
    REGISTERED,
    RUNNING,
    ENDED,
    CANCELLED
  }

  private final StopToken token;
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.REGISTERED);
  private final Gate ended;

  /** Of who takes it out of REGISTERED, who drops it. */
  private @Nullable Runnable callback;

  private volatile @Nullable Thread runner;

  StopRegistration(StopToken token, Runnable callback) {
    this.token = token;
    this.callback = callback;
    ended = new Gate(token.name(), "stop callback", () -> runner);
  }

  /** Runs the callback unless it is cancelled; throws nothing. */
  void run() {
    if (!phase.compareAndSet(Phase.REGISTERED, Phase.RUNNING)) {
      return;
    }
    runner = Thread.currentThread();
    try {
      Objects.requireNonNull(callback).run();
    } catch (Throwable e) { // neither that of who stops, nor of the other callbacks
      token.failed(e);
    } finally {
      callback = null;
      phase.set(Phase.ENDED);
      ended.open();
      runner = null;
    }
  }

  /**
   * Takes the callback back if it has not begun. Does not wait.
   *
   * @return whether the callback has not run and never will; false if it is running or has run
   */
  public boolean cancel() {
    if (phase.compareAndSet(Phase.REGISTERED, Phase.CANCELLED)) {
      callback = null;
      token.forget(this);
      ended.open();
      return true;
    }
    return phase.get() == Phase.CANCELLED;
  }

  /** As {@link #cancel()}. */
  @Override
  public void close() {
    boolean unused = cancel();
  }

  /**
   * Waits until the callback has run, or is cancelled, or the deadline passes. Usually after {@link
   * #cancel()}: then it waits for one that is running, and for nothing else.
   *
   * @return whether the callback is over: has run, or never will
   * @throws InterruptedException if the thread is interrupted, before or during the wait
   * @throws IllegalStateException if called within the callback, which would wait for itself
   */
  public boolean awaitEnd(Deadline deadline) throws InterruptedException {
    Objects.requireNonNull(deadline, "deadline");
    if (runner == Thread.currentThread()) {
      throw new IllegalStateException(
          "A callback of " + token.name() + " cannot wait for its own end");
    }
    return ended.await("the end", deadline);
  }
}
