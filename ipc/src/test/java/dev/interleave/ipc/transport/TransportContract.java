// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import static dev.interleave.ipc.ActorWaits.awaitWait;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.interleave.Deadline;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ContractTest;
import dev.interleave.testing.contract.Step;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What every kind of transport keeps, on platform and on virtual threads: the themes of the
 * interfaces, and, here, how one listens and connects.
 */
abstract class TransportContract
    implements FramesContract, ReceiverContract, SenderContract, EndContract, TrafficContract {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Small rings, so that a test fills them soon. */
  static final TransportOptions OPTIONS =
      TransportOptions.builder()
          .bufferBytes(4096)
          .maxFrame(1024)
          .linger(Duration.ofMillis(100))
          .build();

  /** For who waits in vain: over a broker that is all that tells that nobody listens. */
  private static final TransportOptions HASTY =
      TransportOptions.builder()
          .bufferBytes(OPTIONS.bufferBytes())
          .maxFrame(OPTIONS.maxFrame())
          .handshakeTimeout(Duration.ofMillis(100))
          .build();

  private Transport transport;
  private Listener listener;
  private Connection here;
  private Connection there;

  /** An address at which nobody listens. */
  abstract Transport transport(TransportOptions options) throws Exception;

  /** Whether one listener at an address keeps others from listening there. */
  boolean isExclusive() {
    return true;
  }

  /** The same address with other options. */
  abstract Transport sameAddress(Transport address, TransportOptions options);

  static Deadline soon() {
    return Deadline.after(PATIENCE);
  }

  static Deadline passed() {
    return Deadline.after(Duration.ZERO);
  }

  static ByteBuffer number(long number) {
    return ByteBuffer.allocate(8).putLong(number).flip();
  }

  static long received(Connection from) throws Exception {
    return Objects.requireNonNull(from.receive(soon()), "the end").getLong();
  }

  static ByteBuffer pattern(int length) {
    ByteBuffer frame = ByteBuffer.allocate(length);
    while (frame.hasRemaining()) {
      frame.put((byte) (length + frame.position() * 31));
    }
    return frame.flip();
  }

  @BeforeEach
  void connect() throws Exception {
    listener = transport(OPTIONS).listen();
    transport = listener.transport();
    here = transport.connect(soon());
    there = listener.accept(soon());
  }

  @Override
  public final Connection here() {
    return here;
  }

  @Override
  public final Connection there() {
    return there;
  }

  @AfterEach
  void close() {
    here.close();
    there.close();
    listener.close();
  }

  // ------------------------------------------------------------------ listening and connecting

  @ContractTest
  void theSmallerLongestFrameCounts(Actors actors) throws Exception {
    TransportOptions less = TransportOptions.builder().bufferBytes(4096).maxFrame(100).build();
    Actor actor = actors.actor("connecting");
    try (Listener other = transport(less).listen()) {
      Transport large = sameAddress(other.transport(), OPTIONS);
      try (Connection one = actor.call(() -> large.connect(soon()));
          Connection two = other.accept(soon())) {
        assertThat(one.maxFrame()).isEqualTo(100);
        assertThat(two.maxFrame()).isEqualTo(100);
      }
    }
  }

  @ContractTest
  void twoCannotListenAtOneAddress(Actors actors) throws Exception {
    assumeTrue(isExclusive(), "several may listen at this address");
    Actor second = actors.actor("second");
    second.start(() -> transport.listen()).failure(AddressInUseException.class);
    assertWorks();
    try (Connection another = transport.connect(soon());
        Connection accepted = listener.accept(soon())) {
      another.send(number(5), soon());
      assertThat(received(accepted)).isEqualTo(5);
    }
  }

  @ContractTest
  void whereNobodyListensNobodyConnects(Actors actors) throws Exception {
    listener.close();
    Actor actor = actors.actor("connecting");
    Transport hasty = sameAddress(transport, HASTY);
    actor.start(() -> hasty.connect(soon())).failure(NoListenerException.class);
    assertWorks(); // who was accepted stays
    try (Listener again = transport.listen();
        Connection one = actor.call(() -> transport.connect(soon()));
        Connection two = again.accept(soon())) {
      two.send(number(6), soon());
      assertThat(received(one)).isEqualTo(6);
    }
  }

  @ContractTest
  void whoAcceptsWaits(Actors actors) throws Exception {
    Actor actor = actors.actor("accepting");
    actor.start(() -> listener.accept(passed())).failure(TransportTimeoutException.class);
    Step<?> interrupted = actor.start(() -> listener.accept(Deadline.none()));
    assertThat(awaitWait(actor).resource().name()).contains(transport.name());
    interrupted.awaitBlocked();
    actor.interrupt();
    interrupted.failure(InterruptedException.class);
    Step<Connection> accepting = actor.startCall(() -> listener.accept(Deadline.none()));
    accepting.awaitBlocked();
    Connection one = transport.connect(soon());
    Connection two = accepting.result();
    one.close();
    assertThat(two.receive(soon())).isNull();
    two.close();
    Step<?> closed = actor.start(() -> listener.accept(Deadline.none()));
    closed.awaitBlocked();
    listener.close();
    listener.close();
    closed.failure(TransportClosedException.class);
  }

  @ContractTest
  void whoConnectsNeedNotWaitToBeAccepted(Actors actors) throws Exception {
    Actor actor = actors.actor("connecting");
    Connection early = actor.call(() -> transport.connect(soon()));
    actor.run(() -> early.send(number(9), soon()));
    actor.run(early::close);
    try (Connection accepted = listener.accept(soon())) {
      assertThat(received(accepted)).isEqualTo(9);
      assertThat(accepted.receive(soon())).isNull();
    }
  }

  @ContractTest
  void theListenerClosesWhomNobodyAccepted(Actors actors) throws Exception {
    Actor actor = actors.actor("connecting");
    try (Connection waiting = actor.call(() -> transport.connect(soon()))) {
      listener.close();
      assertThat(waiting.receive(soon())).isNull();
    }
  }

  @ContractTest
  void namesAndFiguresAreThere(Actors actors) throws Exception {
    here.send(number(1), soon());
    long got = actors.actor("receiver").call(() -> received(there));
    assertThat(got).isEqualTo(1);
    assertThat(here.stats().framesSent()).isEqualTo(1);
    assertThat(here.stats().bytesSent()).isEqualTo(8);
    assertThat(there.stats().framesReceived()).isEqualTo(1);
    assertThat(there.stats().bytesReceived()).isEqualTo(8);
    assertThat(here.peer().pid()).isEqualTo(ProcessHandle.current().pid());
    assertThat(here.name()).startsWith(transport.name()).isNotEqualTo(there.name());
    assertThat(here.toString()).contains(here.name());
  }
}
