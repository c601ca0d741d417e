// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.jms;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.JmsTransport;
import dev.interleave.ipc.transport.Listener;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.ipc.transport.TransportException;
import jakarta.jms.ConnectionFactory;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Request and reply over the transport, with a thread that waits on each side. */
final class TransportPair implements Pair {
  private final Connection client;
  private final Connection server;
  private final ByteBuffer frame = ByteBuffer.allocate(64);

  TransportPair(ConnectionFactory factory, String queue)
      throws TransportException, InterruptedException {
    Transport transport = new JmsTransport(factory, queue);
    Deadline soon = Deadline.after(Duration.ofSeconds(10));
    try (Listener listener = transport.listen()) {
      client = transport.connect(soon);
      server = listener.accept(soon);
    }
    Thread.ofPlatform().daemon().name("server").start(() -> serve(server));
  }

  private static void serve(Connection connection) {
    ByteBuffer copy = ByteBuffer.allocate(64);
    try {
      while (connection.receive(request -> copy.clear().put(request), Deadline.none())) {
        connection.send(copy.flip());
      }
    } catch (TransportException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void roundTrip(long number) throws TransportException, InterruptedException {
    client.send(frame.clear().putLong(0, number));
    boolean more =
        client.receive(
            reply -> {
              if (reply.getLong() != number) {
                throw new IllegalStateException("another reply than to " + number);
              }
            },
            Deadline.none());
    if (!more) {
      throw new IllegalStateException("the server is gone");
    }
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
