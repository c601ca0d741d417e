// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.FrameHandler;
import dev.interleave.ipc.transport.TransportException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One client of a server: its connection, the thread that reads it, and its requests. */
final class ServerLink implements Runnable {
  final RpcServer server;
  private final Connection connection;
  private final Map<Long, ServerCall> calls = new ConcurrentHashMap<>();
  private final DirectCalls.@Nullable Place here;

  ServerLink(RpcServer server, Connection connection) {
    this.server = server;
    this.connection = connection;
    DirectCalls direct = server.direct();
    here = direct == null ? null : new DirectCalls.Place(direct);
  }

  int maxFrame() {
    return connection.maxFrame();
  }

  /** Reads until the connection ends, for whatever reason; all its requests end with it. */
  @Override
  public void run() {
    if (here != null) {
      here.add();
    }
    try {
      if (greet()) {
        FrameHandler handler = this::message;
        while (connection.receive(handler, Deadline.none())) {
          if (here != null) {
            here.run();
          }
        }
      }
    } catch (ServiceMismatchException e) {
      server.refused(this, e);
      leave(String.valueOf(e.getMessage()));
    } catch (CodecException e) {
      server.broken(this, e);
      leave("the connection broke the protocol: " + e.getMessage());
    } catch (TransportException e) {
      // The other side has gone, or this one closes: the transport has logged what is worth it.
      server.ended(this, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // only the server interrupts, and it is closing
    } finally {
      connection.close();
      server.remove(this);
      if (here != null) {
        here.remove();
      }
      calls.values().forEach(ServerCall::disconnected);
    }
  }

  private boolean greet() throws TransportException, InterruptedException {
    ByteBuffer first = connection.receive(Deadline.after(server.handshakeTimeout()));
    if (first == null) {
      return false;
    }
    Decoder in = new Decoder(first);
    if (Frames.kind(in) != Frames.HELLO) {
      throw new CodecException("the first message is no HELLO");
    }
    Frames.Hello hello = Frames.Hello.read(in);
    in.requireEnd();
    if (!hello.codec().equals(server.codec().name())) {
      throw new ServiceMismatchException(
          "the client uses the codec "
              + CodecException.quote(hello.codec())
              + ", the server "
              + server.codec().name(),
          null);
    }
    Deadline deadline = Deadline.after(server.handshakeTimeout());
    for (ByteBuffer message : server.greeting(maxFrame())) {
      connection.send(message, deadline);
    }
    return true;
  }

  private void message(ByteBuffer frame) {
    Decoder in = new Decoder(frame);
    int kind = Frames.kind(in);
    switch (kind) {
      case Frames.REQUEST -> request(in);
      case Frames.CANCEL -> cancel(in);
      case Frames.GOODBYE -> {
        String unused = Frames.text(in); // the end of the connection follows
      }
      default -> {
        if (kind < Frames.IGNORABLE) {
          throw new CodecException("unexpected kind of message: " + kind);
        }
        server.counts.ignored.increment();
      }
    }
  }

  private void request(Decoder in) {
    long id = in.readUnsigned();
    long number = in.readUnsigned();
    long time = in.readUnsigned();
    int lane = in.readByte();
    String key = in.readString();
    Map<String, String> headers = headers(in);
    if (id <= 0 || time < 0 || lane < 0 || lane > 9) {
      throw new CodecException("a request with id " + id + ", time " + time + ", lane " + lane);
    }
    server.counts.received.increment();
    ServerMethod method = server.method(number);
    if (method == null) {
      server.counts.unknown.increment();
      send(Frames.error(id, Frames.Code.UNKNOWN_METHOD, "no method has the number " + number));
      return;
    }
    if (calls.containsKey(id)) {
      throw new CodecException("the id of a request is used twice: " + id);
    }
    Deadline deadline = time == 0 ? Deadline.none() : Deadline.after(Duration.ofNanos(time - 1));
    Replays.@Nullable Replay replay = null;
    if (key != null) {
      replay = server.replays().begin(method, key, this, id);
      if (replay == null) {
        server.counts.repeated.increment();
        return;
      }
    }
    ServerCall call =
        new ServerCall(this, id, method, deadline, server.order(lane), headers, in, replay);
    calls.put(id, call);
    server.submit(call, calls.size(), here);
  }

  private static Map<String, String> headers(Decoder in) {
    int count = Frames.number(in, Frames.MAX_HEADERS, "the number of headers");
    if (count == 0) {
      return Map.of();
    }
    Map<String, String> headers = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      headers.put(Frames.text(in), Frames.text(in));
    }
    return headers;
  }

  private void cancel(Decoder in) {
    ServerCall call = calls.get(in.readUnsigned());
    in.requireEnd();
    if (call == null) {
      server.counts.ignored.increment(); // its reply is on the way
    } else {
      call.cancel();
    }
  }

  void remove(ServerCall call) {
    calls.remove(call.id, call);
  }

  int inFlight() {
    return calls.size();
  }

  /**
   * Sends a reply. A client that does not take it in time would hold up a worker, and by and by all
   * of them: its connection is closed instead.
   */
  void send(ByteBuffer message) {
    Deadline deadline = Deadline.after(server.replyTimeout());
    boolean interrupted = false;
    try {
      while (!sent(message, deadline)) {
        // By a cancel or deadline that came as the call had just ended: no reason to lose it.
        interrupted = true;
      }
    } catch (TransportException e) {
      server.counts.repliesLost.increment();
      server.ended(this, e);
      connection.close();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** False if the thread was interrupted meanwhile, and nothing was sent. */
  private boolean sent(ByteBuffer message, Deadline deadline) throws TransportException {
    try {
      connection.send(message.duplicate(), deadline);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  void drop() {
    connection.close();
  }

  /** Says why, if there is room for that, and closes. */
  void leave(String reason) {
    try {
      boolean unused = connection.trySend(Frames.goodbye(reason)); // best effort
    } catch (TransportException e) {
      server.ended(this, e);
    }
    connection.closeSend();
    connection.close();
  }

  /** The name of the connection. */
  @Override
  public String toString() {
    return connection.name();
  }
}
