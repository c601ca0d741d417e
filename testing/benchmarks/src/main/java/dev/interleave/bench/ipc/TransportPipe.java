// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.ipc;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.FrameHandler;
import java.io.EOFException;
import java.nio.ByteBuffer;

/** Our transports. */
final class TransportPipe implements Pipe {
  private static final FrameHandler COUNTED = frame -> {};

  private final Connection connection;

  TransportPipe(Connection connection) {
    this.connection = connection;
  }

  @Override
  public void send(ByteBuffer message, boolean more) throws Exception {
    int position = message.position();
    if (more) {
      connection.write(message, Deadline.none());
    } else {
      connection.send(message, Deadline.none());
    }
    message.position(position);
  }

  @Override
  public int receive() throws Exception {
    if (!connection.receive(COUNTED, Deadline.none())) {
      throw new EOFException();
    }
    return 1;
  }

  @Override
  public void close() {
    connection.close();
  }
}
