// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

import dev.interleave.StopReport;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The deadline passed before a {@link Confined} had a place for a function, or its result. {@link
 * #stage()} says how far the function had come, and so whether it may still take effect. The
 * message names the confined state, how long the caller waited, and what the owner was doing.
 */
public final class ConfinedTimeoutException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** How far a function had come. */
  public enum Stage {
    /** The mailbox was full: it was not accepted and will not run. */
    NOT_ACCEPTED("waiting for a place in the mailbox of "),

    /** It was accepted and waited for its turn: it was taken back and will not run. */
    NOT_BEGUN("waiting for the turn of a function in "),

    /** It had begun: it runs on, and what it does takes effect. */
    RUNNING("waiting for the result of a function of ");

    private final String waiting;

    Stage(String waiting) {
      this.waiting = waiting;
    }
  }

  private final Stage stage;
  private final transient StopReport.@Nullable Running running;

  ConfinedTimeoutException(
      String name, Stage stage, Duration waited, StopReport.@Nullable Running running) {
    super("Timed out after " + waited + ' ' + stage.waiting + name + ": " + doing(running));
    this.stage = stage;
    this.running = running;
  }

  private static String doing(StopReport.@Nullable Running running) {
    if (running == null) {
      return "its owner was between two functions";
    }
    StackTraceElement place = Threads.place(running.stack());
    return "its owner had been running "
        + running.task()
        + " for "
        + running.ran()
        + (place == null ? "" : ", and was at " + place);
  }

  /** How far the function had come. */
  public Stage stage() {
    return stage;
  }

  /**
   * What the owner was running when the time was up, with its stack; empty if it was between two
   * functions, and in an exception that was serialized.
   */
  public Optional<StopReport.Running> running() {
    return Optional.ofNullable(running);
  }
}
