// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.Transport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A client by hand: it says what it wants when it wants, and reads what it is told. */
final class RawClient implements AutoCloseable {
  private final RpcServer server;
  private final Connection connection;
  private final Codec codec = RpcContract.codec();

  RawClient(RpcServer server) throws Exception {
    this(server, server.transport());
  }

  RawClient(RpcServer server, Transport transport) throws Exception {
    this.server = server;
    connection = transport.connect(soon());
    Encoder hello = new Encoder();
    new Frames.Hello("raw", codec.name()).write(hello);
    connection.send(hello.toByteBuffer(), soon());
    Decoder answer = next();
    assertThat(Frames.kind(answer)).isEqualTo(Frames.HELLO);
    Frames.Hello unused = Frames.Hello.read(answer);
    for (long services = answer.readUnsigned(); services > 0; services--) {
      assertThat(Frames.kind(next())).isEqualTo(Frames.SERVICE);
    }
  }

  static Deadline soon() {
    return Deadline.after(RpcContract.PATIENCE);
  }

  private int number(String name) {
    for (int i = 0; ; i++) {
      ServerMethod method = Objects.requireNonNull(server.method(i), name);
      if (method.shape.method().getName().equals(name)) {
        return i;
      }
    }
  }

  private byte[] arguments(String name, Object... arguments) {
    return Objects.requireNonNull(server.method(number(name))).shape.arguments().toBytes(arguments);
  }

  /** Asks without a deadline. */
  void ask(long id, @Nullable String key, String method, Object... arguments) throws Exception {
    ask(id, key, null, method, arguments(method, arguments));
  }

  void ask(
      long id, @Nullable String key, @Nullable Duration time, String method, Object... arguments)
      throws Exception {
    ask(id, key, time, method, arguments(method, arguments));
  }

  void ask(long id, @Nullable String key, @Nullable Duration time, String method, byte[] arguments)
      throws Exception {
    Encoder out = new Encoder();
    out.writeByte(Frames.REQUEST);
    out.writeUnsigned(id);
    out.writeUnsigned(number(method));
    out.writeUnsigned(time == null ? 0 : time.toNanos() + 1);
    out.writeByte(CallOptions.NORMAL);
    out.writeString(key);
    out.writeUnsigned(0);
    out.writeBytes(arguments, 0, arguments.length);
    connection.send(out.toByteBuffer(), soon());
  }

  void cancel(long id) throws Exception {
    connection.send(Frames.cancel(id), soon());
  }

  /** The next message; null at the end of the connection. */
  private @Nullable ByteBuffer frame() throws Exception {
    return connection.receive(soon());
  }

  private Decoder next() throws Exception {
    return new Decoder(Objects.requireNonNull(frame(), "the end"));
  }

  /** Reads a reply, which has to be to that request, and its result. */
  @Nullable Object reply(long id, Class<?> type) throws Exception {
    Decoder in = next();
    assertThat(Frames.kind(in)).isEqualTo(Frames.REPLY);
    assertThat(in.readUnsigned()).isEqualTo(id);
    return codec.coder(type).decode(in);
  }

  /** Reads an error, which has to be of that request and kind: the rest, in readable form. */
  String error(long id, Frames.Code code) throws Exception {
    Decoder in = next();
    assertThat(Frames.kind(in)).isEqualTo(Frames.ERROR);
    assertThat(in.readUnsigned()).isEqualTo(id);
    assertThat(Frames.Code.read(in)).isEqualTo(code);
    return code == Frames.Code.REMOTE ? ExceptionFrame.read(in).toString() : Frames.text(in);
  }

  /** Reads a goodbye, and why. */
  String goodbye() throws Exception {
    Decoder in = next();
    assertThat(Frames.kind(in)).isEqualTo(Frames.GOODBYE);
    return Frames.text(in);
  }

  @Override
  public void close() {
    connection.close();
  }
}
