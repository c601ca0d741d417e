// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.Listener;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.ipc.transport.TransportException;
import dev.interleave.ipc.transport.TransportOptions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/** The two ends of a reliable channel, over connections that do to frames what a test wants. */
final class ReliableEnds {
  /** For what must not happen by itself while a test runs. */
  static final Duration NEVER = Duration.ofHours(1);

  private static final AtomicLong COUNT = new AtomicLong();
  private static final TransportOptions SMALL =
      TransportOptions.builder().bufferBytes(1 << 14).maxFrame(1024).spin(Duration.ZERO).build();

  final ReliableChannel here;
  final ReliableChannel there;
  private final Listener listener;

  /** What becomes of what one end sends. */
  interface Fate {
    /**
     * What arrives in place of a frame. Called by one thread after another.
     *
     * @param frame what it says
     * @param bytes the same, which stay as they are
     * @param over the connection
     */
    List<ByteBuffer> of(ReliableFrame frame, ByteBuffer bytes, Connection over);

    /** Everything arrives. */
    static Fate delivered() {
      return (frame, bytes, over) -> List.of(bytes);
    }

    /** The first message is lost. */
    static Fate firstLost() {
      AtomicBoolean lost = new AtomicBoolean();
      return (frame, bytes, over) ->
          frame.kind() == ReliableFrame.DATA && lost.compareAndSet(false, true)
              ? List.of()
              : List.of(bytes);
    }

    /** No message arrives. */
    static Fate messagesLost() {
      return (frame, bytes, over) ->
          frame.kind() == ReliableFrame.DATA ? List.of() : List.of(bytes);
    }
  }

  /**
   * Opens both.
   *
   * @param options of both; as they are, all times are a millisecond or {@link #NEVER}
   * @param hereSends what becomes of what this end sends
   * @param thereSends what becomes of what the other one sends
   */
  ReliableEnds(UnaryOperator<ReliableChannel.Builder> options, Fate hereSends, Fate thereSends) {
    Transport transport = Transport.memory("jcstress-channel-" + COUNT.incrementAndGet(), SMALL);
    try {
      listener = transport.listen();
      Connector connecting = deadline -> struck(transport.connect(deadline), hereSends);
      Connector accepting = deadline -> struck(listener.accept(deadline), thereSends);
      here = options.apply(builder("here", connecting)).open(Deadline.none());
      there = options.apply(builder("there", accepting)).open(Deadline.none());
    } catch (TransportException | ChannelException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Each has sent a message that never arrives, and waits for the other one when it closes. */
  static ReliableEnds withMessagesUnderWay() {
    ReliableEnds ends =
        new ReliableEnds(
            options -> options.linger(NEVER), Fate.messagesLost(), Fate.messagesLost());
    try {
      if (!ends.here.trySend(number(1)) || !ends.there.trySend(number(2))) {
        throw new IllegalStateException("no room");
      }
    } catch (ChannelException e) {
      throw new IllegalStateException(e);
    }
    return ends;
  }

  private static ReliableChannel.Builder builder(String name, Connector connector) {
    Duration soon = Duration.ofMillis(1);
    return ReliableChannel.builder(name, connector)
        .window(8)
        .retransmit(soon, Duration.ofSeconds(1))
        .heartbeat(NEVER)
        .silence(NEVER)
        .giveUpAfter(NEVER)
        .reconnect(Duration.ofNanos(1), soon)
        .linger(Duration.ZERO);
  }

  /** The same connection, but for what becomes of what is sent. */
  private static Connection struck(Connection below, Fate fate) {
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (self, method, arguments) -> {
              try {
                if (arguments == null || !(arguments[0] instanceof ByteBuffer bytes)) {
                  return method.invoke(below, arguments);
                }
                ByteBuffer sent = Frames.copy(bytes);
                ReliableFrame frame = Objects.requireNonNull(ReliableFrame.parse(sent));
                Object result = method.getName().equals("trySend") ? true : null;
                for (ByteBuffer arriving : fate.of(frame, sent, below)) {
                  Object[] instead = arguments.clone();
                  instead[0] = arriving.duplicate();
                  result = method.invoke(below, instead);
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  static ByteBuffer number(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).flip();
  }

  /** Sends these numbers from here. */
  void send(long first, long last) {
    try {
      for (long number = first; number <= last; number++) {
        here.send(number(number), Deadline.none());
      }
    } catch (ChannelException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Receives these numbers there, in their order. */
  void receive(long first, long last) {
    try {
      for (long number = first; number <= last; number++) {
        ByteBuffer frame = there.receive(Deadline.none());
        if (frame == null || frame.getLong() != number) {
          throw new IllegalStateException("not " + number + ", but " + frame);
        }
      }
    } catch (ChannelException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  void close() {
    here.close();
    there.close();
    listener.close();
  }
}
