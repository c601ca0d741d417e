// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.ConnectionStats;
import dev.interleave.ipc.transport.FrameHandler;
import dev.interleave.ipc.transport.PeerClosedException;
import dev.interleave.ipc.transport.Polled;
import dev.interleave.ipc.transport.TransportClosedException;
import dev.interleave.ipc.transport.TransportException;
import dev.interleave.ipc.transport.TransportTimeoutException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection, seen as the end of a channel. */
final class ConnectionChannel implements FrameChannel {
  private final Connection connection;

  ConnectionChannel(Connection connection) {
    this.connection = Objects.requireNonNull(connection, "connection");
  }

  @Override
  public String name() {
    return connection.name();
  }

  @Override
  public int maxFrame() {
    return connection.maxFrame();
  }

  @Override
  public void send(ByteBuffer frame, Deadline deadline)
      throws ChannelException, InterruptedException {
    Frames.checkLength(frame, maxFrame(), name());
    try {
      connection.send(frame, deadline);
    } catch (TransportException e) {
      throw said(e);
    }
  }

  @Override
  public boolean trySend(ByteBuffer frame) throws ChannelException {
    Frames.checkLength(frame, maxFrame(), name());
    try {
      return connection.trySend(frame);
    } catch (TransportException e) {
      throw said(e);
    }
  }

  @Override
  public @Nullable ByteBuffer receive(Deadline deadline)
      throws ChannelException, InterruptedException {
    try {
      return connection.receive(deadline);
    } catch (TransportException e) {
      throw said(e);
    }
  }

  private static final class Copy implements FrameHandler {
    @Nullable ByteBuffer frame;

    @Override
    public void frame(ByteBuffer lent) {
      frame = Frames.copy(lent);
    }
  }

  /** The handler is called when the connection is free again: it may receive, too. */
  @Override
  public Polled tryReceive(Consumer<? super ByteBuffer> handler) throws ChannelException {
    Objects.requireNonNull(handler, "handler");
    Copy copy = new Copy();
    Polled found;
    try {
      found = connection.tryReceive(copy);
    } catch (TransportException e) {
      throw said(e);
    }
    if (copy.frame != null) {
      handler.accept(copy.frame);
    }
    return found;
  }

  /** The same in the words of channels. */
  private static ChannelException said(TransportException e) {
    String message = String.valueOf(e.getMessage());
    return switch (e) {
      case TransportTimeoutException t -> new ChannelTimeoutException(message, t);
      case TransportClosedException t -> new ChannelClosedException(message, t);
      case PeerClosedException t -> new BrokenChannelException(message, t);
      default -> new ChannelFailedException(message, e);
    };
  }

  @Override
  public void closeSend() {
    connection.closeSend();
  }

  @Override
  public void close() {
    connection.close();
  }

  @Override
  public boolean isClosed() {
    return connection.isClosed();
  }

  @Override
  public ChannelStats stats() {
    ConnectionStats stats = connection.stats();
    return new ChannelStats(stats.framesSent(), stats.framesReceived(), 0, 0);
  }

  /** For messages: that of the connection. */
  @Override
  public String toString() {
    return connection.toString();
  }
}
