// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.Listener;
import dev.interleave.ipc.transport.Transport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Replies that a good server would not send, or not any more: this plays the server by hand. */
class RpcRepliesTest {
  private static final RpcMethod GET = RpcMethod.of("get", int.class);
  private static final CallOptions OPTIONS = CallOptions.unset().withTimeout(RpcContract.PATIENCE);

  private Listener listener;
  private Connection server;
  private RpcClient client;

  private static Deadline soon() {
    return Deadline.after(RpcContract.PATIENCE);
  }

  @BeforeEach
  void connect() throws Exception {
    Transport transport = Transport.memory("replies-" + RpcContract.NAMES.incrementAndGet());
    listener = transport.listen();
    FutureTask<RpcClient> connecting =
        new FutureTask<>(
            () -> RpcClient.builder(transport).codec(Codec.compact()).name("client").connect());
    Thread.ofPlatform().daemon().name("connects").start(connecting);
    server = listener.accept(soon());
    assertThat(Frames.kind(next())).isEqualTo(Frames.HELLO);
    Encoder hello = new Encoder();
    new Frames.Hello("by-hand", Codec.compact().name()).write(hello);
    hello.writeUnsigned(1);
    server.send(hello.toByteBuffer(), soon());
    Encoder service = new Encoder();
    service.writeByte(Frames.SERVICE);
    service.writeString("Box");
    service.writeUnsigned(1);
    service.writeString("get()");
    service.writeInt(Codec.compact().arguments().fingerprint());
    service.writeInt(Codec.compact().coder(int.class).fingerprint());
    server.send(service.toByteBuffer(), soon());
    client = connecting.get(30, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
    listener.close();
  }

  private Decoder next() throws Exception {
    ByteBuffer frame = Objects.requireNonNull(server.receive(soon()), "the end");
    return new Decoder(frame);
  }

  private long nextRequest() throws Exception {
    Decoder in = next();
    assertThat(Frames.kind(in)).isEqualTo(Frames.REQUEST);
    return in.readUnsigned();
  }

  private void reply(long id, int value) throws Exception {
    Encoder out = new Encoder();
    out.writeByte(Frames.REPLY);
    out.writeUnsigned(id);
    Codec.compact().coder(Integer.TYPE).encode(value, out);
    server.send(out.toByteBuffer(), soon());
  }

  private CompletableFuture<?> call(CallOptions options) {
    return client.callAsync("Box", GET, options);
  }

  @Test
  void aReplyTwiceIsDroppedAndCounted() throws Exception {
    CompletableFuture<?> first = call(OPTIONS);
    long id = nextRequest();
    reply(id, 1);
    reply(id, 2);
    assertThat(first.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    RpcContract.until(() -> client.stats().duplicateReplies() == 1, "the second is counted");
    assertThat(client.stats().ok()).isEqualTo(1);
  }

  @Test
  void aReplyToACancelledCallIsLateAndNotTakenForAnother() throws Exception {
    CompletableFuture<?> first = call(OPTIONS);
    long id = nextRequest();
    assertThat(first.cancel(true)).isTrue();
    Decoder cancel = next();
    assertThat(Frames.kind(cancel)).isEqualTo(Frames.CANCEL);
    assertThat(cancel.readUnsigned()).isEqualTo(id);
    CompletableFuture<?> second = call(OPTIONS);
    long next = nextRequest();
    reply(id, 1);
    reply(next, 2);
    assertThat(second.get(30, TimeUnit.SECONDS)).isEqualTo(2);
    assertThat(client.stats().lateReplies()).isEqualTo(1);
    assertThat(client.stats().cancelled()).isEqualTo(1);
  }

  @Test
  void aReplyAfterTheDeadlineIsLate() throws Exception {
    CompletableFuture<?> call = call(CallOptions.unset().withTimeout(Duration.ofMillis(10)));
    assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(CallTimeoutException.class);
    reply(1, 1);
    RpcContract.until(() -> client.stats().lateReplies() == 1, "it is counted");
  }

  @Test
  void aReplyToNoCallIsUnknown() throws Exception {
    reply(99, 1);
    RpcContract.until(() -> client.stats().unknownReplies() == 1, "it is counted");
  }

  @Test
  void repliesMayComeInAnyOrder() throws Exception {
    CompletableFuture<?> one = call(OPTIONS);
    CompletableFuture<?> two = call(OPTIONS);
    long first = nextRequest();
    long second = nextRequest();
    reply(second, 2);
    reply(first, 1);
    assertThat(one.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(two.get(30, TimeUnit.SECONDS)).isEqualTo(2);
  }

  @Test
  void aMessageThatCannotBeReadFailsAllPendingCallsWithTheReason() throws Exception {
    CompletableFuture<?> one = call(OPTIONS);
    CompletableFuture<?> two = call(OPTIONS);
    Encoder bad = new Encoder();
    bad.writeByte(Frames.ERROR);
    bad.writeUnsigned(1);
    bad.writeByte(99);
    server.send(bad.toByteBuffer(), soon());
    for (CompletableFuture<?> call : List.of(one, two)) {
      assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(PeerLostException.class)
          .hasMessageContaining("unknown code of an error: 99");
    }
    assertThat(client.pending()).isEmpty();
  }

  @Test
  void theDeathOfTheServerFailsAllPendingCallsWithItsGoodbye() throws Exception {
    CompletableFuture<?> call = call(OPTIONS);
    assertThat(nextRequest()).isEqualTo(1);
    server.send(Frames.goodbye("out of\npaper"), soon());
    server.close();
    assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(PeerLostException.class, e -> assertThat(e.mayHaveRun()).isTrue())
        .hasMessageContaining("out of\uFFFDpaper");
  }
}
