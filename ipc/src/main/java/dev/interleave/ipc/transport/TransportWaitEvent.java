// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A thread waited for a peer; off unless a recording asks for it by its name. */
@Name("dev.interleave.TransportWait")
@Label("Transport Wait")
@Category({"Interleave", "Transport"})
@Description("A thread waited for a frame, for room, for its turn, or for a connection")
@Enabled(false)
@StackTrace(true)
final class TransportWaitEvent extends Event {
  @Label("Connection")
  final String connection;

  @Label("Wants")
  @Description("a frame, room, its turn, or a connection")
  final String wants;

  private TransportWaitEvent(String connection, String wants) {
    this.connection = connection;
    this.wants = wants;
  }

  /** An event that has begun; only if somebody may record, see {@link TransportWaits}. */
  static TransportWaitEvent begin(String connection, String wants) {
    TransportWaitEvent event = new TransportWaitEvent(connection, wants);
    event.begin();
    return event;
  }
}
