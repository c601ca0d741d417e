// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * A full buffer dropped an item or refused one; off unless a recording asks for {@code
 * dev.interleave.BufferLoss}.
 */
@Name("dev.interleave.BufferLoss")
@Label("Buffer Loss")
@Category({"Interleave", "Buffer"})
@Description("A full buffer dropped or rejected an item")
@Enabled(false)
@StackTrace(true)
final class BufferLossEvent extends Event {
  @Label("Buffer")
  final String buffer;

  @Label("Kind")
  @Description("dropped or rejected")
  final String kind;

  @Label("Capacity")
  final int capacity;

  private BufferLossEvent(String buffer, String kind, int capacity) {
    this.buffer = buffer;
    this.kind = kind;
    this.capacity = capacity;
  }

  static void commit(String buffer, String kind, int capacity) {
    if (FlightRecorder.isInitialized()) { // else to ask would start it
      Loaded.commit(buffer, kind, capacity);
    }
  }

  /** Loads the event with the first recording, not before. */
  private static final class Loaded {
    static void commit(String buffer, String kind, int capacity) {
      BufferLossEvent event = new BufferLossEvent(buffer, kind, capacity);
      if (event.shouldCommit()) {
        event.commit();
      }
    }
  }
}
