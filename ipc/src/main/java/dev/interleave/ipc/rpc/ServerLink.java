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

/**
 * One client of a server: its connection, the thread that reads it, and its requests.
 *
 * <h2>Why requests run in a pool</h2>
 *
 * <p>In process the way through the pool is most of a call. Of 38 to 56 µs on two virtual
 * processors, with stamps of the time, the worker began 17 to 25 after the request was read, and
 * for 11 to 16 of these this thread was in {@code submit}: each deadline woke the thread of the
 * pool's timers. Now it does not ({@link dev.interleave.Timers}): medians of three forks, taken in
 * turn, 39 (35–55) before, 28 (27–29) since, and gRPC with an executor 42 (39–48); the worker
 * begins after 6, and {@code submit} takes 1.2 (one fork). The worker is hardly ever asleep: 45 of
 * 16,171 calls had to wake it. Other designs were measured before that, as prototypes, in two other
 * sessions, in the same way; the last four set no timer:
 *
 * <table>
 * <caption>designs</caption>
 * <tr><th>design</th><th>first</th><th>second</th></tr>
 * <tr><td>gRPC in process, executor</td><td>33 (16–53)</td><td>26 (18–36)</td></tr>
 * <tr><td>as it was</td><td>28 (28–52)</td><td>35 (28–67)</td></tr>
 * <tr><td>a worker looks for 50 µs before it sleeps, with yields</td><td>38 (35–44)</td></tr>
 * <tr><td>the same without yields</td><td>41 (27–42)</td></tr>
 * <tr><td>virtual workers</td><td>64 (61–64)</td></tr>
 * <tr><td>one worker only</td><td></td><td>48 (48–48)</td></tr>
 * <tr><td>the caller puts its request into the queue, and no thread reads</td><td>30 (29–33)</td>
 * </tr>
 * <tr><td>the same, and a worker looks for 50 µs</td><td>32 (15–43)</td></tr>
 * <tr><td>leader and followers: who has read wakes another to read, and runs it</td>
 * <td>15 (11–19)</td></tr>
 * <tr><td>who has read runs it, and another looks each 100 µs whether to read instead</td>
 * <td></td><td>12 (1.4–13)</td></tr>
 * <tr><td>the caller runs it</td><td></td><td>0.89 (0.88–2.1)</td></tr>
 * <tr><td>{@link RpcServer.Builder#direct}</td><td>2.2 (1.4–12)</td><td>3.7 (1.3–9.7)</td></tr>
 * </table>
 *
 * <p>To look for longer saves nothing, as hardly any worker sleeps. The last but one leaves the
 * caller in the method when its deadline passes, and gives the method the interrupts and
 * thread-locals of the caller: it was not kept. The two before it run requests outside of the pool,
 * which is where the limit of workers, the interrupts of deadline and cancel, and the report of a
 * close are; and they do not reach a tenth of gRPC either, but for one fork.
 */
final class ServerLink implements Runnable {
  final RpcServer server;
  private final Connection connection;
  private final Map<Long, ServerCall> calls = new ConcurrentHashMap<>();

  /** What was asked for again, with a key, and has not ended; put there by the reader. */
  private final Map<Long, Replays.Replay> asked = new ConcurrentHashMap<>();

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
      asked.forEach((id, replay) -> replay.drop(this, id));
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
    if (key != null && (key.isEmpty() || key.length() > CallOptions.MAX_KEY)) {
      throw new CodecException(
          "a key that has not 1 to " + CallOptions.MAX_KEY + " characters: " + key.length());
    }
    server.counts.received.increment();
    ServerMethod method = server.method(number);
    if (method == null) {
      server.counts.unknown.increment();
      send(Frames.error(id, Frames.Code.UNKNOWN_METHOD, "no method has the number " + number));
      return;
    }
    if (calls.containsKey(id) || asked.containsKey(id)) {
      throw new CodecException("the id of a request is used twice: " + id);
    }
    Deadline deadline = time == 0 ? Deadline.none() : Deadline.after(Duration.ofNanos(time - 1));
    Replays.@Nullable Replay replay = null;
    if (key != null) {
      replay = server.replays().begin(method, key, this, id);
      if (replay == null) {
        return;
      }
    }
    ServerCall call =
        new ServerCall(this, id, method, deadline, server.order(lane), headers, in, replay);
    if (replay != null) {
      replay.isOf(call);
    }
    calls.put(id, call);
    server.submit(call, inFlight() + asked.size(), here);
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
    long id = in.readUnsigned();
    in.requireEnd();
    ServerCall call = calls.get(id);
    Replays.Replay other = asked.remove(id);
    if (call != null) {
      call.cancel();
    } else if (other != null) {
      other.cancel(this, id);
    } else {
      server.counts.ignored.increment(); // its reply is on the way
    }
  }

  /** What is told to a request that is one too many. */
  String full() {
    return "more than " + server.maxInFlight() + " requests of one connection";
  }

  /** Whether no more may be here, those that have asked again included. */
  boolean isFull() {
    return inFlight() + asked.size() >= server.maxInFlight();
  }

  /** A request with a key waits for another. */
  void asks(long id, Replays.Replay other) {
    asked.put(id, other);
  }

  /** It waits no more: its reply comes next. */
  void answers(long id) {
    asked.remove(id);
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
      lost(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Sends a reply if it need not wait; false if that is still to be done. */
  boolean sendAtOnce(ByteBuffer message) {
    try {
      return connection.trySend(message.duplicate());
    } catch (TransportException e) {
      lost(e);
      return true; // as far as that can be done
    }
  }

  private void lost(TransportException e) {
    server.counts.repliesLost.increment();
    server.ended(this, e);
    connection.close();
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
