// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * Begins events. It is not done by the event's own class: the first use of that loads hundreds of
 * classes, which took longer than everything else that it takes to connect.
 */
final class TransportWaits {
  private TransportWaits() {}

  /** An event that has begun, or null if nobody records. */
  static @Nullable TransportWaitEvent begin(String connection, String wants) {
    return FlightRecorder.isInitialized() ? TransportWaitEvent.begin(connection, wants) : null;
  }
}
