// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.TransportException;
import java.nio.ByteBuffer;

/** Is closed by itself after some frames, with what is in it. */
final class BreakingConnection extends ForwardingConnection {
  private int left;

  BreakingConnection(Connection below, int frames) {
    super(below);
    left = frames;
  }

  @Override
  public void send(ByteBuffer frame, Deadline deadline)
      throws TransportException, InterruptedException {
    if (left-- == 0) {
      below.close();
    }
    below.send(frame, deadline);
  }
}
