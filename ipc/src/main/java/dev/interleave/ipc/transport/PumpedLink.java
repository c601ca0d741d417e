// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.io.IOException;

/** A link with a thread of its own, which waits for what comes from the other end. */
interface PumpedLink extends Link {
  /** The connection over this link, which is ready as soon as {@link #pump} runs. */
  RingConnection connection();

  /**
   * Works until the connection is over; run by the thread of the wire.
   *
   * @throws IOException if the wire breaks
   */
  void pump() throws IOException;

  /** The thread has ended, whatever the reason, and the wire is closed. */
  void ended();
}
