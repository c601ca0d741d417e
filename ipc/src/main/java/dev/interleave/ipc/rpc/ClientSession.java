// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.TransportException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A connection to a server after the handshake, and what the server has said that it serves. */
final class ClientSession {
  /** What a server has said of a method. */
  record RemoteMethod(int number, MethodShape.Fingerprints fingerprints) {}

  final Connection connection;
  final String server;
  private final Map<String, Map<String, RemoteMethod>> services;

  /** Why the server said that it would close. */
  volatile @Nullable String goodbye;

  private ClientSession(
      Connection connection, String server, Map<String, Map<String, RemoteMethod>> services) {
    this.connection = connection;
    this.server = server;
    this.services = services;
  }

  /**
   * Connects, and shakes hands.
   *
   * @throws ServiceMismatchException if the two sides do not fit
   * @throws PeerLostException if the other side ends the connection meanwhile
   */
  static ClientSession open(
      ClientLink.Connecting connecting, String name, Codec codec, Deadline deadline)
      throws TransportException, InterruptedException {
    Connection connection = connecting.connect(deadline);
    boolean done = false;
    try {
      Encoder hello = new Encoder();
      new Frames.Hello(name, codec.name()).write(hello);
      connection.send(hello.toByteBuffer(), deadline);
      ClientSession session = shake(connection, codec, deadline);
      done = true;
      return session;
    } catch (CodecException e) {
      throw new ServiceMismatchException(
          connection.name() + ": the other side does not speak this protocol: " + e.getMessage(),
          e);
    } finally {
      if (!done) {
        connection.close();
      }
    }
  }

  private static ClientSession shake(Connection connection, Codec codec, Deadline deadline)
      throws TransportException, InterruptedException {
    Decoder in = next(connection, Frames.HELLO, deadline);
    Frames.Hello hello = Frames.Hello.read(in);
    if (!hello.codec().equals(codec.name())) {
      throw new ServiceMismatchException(
          "the server uses the codec "
              + CodecException.quote(hello.codec())
              + ", the client "
              + codec.name(),
          null);
    }
    int count = Frames.number(in, Frames.MAX_SERVICES, "the number of services");
    in.requireEnd();
    Map<String, Map<String, RemoteMethod>> services = new LinkedHashMap<>();
    int number = 0;
    for (int i = 0; i < count; i++) {
      in = next(connection, Frames.SERVICE, deadline);
      String service = Frames.text(in);
      int size = Frames.number(in, Frames.MAX_METHODS, "the number of methods");
      Map<String, RemoteMethod> methods = new HashMap<>();
      for (int j = 0; j < size; j++) {
        methods.put(
            Frames.text(in),
            new RemoteMethod(number++, new MethodShape.Fingerprints(in.readInt(), in.readInt())));
      }
      in.requireEnd();
      services.put(service, methods);
    }
    return new ClientSession(connection, hello.name(), services);
  }

  private static Decoder next(Connection connection, int kind, Deadline deadline)
      throws TransportException, InterruptedException {
    ByteBuffer frame = connection.receive(deadline);
    if (frame == null) {
      throw new PeerLostException(
          connection.name() + ": the server closed during the handshake", null, false);
    }
    Decoder in = new Decoder(frame);
    int found = Frames.kind(in);
    if (found == Frames.GOODBYE) {
      throw new ServiceMismatchException(
          connection.name() + ": the server refused: " + Frames.reason(in), null);
    }
    if (found != kind) {
      throw new CodecException("unexpected kind of message: " + found);
    }
    return in;
  }

  /**
   * The number of a method on this server.
   *
   * @throws UnknownMethodException if the server has none
   * @throws ServiceMismatchException if the two sides understand other types by it
   */
  int number(ClientMethod method) {
    Map<String, RemoteMethod> methods = services.get(method.service());
    if (methods == null) {
      throw new UnknownMethodException(
          server + " has no service " + method.service() + ", but " + services.keySet(), null);
    }
    RemoteMethod remote = methods.get(method.signature());
    if (remote == null) {
      throw new UnknownMethodException(
          server + " has no " + method + ", but " + methods.keySet(), null);
    }
    if (!remote.fingerprints().equals(method.fingerprints())) {
      throw new ServiceMismatchException(
          method
              + ": the types differ from those on "
              + server
              + "; here they are "
              + method.arguments().schema()
              + " and "
              + method.result().schema(),
          null);
    }
    return remote.number();
  }
}
