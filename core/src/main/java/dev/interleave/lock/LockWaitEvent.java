// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A thread waited for a lock; off unless a recording asks for {@code dev.interleave.LockWait}. */
@Name("dev.interleave.LockWait")
@Label("Lock Wait")
@Category({"Interleave", "Lock"})
@Description("A thread waited to acquire a lock")
@Enabled(false)
@StackTrace(true)
final class LockWaitEvent extends Event {
  /** How a wait ended. */
  enum Outcome {
    ACQUIRED("acquired"),
    TIMED_OUT("timed out"),
    INTERRUPTED("interrupted"),

    /** It would never have ended: a detector refused it or interrupted it, or it was an upgrade. */
    DEADLOCKED("deadlocked"),

    /** By an error, such as want of memory. */
    FAILED("failed");

    private final String words;

    Outcome(String words) {
      this.words = words;
    }

    /** What a wait came to that was not even allowed to begin. */
    static Outcome of(Throwable refusal) {
      return refusal instanceof RuntimeException ? DEADLOCKED : FAILED;
    }
  }

  @Label("Lock")
  final String lock;

  @Label("Mode")
  final String mode;

  @Label("Outcome")
  @Description("acquired, timed out, interrupted, deadlocked or failed")
  String outcome = "";

  private LockWaitEvent(String lock, LockHolder.Mode mode) {
    this.lock = lock;
    this.mode = mode.name();
  }

  /** An event that has begun. */
  static LockWaitEvent begin(String lock, LockHolder.Mode mode) {
    LockWaitEvent event = new LockWaitEvent(lock, mode);
    event.begin();
    return event;
  }

  void end(Outcome how) {
    end(); // else the duration is 0 and below every threshold
    if (shouldCommit()) {
      outcome = how.words;
      commit();
    }
  }
}
