// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.TransportException;

/**
 * Gets a connection to the other side of a {@link ReliableChannel}, and another one when that is
 * lost: {@code transport::connect} at the one side, {@code listener::accept} at the other. It has
 * to lead to the same other side each time.
 */
@FunctionalInterface
public interface Connector {
  /**
   * A connection, which belongs to the channel from then on.
   *
   * @param deadline when to give up
   * @throws TransportException if there is none; the channel will ask again
   * @throws InterruptedException if the thread is interrupted, as it is when the channel is closed
   */
  Connection connect(Deadline deadline) throws TransportException, InterruptedException;
}
