// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A thread waited at a pool; off unless a recording asks for {@code dev.interleave.PoolWait}. */
@Name("dev.interleave.PoolWait")
@Label("Pool Wait")
@Category({"Interleave", "Pool"})
@Description("A thread waited for a task, or for a place for one")
@Enabled(false)
@StackTrace(true)
final class PoolWaitEvent extends Event {
  @Label("Pool")
  final String pool;

  @Label("For")
  @Description("the task, how many of them, or a place")
  final String what;

  @Label("Outcome")
  @Description("done, timed out, interrupted or refused")
  String outcome = "";

  private PoolWaitEvent(String pool, String what) {
    this.pool = pool;
    this.what = what;
  }

  /** An event that has begun; null if nobody records. */
  static @Nullable PoolWaitEvent begin(String pool, String what) {
    // Even to load the class of an event starts the flight recorder, which takes some 200 ms.
    return FlightRecorder.isInitialized() ? Loaded.begin(pool, what) : null;
  }

  /** Ends it, if there is one. */
  static void end(@Nullable PoolWaitEvent event, String how) {
    if (event != null) {
      event.end(how);
    }
  }

  private void end(String how) {
    end(); // else the duration is 0 and below every threshold
    if (shouldCommit()) {
      outcome = how;
      commit();
    }
  }

  /** Loads the event with the first recording, not before. */
  private static final class Loaded {
    static PoolWaitEvent begin(String pool, String what) {
      PoolWaitEvent event = new PoolWaitEvent(pool, what);
      event.begin();
      return event;
    }
  }
}
