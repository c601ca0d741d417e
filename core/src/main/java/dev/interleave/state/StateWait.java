// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * One wait of this package: registered, so that whoever looks for deadlocks sees it, and recorded
 * if a recording asks for it. Begun only when there is something to wait for; closed by the thread
 * that began it.
 */
final class StateWait implements AutoCloseable {
  private final Wait wait;
  private final @Nullable StateWaitEvent event;
  private String outcome = "failed";

  private StateWait(Wait wait, @Nullable StateWaitEvent event) {
    this.wait = wait;
    this.event = event;
  }

  /**
   * The calling thread is about to wait.
   *
   * @throws RuntimeException if a detector refuses
   */
  static StateWait begin(Resource resource, String wants, Wait.Exit exit) {
    StateWaitEvent event =
        FlightRecorder.isInitialized() ? StateWaitEvent.begin(resource.name(), wants) : null;
    try {
      return new StateWait(Waits.enter(resource, wants, exit), event);
    } catch (RuntimeException e) {
      if (event != null) {
        event.end("refused");
      }
      throw e;
    }
  }

  /** How an interruptible wait can be ended, by whether it has a time limit. */
  static Wait.Exit exit(boolean timed) {
    return timed ? Wait.Exit.TIMEOUT : Wait.Exit.INTERRUPT;
  }

  /** It has what it wanted. */
  void succeeded() {
    outcome = "succeeded";
  }

  void timedOut() {
    outcome = "timed out";
  }

  /** Returns what to throw. */
  InterruptedException interrupted(InterruptedException e) {
    outcome = "interrupted";
    return Waits.causedBy(wait, e);
  }

  @Override
  public void close() {
    wait.leave();
    if (event != null) {
      event.end(outcome);
    }
  }
}
