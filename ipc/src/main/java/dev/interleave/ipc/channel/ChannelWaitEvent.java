// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A thread waited at the end of a channel; off unless a recording asks for it by its name. */
@Name("dev.interleave.ChannelWait")
@Label("Channel Wait")
@Category({"Interleave", "Channel"})
@Description("A thread waited for a message, for room, or for the other side")
@Enabled(false)
@StackTrace(true)
final class ChannelWaitEvent extends Event {
  @Label("Channel")
  final String channel;

  @Label("Wants")
  @Description("a message, room, ...")
  final String wants;

  private ChannelWaitEvent(String channel, String wants) {
    this.channel = channel;
    this.wants = wants;
  }

  /** An event that has begun, or null if nobody records. */
  static @Nullable ChannelWaitEvent begin(String channel, String wants) {
    if (!FlightRecorder.isInitialized()) {
      return null;
    }
    ChannelWaitEvent event = new ChannelWaitEvent(channel, wants);
    event.begin();
    return event;
  }
}
