// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import dev.interleave.buffer.BoundedBuffer;
import dev.interleave.buffer.BufferClosedException;

/** The connections that are ready and not accepted yet. */
final class ReadyConnections {
  private final String name;
  private final BoundedBuffer<RingConnection> buffer;

  ReadyConnections(String name, int backlog) {
    this.name = name;
    buffer = BoundedBuffer.<RingConnection>builder(backlog).name(name + " backlog").build();
  }

  /**
   * Adds one, if need be when there is room.
   *
   * @return false if there was none before the deadline
   * @throws BufferClosedException if nobody will accept it
   */
  boolean put(RingConnection connection, Deadline deadline) throws InterruptedException {
    return buffer.offer(connection, deadline);
  }

  RingConnection accept(Deadline deadline) throws TransportException, InterruptedException {
    try {
      RingConnection next = buffer.poll(deadline);
      if (next == null) {
        throw new TransportTimeoutException(name + ": nobody has connected");
      }
      return next;
    } catch (BufferClosedException e) {
      throw new TransportClosedException(name + ": the listener is closed", e);
    }
  }

  /** Closes those that nobody has accepted. */
  void close() {
    buffer.closeNow().forEach(RingConnection::close);
  }
}
