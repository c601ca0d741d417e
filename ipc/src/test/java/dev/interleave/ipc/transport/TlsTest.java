// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import static dev.interleave.ipc.transport.TransportContract.number;
import static dev.interleave.ipc.transport.TransportContract.received;
import static dev.interleave.ipc.transport.TransportContract.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import dev.interleave.testing.contract.Waiting;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom an encrypted connection lets in, and what becomes of those who disturb it. */
class TlsTest {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();

  private static KeyStore desk;
  private static KeyStore elsewhere;
  private static KeyStore client;

  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeAll
  static void makeCertificates(@TempDir Path folder) throws Exception {
    Certificates certificates = new Certificates(folder);
    desk = certificates.make("desk", "dns:localhost,ip:127.0.0.1");
    elsewhere = certificates.make("elsewhere", "dns:elsewhere.example");
    client = certificates.make("client", "dns:client.example");
  }

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private <T extends AutoCloseable> T closed(T later) {
    open.add(later);
    return later;
  }

  private static SSLContext context(@Nullable KeyStore own, KeyStore... trusted) throws Exception {
    return Certificates.context("TLS", own, trusted);
  }

  private static Tls tls(@Nullable KeyStore own, KeyStore... trusted) throws Exception {
    return Tls.of(context(own, trusted));
  }

  private static TransportOptions.Builder options() {
    return TransportOptions.builder()
        .bufferBytes(4096)
        .maxFrame(1024)
        .linger(Duration.ofSeconds(10)); // for tests that must not depend on how fast it is
  }

  private static Transport secret(int port, Tls tls) {
    return Transport.tcp(new InetSocketAddress(HERE, port), options().tls(tls).build());
  }

  private static Transport plain(int port) {
    return Transport.tcp(new InetSocketAddress(HERE, port), options().build());
  }

  private static int port(Listener listener) {
    String name = listener.name();
    return Integer.parseInt(name.substring(name.lastIndexOf(':') + 1));
  }

  private void assertWork(Connection here, Connection there) throws Exception {
    here.send(number(1), soon());
    assertThat(received(there)).isEqualTo(1);
    there.send(number(2), soon());
    assertThat(received(here)).isEqualTo(2);
  }

  private void assertConnects(Transport transport, Listener listener) throws Exception {
    try (Connection here = transport.connect(soon());
        Connection there = listener.accept(soon())) {
      assertWork(here, there);
    }
  }

  /** Both sides say why; the one as the exception of connect, the other as why it refuses. */
  private void assertRefused(Transport listening, Tls connecting, String here, String there)
      throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open();
        Actors actors = new Actors(ThreadKind.PLATFORM, TransportContract.PATIENCE)) {
      server.bind(new InetSocketAddress(HERE, 0));
      int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
      Transport transport =
          Transport.tcp(new InetSocketAddress(HERE, port), options().tls(connecting).build());
      Step<?> step = actors.actor("connecting").start(() -> transport.connect(soon()));
      assertThat(refusal(listening, server)).hasMessageContaining(there);
      assertThat(step.failure(HandshakeException.class)).hasMessageContaining(here);
    }
  }

  private static HandshakeException refusal(Transport listening, ServerSocketChannel server)
      throws Exception {
    CompletableFuture<TransportException> refusal = new CompletableFuture<>();
    Opening opening =
        new Opening(
            (SocketTransport) listening,
            server.accept(),
            true,
            new Opening.Taker() {
              @Override
              public boolean ready(RingConnection connection) {
                refusal.completeExceptionally(new AssertionError("it connects"));
                return false;
              }

              @Override
              public void failed(TransportException why) {
                refusal.complete(why);
              }
            });
    opening.start();
    TransportException why = refusal.get(30, TimeUnit.SECONDS);
    assertThat(why).isInstanceOf(HandshakeException.class);
    return (HandshakeException) why;
  }

  // ------------------------------------------------------------------ whom to trust

  @Test
  void aListenerThatIsNotTrustedIsLeftAndToldSo() throws Exception {
    assertRefused(secret(0, tls(desk, desk)), tls(null, elsewhere), "PKIX", "certificate");
    assertRefused(secret(0, tls(desk, desk)), tls(null), "PKIX", "certificate");
  }

  @Test
  void theCertificateHasToBeForTheHost() throws Exception {
    Transport listening = secret(0, tls(elsewhere, elsewhere));
    Tls tls = tls(null, elsewhere);
    assertRefused(listening, tls, "localhost", "certificate");
    assertRefused(listening, tls.withHost("nowhere.example"), "nowhere.example", "certificate");
    Listener listener = closed(listening.listen());
    assertConnects(secret(port(listener), tls.withHost("elsewhere.example")), listener);
    assertConnects(secret(port(listener), tls.withoutHostCheck()), listener);
  }

  @Test
  void clientsNeedToProveWhoTheyAreIfTheListenerWantsIt() throws Exception {
    Tls proven = tls(desk, client).withClients(Tls.Clients.PROVEN);
    assertRefused(secret(0, proven), tls(null, desk), "certificate", "certificate");
    assertRefused(secret(0, proven), tls(elsewhere, desk), "certificate", "certificate");
    Listener listener = closed(secret(0, proven).listen());
    assertConnects(secret(port(listener), tls(client, desk)), listener);
    assertThat(listener.refused()).isZero();
  }

  @Test
  void clientsMayBeAsked() throws Exception {
    Tls asked = tls(desk, client).withClients(Tls.Clients.ASKED);
    Listener listener = closed(secret(0, asked).listen());
    assertConnects(secret(port(listener), tls(client, desk)), listener);
    assertConnects(secret(port(listener), tls(null, desk)), listener);
  }

  // ------------------------------------------------------------------ who does not encrypt

  @Test
  void aPlainClientIsRefusedByNameAndTheNextOneIsNot() throws Exception {
    Listener listener = closed(secret(0, tls(desk, desk)).listen());
    assertThatThrownBy(() -> plain(port(listener)).connect(soon()))
        .isInstanceOf(HandshakeException.class);
    Waiting.until(
        () -> listener.refused() == 1, TransportContract.PATIENCE, () -> "it is not counted");
    assertConnects(secret(port(listener), tls(null, desk)), listener);
  }

  @Test
  void aPlainClientIsToldThatItShouldEncrypt() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open();
        Actors actors = new Actors(ThreadKind.PLATFORM, TransportContract.PATIENCE)) {
      server.bind(new InetSocketAddress(HERE, 0));
      int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
      Step<?> step = actors.actor("connecting").start(() -> plain(port).connect(soon()));
      assertThat(refusal(secret(0, tls(desk, desk)), server))
          .hasMessageContaining("does not speak TLS");
      assertThat(step.failure(HandshakeException.class)).hasMessageContaining("speaks TLS");
    }
  }

  @Test
  void aPlainListenerIsLeftByName() throws Exception {
    assertRefused(plain(0), tls(null, desk), "", "speaks TLS");
    Listener listener = closed(plain(0).listen());
    assertThatThrownBy(() -> secret(port(listener), tls(null, desk)).connect(soon()))
        .isInstanceOf(HandshakeException.class);
    assertConnects(plain(port(listener)), listener);
  }

  @Test
  void whoSaysNothingIsDropped() throws Exception {
    TransportOptions hasty =
        options().tls(tls(desk, desk)).handshakeTimeout(Duration.ofMillis(300)).build();
    Listener listener = closed(Transport.tcp(new InetSocketAddress(HERE, 0), hasty).listen());
    try (SocketChannel silent = SocketChannel.open(new InetSocketAddress(HERE, port(listener)))) {
      assertThat(silent.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
    Waiting.until(
        () -> listener.refused() == 1, TransportContract.PATIENCE, () -> "it is not counted");
  }

  @Test
  void whoDoesNotEncryptByTcpIsNotLeftInTheBeliefThatItDoes() throws Exception {
    TransportOptions secret = options().tls(context(desk, desk)).build();
    assertThatThrownBy(() -> Transport.memory("secret", secret))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tls");
    assertThatThrownBy(() -> Transport.unixSocket(Path.of("s"), secret))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Transport.sharedMemory(Path.of("s"), secret))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new JmsTransport(new FaultyFactory(null).factory(), "q", secret))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Tls.of(context(desk, desk)).withHost(" "))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // ------------------------------------------------------------------ on the way

  private record Ends(Connection here, Connection there, Interceptor between) {}

  private Ends ends(String protocol) throws Exception {
    Tls tls = Tls.of(Certificates.context(protocol, desk, desk));
    Listener listener = closed(secret(0, tls).listen());
    Interceptor between = closed(new Interceptor(port(listener)));
    Transport through = Transport.tcp(between.address(), options().tls(tls).build());
    Connection here = closed(through.connect(soon()));
    Connection there = closed(listener.accept(soon()));
    return new Ends(here, there, between);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void whatIsCutOffIsNoEnd(String protocol) throws Exception {
    Ends ends = ends(protocol);
    assertWork(ends.here, ends.there);
    ends.here.send(number(3), soon());
    assertThat(received(ends.there)).isEqualTo(3);
    ends.between.cut();
    assertThatThrownBy(() -> ends.there.receive(soon()))
        .isInstanceOf(PeerDiedException.class)
        .hasMessageContaining("cut off");
    assertThatThrownBy(() -> ends.here.receive(soon()))
        .isInstanceOf(PeerDiedException.class)
        .hasMessageContaining("cut off");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void whatIsChangedEndsItForBoth(String protocol) throws Exception {
    Ends ends = ends(protocol);
    assertWork(ends.here, ends.there);
    ends.between.there = (bytes, length) -> bytes[length - 1] = (byte) (bytes[length - 1] ^ 1);
    ends.here.send(number(3), soon());
    assertThatThrownBy(() -> ends.there.receive(soon()))
        .isInstanceOf(CorruptFrameException.class)
        .hasMessageContaining("TLS");
    assertThatThrownBy(() -> ends.here.receive(soon())).isInstanceOf(CorruptFrameException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void anEndIsAnEnd(String protocol) throws Exception {
    Ends ends = ends(protocol);
    assertWork(ends.here, ends.there);
    ends.here.send(number(3), soon());
    ends.here.closeSend();
    assertThat(received(ends.there)).isEqualTo(3);
    assertThat(ends.there.receive(soon())).isNull();
    ends.there.send(number(4), soon());
    ends.there.close();
    assertThat(received(ends.here)).isEqualTo(4);
    assertThat(ends.here.receive(soon())).isNull();
  }

  @Test
  void keysChangeOnTheWay() throws Exception {
    EngineKeeper keeper = new EngineKeeper(Certificates.context("TLSv1.3", desk, desk));
    Tls tls = Tls.of(keeper.context());
    Listener listener = closed(secret(0, tls).listen());
    Connection here = closed(secret(port(listener), tls).connect(soon()));
    Connection there = closed(listener.accept(soon()));
    for (int i = 0; i < 20; i++) {
      keeper.engines.get(i % 2).beginHandshake(); // of TLS 1.3: new keys, both ways
      assertWork(here, there);
    }
    try (Actors actors = new Actors(ThreadKind.PLATFORM, TransportContract.PATIENCE)) {
      Step<?> sending =
          actors
              .actor("sender")
              .start(() -> {
                for (int i = 0; i < 2_000; i++) {
                  here.send(ByteBuffer.allocate(1000).putLong(0, i));
                }
                here.closeSend();
              });
      for (int i = 0; i < 2_000; i++) {
        if (i % 100 == 0) {
          keeper.engines.get(i / 100 % 2).beginHandshake();
        }
        assertThat(received(there)).isEqualTo(i);
      }
      assertThat(there.receive(soon())).isNull();
      sending.result();
    }
  }

  @Test
  void nobodyNegotiatesAgain() throws Exception {
    EngineKeeper keeper = new EngineKeeper(Certificates.context("TLSv1.2", desk, desk));
    Tls tls = Tls.of(keeper.context());
    Listener listener = closed(secret(0, tls).listen());
    Connection here = closed(secret(port(listener), tls).connect(soon()));
    Connection there = closed(listener.accept(soon()));
    assertWork(here, there);
    keeper.client().beginHandshake();
    here.send(number(1), soon());
    assertThatThrownBy(() -> there.receive(soon())).isInstanceOf(TransportException.class);
    assertThatThrownBy(() -> here.receive(soon())).isInstanceOf(TransportException.class);
  }
}
