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

/**
 * Something went otherwise than it should in a pool; off unless a recording asks for {@code
 * dev.interleave.PoolIncident}.
 */
@Name("dev.interleave.PoolIncident")
@Label("Pool Incident")
@Category({"Interleave", "Pool"})
@Description("A task was rejected, timed out, failed unseen, got stuck or would have starved")
@Enabled(false)
@StackTrace(true)
final class PoolIncidentEvent extends Event {
  @Label("Pool")
  final String pool;

  @Label("Kind")
  @Description("rejected, timed out, failed, stuck, starved or broken")
  final String kind;

  @Label("Task")
  final String task;

  @Label("Detail")
  final String detail;

  private PoolIncidentEvent(String pool, String kind, String task, String detail) {
    this.pool = pool;
    this.kind = kind;
    this.task = task;
    this.detail = detail;
  }

  static void commit(String pool, String kind, String task, String detail) {
    if (FlightRecorder.isInitialized()) { // else to ask would start it
      Loaded.commit(pool, kind, task, detail);
    }
  }

  /** Loads the event with the first recording, not before. */
  private static final class Loaded {
    static void commit(String pool, String kind, String task, String detail) {
      PoolIncidentEvent event = new PoolIncidentEvent(pool, kind, task, detail);
      if (event.shouldCommit()) {
        event.commit();
      }
    }
  }
}
