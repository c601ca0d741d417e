// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.ConnectionStats;
import dev.interleave.ipc.transport.FrameFiller;
import dev.interleave.ipc.transport.FrameHandler;
import dev.interleave.ipc.transport.Peer;
import dev.interleave.ipc.transport.Polled;
import dev.interleave.ipc.transport.TransportException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is another one, but for what a subclass changes; all frames go through send.
 */
abstract class ForwardingConnection implements Connection {
  final Connection below;

  ForwardingConnection(Connection below) {
    this.below = below;
  }

  @Override
  public void send(ByteBuffer frame, Deadline deadline)
      throws TransportException, InterruptedException {
    below.send(frame, deadline);
  }

  @Override
  public boolean trySend(ByteBuffer frame) throws TransportException {
    return below.trySend(frame);
  }

  @Override
  public void send(int atMost, FrameFiller filler, Deadline deadline)
      throws TransportException, InterruptedException {
    ByteBuffer room = ByteBuffer.allocate(atMost);
    filler.fill(room);
    send(room.flip(), deadline);
  }

  @Override
  public void write(ByteBuffer frame, Deadline deadline)
      throws TransportException, InterruptedException {
    send(frame, deadline);
  }

  @Override
  public void flush() throws TransportException {
    below.flush();
  }

  @Override
  public boolean receive(FrameHandler handler, Deadline deadline)
      throws TransportException, InterruptedException {
    return below.receive(handler, deadline);
  }

  @Override
  public @Nullable ByteBuffer receive(Deadline deadline)
      throws TransportException, InterruptedException {
    return below.receive(deadline);
  }

  @Override
  public Polled tryReceive(FrameHandler handler) throws TransportException {
    return below.tryReceive(handler);
  }

  @Override
  public void closeSend() {
    below.closeSend();
  }

  @Override
  public void close() {
    below.close();
  }

  @Override
  public boolean isClosed() {
    return below.isClosed();
  }

  @Override
  public String name() {
    return below.name();
  }

  @Override
  public Peer peer() {
    return below.peer();
  }

  @Override
  public int maxFrame() {
    return below.maxFrame();
  }

  @Override
  public ConnectionStats stats() {
    return below.stats();
  }

  @Override
  public String toString() {
    return "forwarding " + below;
  }
}
