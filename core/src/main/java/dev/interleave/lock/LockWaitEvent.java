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
  @Label("Lock")
  final String lock;

  @Label("Mode")
  final String mode;

  @Label("Outcome")
  @Description("acquired, timed out, interrupted or deadlocked")
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

  void end(String how) {
    end(); // else the duration is 0 and below every threshold
    if (shouldCommit()) {
      outcome = how;
      commit();
    }
  }
}
