// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import static dev.interleave.ipc.transport.TransportContract.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.Deadline;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import dev.interleave.testing.contract.Waiting;
import java.io.EOFException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes over a socket, byte by byte, and what becomes of those who do it wrong. */
class WireTest {
  private static final byte[] PAYLOAD = {1, 2, 3, 4, 5};

  @TempDir private Path folder;
  private Path path;

  @BeforeEach
  void makePath() {
    path = folder.resolve("s");
  }

  // ------------------------------------------------------------------ the handshake

  private static ByteBuffer changed(int at, int value) {
    ByteBuffer bytes = RawPeer.hello(WireKind.UNIX_SOCKET).encode();
    return bytes.put(at, (byte) value);
  }

  private void assertRefused(ByteBuffer hello) throws Exception {
    try (Listener listener = Transport.unixSocket(path, TransportContract.OPTIONS).listen();
        RawPeer peer = RawPeer.connect(path)) {
      peer.say(hello);
      assertThat(peer.hear(Hello.BYTES)).isEqualTo(RawPeer.hello(WireKind.UNIX_SOCKET).encode());
      assertThatThrownBy(() -> peer.hear(1)).isInstanceOf(EOFException.class);
      awaitRefused(listener);
      assertTakesIn(listener);
    }
  }

  private static void awaitRefused(Listener listener) throws InterruptedException {
    Waiting.until(
        () -> listener.refused() == 1,
        TransportContract.PATIENCE,
        () -> listener.refused() + " were refused");
  }

  private static void assertTakesIn(Listener listener) throws Exception {
    try (Connection one = listener.transport().connect(soon());
        Connection two = listener.accept(soon())) {
      one.send(TransportContract.number(1), soon());
      assertThat(TransportContract.received(two)).isEqualTo(1);
    }
  }

  @Test
  void whoSpeaksSomethingElseIsRefused() throws Exception {
    assertRefused(
        ByteBuffer.wrap(
                "GET / HTTP/1.1\r\nHost: x\r\n\r\n......".getBytes(StandardCharsets.US_ASCII))
            .limit(32));
  }

  @Test
  void anotherVersionIsRefused() throws Exception {
    assertRefused(changed(8, Hello.VERSION + 1));
  }

  @Test
  void anotherKindIsRefused() throws Exception {
    assertRefused(changed(10, WireKind.SHARED_MEMORY.code));
  }

  @Test
  void theOtherByteOrderIsRefused() throws Exception {
    ByteBuffer hello = RawPeer.hello(WireKind.UNIX_SOCKET).encode();
    assertRefused(hello.putInt(12, Integer.reverseBytes(hello.getInt(12))));
  }

  @Test
  void aNonsensicalLongestFrameIsRefused() throws Exception {
    ByteBuffer hello = RawPeer.hello(WireKind.UNIX_SOCKET).encode();
    assertRefused(hello.putInt(16, -1));
  }

  @Test
  void whoSaysNothingIsDroppedAndHoldsUpNobody() throws Exception {
    TransportOptions options =
        TransportOptions.builder().handshakeTimeout(Duration.ofSeconds(2)).build();
    try (Listener listener = Transport.unixSocket(path, options).listen();
        RawPeer silent = RawPeer.connect(path)) {
      assertTakesIn(listener);
      assertThatThrownBy(() -> silent.hear(1)).isInstanceOf(EOFException.class);
      awaitRefused(listener);
    }
  }

  @Test
  void whoLeavesDuringTheHandshakeIsForgotten() throws Exception {
    try (Listener listener = Transport.unixSocket(path).listen()) {
      try (RawPeer peer = RawPeer.connect(path)) {
        peer.say(RawPeer.hello(WireKind.UNIX_SOCKET).encode().limit(10));
      }
      awaitRefused(listener);
      assertTakesIn(listener);
    }
  }

  /** A listener that answers a hello with what it is given. */
  private void assertConnectRefused(UnaryOperator<ByteBuffer> answer, String because)
      throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        Actors actors = new Actors(ThreadKind.PLATFORM, TransportContract.PATIENCE)) {
      server.bind(UnixDomainSocketAddress.of(path));
      Actor client = actors.actor("client");
      Step<?> connecting =
          client.start(() -> Transport.unixSocket(path, TransportContract.OPTIONS).connect(soon()));
      try (RawPeer peer = new RawPeer(server.accept())) {
        peer.say(answer.apply(peer.hear(Hello.BYTES)));
      }
      assertThat(connecting.failure(HandshakeException.class)).hasMessageContaining(because);
    }
  }

  @Test
  void whoConnectsSeesThatTheyDoNotFit() throws Exception {
    assertConnectRefused(hello -> hello.put(8, (byte) 99), "version 99");
  }

  @Test
  void whoConnectsSeesThatTheListenerLeft() throws Exception {
    assertConnectRefused(hello -> hello.limit(5), "left");
  }

  @Test
  void aListenerOfSharedMemoryCannotHaveAnyFileOpened() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        Actors actors = new Actors(ThreadKind.PLATFORM, TransportContract.PATIENCE)) {
      server.bind(UnixDomainSocketAddress.of(path));
      Step<?> connecting =
          actors.actor("client").start(() -> Transport.sharedMemory(path).connect(soon()));
      try (RawPeer peer = new RawPeer(server.accept())) {
        peer.say(peer.hear(Hello.BYTES));
        byte[] name = "../../etc/x.ring".getBytes(StandardCharsets.US_ASCII);
        peer.say(
            ByteBuffer.allocate(2 + name.length).putShort((short) name.length).put(name).flip());
        connecting.failure(HandshakeException.class);
      }
    }
  }

  @Test
  void whoGivesUpConnectingLeavesNothingOpen() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        Actors actors = new Actors(ThreadKind.VIRTUAL, TransportContract.PATIENCE)) {
      server.bind(UnixDomainSocketAddress.of(path));
      Transport transport = Transport.unixSocket(path);
      Actor client = actors.actor("client");
      Step<?> connecting = client.start(() -> transport.connect(Deadline.none()));
      try (RawPeer peer = new RawPeer(server.accept())) {
        connecting.awaitBlocked();
        client.interrupt();
        connecting.failure(InterruptedException.class);
        ByteBuffer unused = peer.hear(Hello.BYTES);
        assertThatThrownBy(() -> peer.hear(1)).isInstanceOf(EOFException.class);
      }
      client
          .start(() -> transport.connect(Deadline.after(Duration.ofMillis(20))))
          .failure(TransportTimeoutException.class);
    }
  }

  // ------------------------------------------------------------------ frames

  /** Two ends that have shaken hands: a connection, and a peer that says what it wants. */
  private final class Ends implements AutoCloseable {
    final Listener listener = Transport.unixSocket(path, TransportContract.OPTIONS).listen();
    final RawPeer peer = RawPeer.connect(path);
    final Connection connection;

    Ends() throws Exception {
      peer.say(RawPeer.hello(WireKind.UNIX_SOCKET).encode());
      ByteBuffer unused = peer.hear(Hello.BYTES);
      connection = listener.accept(soon());
    }

    /** What it leaves with. */
    int farewell() throws Exception {
      ByteBuffer head = peer.hear(ByteRing.HEAD_BYTES);
      int word = head.getInt();
      assertThat(ByteRing.kind(word)).isEqualTo(ByteRing.LEAVE);
      return ByteRing.length(word);
    }

    void assertReceives(byte... payload) throws Exception {
      assertThat(connection.receive(soon())).isEqualTo(ByteBuffer.wrap(payload));
    }

    @Override
    public void close() throws Exception {
      peer.close();
      connection.close();
      listener.close();
    }
  }

  @Test
  void framesMayComeByteByByte() throws Exception {
    try (Ends ends = new Ends()) {
      for (int i = 0; i < 3; i++) {
        ByteBuffer frame = RawPeer.frame(PAYLOAD);
        while (frame.hasRemaining()) {
          ends.peer.say(ByteBuffer.allocate(1).put(frame.get()).flip());
        }
        ends.assertReceives(PAYLOAD);
      }
    }
  }

  @Test
  void whatIsSentIsAFrameOfTheFormat() throws Exception {
    try (Ends ends = new Ends()) {
      ends.connection.send(ByteBuffer.wrap(PAYLOAD), soon());
      assertThat(ends.peer.hear(ByteRing.size(PAYLOAD.length)).limit(8 + PAYLOAD.length))
          .isEqualTo(RawPeer.frame(PAYLOAD).limit(8 + PAYLOAD.length));
      ends.connection.close();
      assertThat(ByteRing.kind(ends.peer.hear(8).getInt())).isEqualTo(ByteRing.END);
      assertThat(ends.farewell()).isEqualTo(ByteRing.BYE);
      assertThatThrownBy(() -> ends.peer.hear(1)).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void aWrongChecksumEndsItForBothAfterWhatWasRight() throws Exception {
    try (Ends ends = new Ends()) {
      ends.peer.say(RawPeer.frame(PAYLOAD));
      ByteBuffer wrong = RawPeer.frame(PAYLOAD);
      ends.peer.say(wrong.put(9, (byte) 77));
      ends.assertReceives(PAYLOAD);
      assertThatThrownBy(() -> ends.connection.receive(soon()))
          .isInstanceOf(CorruptFrameException.class)
          .hasMessageContaining("checksum");
      assertThatThrownBy(() -> ends.connection.send(ByteBuffer.wrap(PAYLOAD), soon()))
          .isInstanceOf(CorruptFrameException.class);
      assertThat(ends.farewell()).isEqualTo(ByteRing.CORRUPT);
    }
  }

  @Test
  void aWrongKindEndsItForBoth() throws Exception {
    try (Ends ends = new Ends()) {
      ends.peer.say(RawPeer.head(ByteRing.word(9, 5), 0, 16));
      assertThatThrownBy(() -> ends.connection.receive(soon()))
          .isInstanceOf(CorruptFrameException.class);
      assertThat(ends.farewell()).isEqualTo(ByteRing.CORRUPT);
    }
  }

  @Test
  void aClaimToBeTooLongEndsItForBothAtOnce() throws Exception {
    try (Ends ends = new Ends()) {
      ends.peer.say(RawPeer.head(ByteRing.word(ByteRing.FRAME, ByteRing.LENGTH_MASK), 0, 8));
      assertThatThrownBy(() -> ends.connection.receive(soon()))
          .isInstanceOf(FrameTooLargeException.class);
      assertThat(ends.farewell()).isEqualTo(ByteRing.TOO_LARGE);
      assertThat(ends.connection.isClosed()).isTrue();
    }
  }

  @Test
  void aFrameAfterTheEndEndsItForBoth() throws Exception {
    try (Ends ends = new Ends()) {
      ends.peer.say(RawPeer.head(ByteRing.word(ByteRing.END, 0), 0, 8));
      ends.peer.say(RawPeer.frame(PAYLOAD));
      assertThat(ends.farewell()).isEqualTo(ByteRing.CORRUPT);
      assertThat(ends.connection.receive(soon())).isNull(); // the end came first
      assertThatThrownBy(() -> ends.connection.send(ByteBuffer.wrap(PAYLOAD), soon()))
          .isInstanceOf(CorruptFrameException.class);
    }
  }

  @Test
  void whatTheOtherSideComplainsOfIsSaidHere() throws Exception {
    try (Ends ends = new Ends()) {
      ends.peer.say(RawPeer.head(ByteRing.word(ByteRing.LEAVE, ByteRing.CORRUPT), 0, 8));
      assertThatThrownBy(() -> ends.connection.receive(soon()))
          .isInstanceOf(CorruptFrameException.class);
    }
    try (Ends ends = new Ends()) {
      ends.peer.say(RawPeer.head(ByteRing.word(ByteRing.LEAVE, ByteRing.TOO_LARGE), 0, 8));
      assertThatThrownBy(() -> ends.connection.receive(soon()))
          .isInstanceOf(FrameTooLargeException.class);
    }
  }

  @Test
  void whoLeavesWithoutAWordIsDead() throws Exception {
    try (Ends ends = new Ends()) {
      ends.peer.say(RawPeer.frame(PAYLOAD));
      ends.peer.close();
      ends.assertReceives(PAYLOAD);
      assertThatThrownBy(() -> ends.connection.receive(soon()))
          .isInstanceOf(PeerDiedException.class);
      assertThatThrownBy(() -> ends.connection.send(ByteBuffer.wrap(PAYLOAD), soon()))
          .isInstanceOf(PeerDiedException.class);
    }
  }

  @Test
  void halfAFrameIsNotReceived() throws Exception {
    for (int half = 1; half < 8 + PAYLOAD.length; half++) {
      try (Ends ends = new Ends()) {
        ends.peer.say(RawPeer.frame(PAYLOAD).limit(half));
        ends.peer.close();
        assertThatThrownBy(() -> ends.connection.receive(soon()))
            .isInstanceOf(PeerDiedException.class)
            .hasMessageContaining("in the middle of");
      }
    }
  }

  @Test
  void aSenderLearnsOfADeathThatLiesBehindWhatNobodyReceives() throws Exception {
    try (Ends ends = new Ends();
        Actors actors = new Actors(ThreadKind.PLATFORM, TransportContract.PATIENCE)) {
      ByteBuffer frame = RawPeer.frame(new byte[1000]);
      for (int i = 0; i < 10; i++) { // more than the ring takes
        ends.peer.say(frame.rewind());
      }
      Step<?> sending =
          actors
              .actor("sender")
              .start(() -> {
                while (true) {
                  ends.connection.send(ByteBuffer.allocate(1000));
                }
              });
      sending.awaitBlocked();
      ends.peer.close();
      sending.failure(PeerDiedException.class);
      for (int i = 0; i < 10; i++) {
        assertThat(Objects.requireNonNull(ends.connection.receive(soon())).remaining())
            .isEqualTo(1000);
      }
      assertThatThrownBy(() -> ends.connection.receive(soon()))
          .isInstanceOf(PeerDiedException.class);
    }
  }
}
