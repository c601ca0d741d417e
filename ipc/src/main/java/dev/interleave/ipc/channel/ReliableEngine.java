// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a reliable channel does: calls put messages into the outbox ({@link ReliableSending}) and
 * take them from the inbox ({@link ReliableReceiving}), one thread writes what is due ({@link
 * ReliableWriter}) to the connection there is ({@link ReliableConnection}), one reads it ({@link
 * ReliableReader}), and gets another one ({@link Reconnecting}) when it ends.
 *
 * <p>Thread-safe. All that they share is under one lock, that of {@link ReliableState}, and none
 * holds it while it waits for anything outside. This puts them together, and has their figures.
 */
final class ReliableEngine {
  private final ReliableState state;
  private final int maxFrame;
  private final ReliableConnection connection;
  private final ReliableSending sending;
  private final ReliableReceiving receiving;
  private final ReliableArrivals arrivals;
  private final ReliableClosing closing;
  private final Thread reader;
  private final Thread writer;

  ReliableEngine(
      String name, Connector connector, ReliableOptions options, Connection first, int maxFrame) {
    this.maxFrame = maxFrame;
    int frameBytes = maxFrame + ReliableFrame.headFor(options.window());
    state = new ReliableState(name, options);
    connection = new ReliableConnection(state, first, frameBytes);
    Reconnecting reconnecting =
        new Reconnecting(name, connector, options, state.lock, state.over, connection);
    sending = new ReliableSending(state);
    receiving = new ReliableReceiving(state);
    arrivals = new ReliableArrivals(state, reconnecting);
    closing = new ReliableClosing(state, connection, receiving);
    reader = thread("reader", new ReliableReader(state, connection, reconnecting, arrivals, first));
    writer = thread("writer", new ReliableWriter(state, connection, frameBytes));
  }

  private Thread thread(String role, Runnable body) {
    return EngineThread.of(state.name, role, body, this::threadFailed);
  }

  private void threadFailed(String why, Throwable cause) {
    state.fail(why, cause);
    connection.close();
  }

  void start() {
    reader.start();
    writer.start();
  }

  String name() {
    return state.name;
  }

  int maxFrame() {
    return maxFrame;
  }

  // ------------------------------------------------------------------ to send

  void send(ByteBuffer frame, Deadline deadline) throws ChannelException, InterruptedException {
    sending.send(frame, deadline);
  }

  boolean trySend(ByteBuffer frame) throws ChannelException {
    return sending.trySend(frame);
  }

  void awaitAcknowledged(Deadline deadline) throws ChannelException, InterruptedException {
    sending.awaitAcknowledged(deadline);
  }

  void closeSend() {
    sending.close();
  }

  // ------------------------------------------------------------------ to receive

  @Nullable ByteBuffer receive(Deadline deadline) throws ChannelException, InterruptedException {
    return receiving.receive(deadline);
  }

  @Nullable ByteBuffer poll() throws ChannelException {
    return receiving.poll();
  }

  boolean isAtEnd() {
    return receiving.isAtEnd();
  }

  /** A frame has come, or what is left of it: what the reader does. */
  void frame(ByteBuffer lent) {
    arrivals.frame(lent);
  }

  /** How many messages are here that were not received, those behind a gap included. */
  int held() {
    return receiving.held();
  }

  // ------------------------------------------------------------------ the end

  void close() {
    closing.close(reader);
  }

  boolean isClosed() {
    state.lock.lock();
    try {
      return state.isClosing() || state.hasFailed();
    } finally {
      state.lock.unlock();
    }
  }

  // ------------------------------------------------------------------ figures

  ChannelStats stats() {
    state.lock.lock();
    try {
      return new ChannelStats(
          sending.sent(), receiving.received(), receiving.discarded(), receiving.waiting());
    } finally {
      state.lock.unlock();
    }
  }

  ReliableStats reliability() {
    state.lock.lock();
    try {
      return new ReliableStats(
          state.outbox.transmissions(),
          state.outbox.repeated(),
          arrivals.duplicates(),
          arrivals.outOfOrder(),
          arrivals.damaged(),
          arrivals.ignored(),
          connection.reconnects(),
          state.outbox.messages(),
          Duration.ofNanos(state.roundTrip.meanNanos()),
          connection.now() != null);
    } finally {
      state.lock.unlock();
    }
  }

  /** For messages: the name, and its state. */
  @Override
  public String toString() {
    state.lock.lock();
    try {
      String how =
          state.isClosing()
              ? "closed"
              : state.hasFailed()
                  ? "failed"
                  : state.isPeerClosed()
                      ? "closed by the other side"
                      : connection.now() == null ? "lost" : "open";
      return state.name + ", " + how + ", " + state.outbox.messages() + " not acknowledged";
    } finally {
      state.lock.unlock();
    }
  }
}
