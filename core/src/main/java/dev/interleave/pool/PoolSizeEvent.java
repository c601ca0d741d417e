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
 * {@link AdaptiveSizing} has changed the size of a pool; off unless a recording asks for {@code
 * dev.interleave.PoolSize}.
 */
@Name("dev.interleave.PoolSize")
@Label("Pool Size")
@Category({"Interleave", "Pool"})
@Description("The number of threads of a pool was changed, by what it got done")
@Enabled(false)
@StackTrace(false)
final class PoolSizeEvent extends Event {
  @Label("Pool")
  final String pool;

  @Label("From")
  final int from;

  @Label("To")
  final int to;

  @Label("Reason")
  final String reason;

  private PoolSizeEvent(String pool, AdaptiveSizing.Change change) {
    this.pool = pool;
    from = change.from();
    to = change.to();
    reason = change.reason();
  }

  static void commit(String pool, AdaptiveSizing.Change change) {
    if (FlightRecorder.isInitialized()) { // else to ask would start it
      Loaded.commit(pool, change);
    }
  }

  /** Loads the event with the first recording, not before. */
  private static final class Loaded {
    static void commit(String pool, AdaptiveSizing.Change change) {
      PoolSizeEvent event = new PoolSizeEvent(pool, change);
      if (event.shouldCommit()) {
        event.commit();
      }
    }
  }
}
