// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * A thread waited at a buffer; off unless a recording asks for {@code dev.interleave.BufferWait}.
 */
@Name("dev.interleave.BufferWait")
@Label("Buffer Wait")
@Category({"Interleave", "Buffer"})
@Description("A thread waited for room or for an item")
@Enabled(false)
@StackTrace(true)
final class BufferWaitEvent extends Event {
  @Label("Buffer")
  final String buffer;

  @Label("Side")
  @Description("producer or consumer")
  final String side;

  @Label("Outcome")
  @Description("done, timed out, interrupted or closed")
  String outcome = "";

  private BufferWaitEvent(String buffer, String side) {
    this.buffer = buffer;
    this.side = side;
  }

  /** An event that has begun. */
  static BufferWaitEvent begin(String buffer, String side) {
    BufferWaitEvent event = new BufferWaitEvent(buffer, side);
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
