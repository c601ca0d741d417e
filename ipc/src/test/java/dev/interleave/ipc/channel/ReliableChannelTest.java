// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.Deadline;
import dev.interleave.ipc.channel.FaultyConnection.Rates;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.Listener;
import dev.interleave.ipc.transport.NoListenerException;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.ipc.transport.TransportException;
import dev.interleave.ipc.transport.TransportOptions;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ContractTest;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import dev.interleave.testing.contract.Waiting;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exactly once and in order, whatever the connections do. */
@Tag("kit")
class ReliableChannelTest {
  private static final boolean THOROUGH = Boolean.getBoolean("interleave.thorough");
  private static final int MESSAGES = THOROUGH ? 100_000 : 4_000;
  private static final long SEED = Long.getLong("interleave.seed", 20260711L);
  private static final Duration SHORT = Duration.ofMillis(200);

  @TempDir private Path folder;
  private Listener listener;
  private Transport transport;

  @BeforeEach
  void listen() throws Exception {
    listener = Transports.MEMORY.transport(folder, Transports.SMALL).listen();
    transport = listener.transport();
  }

  @AfterEach
  void closeListener() {
    listener.close();
  }

  static ReliableChannel.Builder quick(String name, Connector connector) {
    return ReliableChannel.builder(name, connector)
        .window(16)
        .retransmit(Duration.ofMillis(2), Duration.ofMillis(100))
        .giveUpAfter(Duration.ofSeconds(10))
        .linger(SHORT);
  }

  private ReliableChannel connect() throws Exception {
    return quick("here", transport::connect).open(EndpointContract.soon());
  }

  private ReliableChannel accept() throws Exception {
    return quick("there", listener::accept).open(EndpointContract.soon());
  }

  // ------------------------------------------------------------------ the contract

  @Nested
  @ParameterizedClass
  @EnumSource(Transports.class)
  class OverTransport extends EndpointContract {
    private final Transports kind;

    OverTransport(Transports kind) {
      this.kind = kind;
    }

    @Override
    Ends open() throws Exception {
      return ends(kind, Rates.each(0));
    }
  }

  @Nested
  class OverFaults extends EndpointContract {
    @Override
    Ends open() throws Exception {
      return ends(Transports.MEMORY, Rates.each(0.05));
    }
  }

  private EndpointContract.Ends ends(Transports kind, Rates rates) throws Exception {
    Transports.Pair pair = kind.connect(folder, Transports.SMALL);
    return new EndpointContract.Ends(
        end("here", pair.here(), rates), end("there", pair.there(), rates));
  }

  private static ReliableChannel end(String name, Connection connection, Rates rates)
      throws Exception {
    AtomicReference<@Nullable Connection> first =
        new AtomicReference<>(new FaultyConnection(connection, rates, SEED + name.hashCode()));
    return quick(name, deadline -> only(first))
        .linger(Duration.ofSeconds(2)) // for what was sent to arrive, beside other work
        .open(EndpointContract.soon());
  }

  /** Gives the one connection there is, and then none. */
  private static Connection only(AtomicReference<@Nullable Connection> first)
      throws TransportException, InterruptedException {
    Connection connection = first.getAndSet(null);
    return connection != null
        ? connection
        : Transport.memory("nobody listens here").connect(Deadline.none());
  }

  // ------------------------------------------------------------------ exactly once

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.3})
  @Timeout(value = 10, unit = TimeUnit.MINUTES) // the thorough form
  void overFaultsEachMessageComesOnceAndInOrder(double rate) throws Exception {
    int back = MESSAGES / 10;
    AtomicLong seeds = new AtomicLong(SEED);
    Connector connecting =
        deadline ->
            new FaultyConnection(
                transport.connect(deadline), Rates.each(rate), seeds.incrementAndGet());
    Connector accepting =
        deadline ->
            new FaultyConnection(
                listener.accept(deadline), Rates.each(rate), seeds.incrementAndGet());
    long start = System.nanoTime();
    ReliableStats stats;
    ReliableStats other;
    try (Actors actors = new Actors(ThreadKind.VIRTUAL, Duration.ofMinutes(10));
        ReliableChannel here = quick("here", connecting).window(256).open(EndpointContract.soon());
        ReliableChannel there =
            quick("there", accepting).window(256).open(EndpointContract.soon())) {
      Step<?> sending =
          actors
              .actor("here sends")
              .start(() -> {
                Numbers.send(here, MESSAGES, new Random(SEED));
                here.closeSend();
              });
      Step<?> sendingBack =
          actors
              .actor("there sends")
              .start(() -> {
                Numbers.send(there, back, new Random(SEED));
                there.closeSend();
              });
      Step<Integer> receiving = actors.actor("here").startCall(() -> Numbers.receive(here));
      assertThat(Numbers.receive(there)).isEqualTo(MESSAGES);
      assertThat(receiving.result()).isEqualTo(back);
      sending.result();
      sendingBack.result();
      here.awaitAcknowledged(EndpointContract.soon());
      stats = here.reliability();
      other = there.reliability();
      assertThat(there.stats().received()).isEqualTo(MESSAGES);
    }
    System.out.printf(
        "%d messages and %d back at %.2f: %d ms, %s, %s%n",
        MESSAGES, back, rate, (System.nanoTime() - start) / 1_000_000, stats, other);
    assertThat(stats.repeated()).isPositive();
    assertThat(stats.unacknowledged()).isZero();
    assertThat(other.duplicates()).isPositive();
    assertThat(other.damaged()).isPositive();
    assertThat(other.outOfOrder()).isPositive();
  }

  @Test
  void overConnectionsThatBreakEachMessageComesOnceAndInOrder() throws Exception {
    Random random = new Random(SEED);
    Connector breaking =
        deadline -> new BreakingConnection(transport.connect(deadline), 100 + random.nextInt(200));
    try (Actors actors = new Actors(ThreadKind.PLATFORM, Duration.ofMinutes(2));
        ReliableChannel here =
            quick("here", breaking)
                .reconnect(Duration.ofMillis(1), Duration.ofMillis(5))
                .open(EndpointContract.soon());
        ReliableChannel there =
            quick("there", listener::accept)
                .reconnect(Duration.ofMillis(1), Duration.ofMillis(5))
                .open(EndpointContract.soon())) {
      Step<?> sending =
          actors
              .actor("sender")
              .start(() -> {
                Numbers.send(here, MESSAGES, new Random(SEED));
                here.closeSend();
              });
      assertThat(Numbers.receive(there)).isEqualTo(MESSAGES);
      sending.result();
      assertThat(here.reliability().reconnects()).isGreaterThan(5);
      assertThat(there.reliability().reconnects()).isGreaterThan(5);
    }
  }

  // ------------------------------------------------------------------ acknowledgements

  @ContractTest
  void awaitAcknowledgedWaitsForTheOtherSide(Actors actors) throws Exception {
    try (ReliableChannel here = connect()) {
      here.send(EndpointContract.number(1));
      Actor waiter = actors.actor("waiter");
      assertThat(
              waiter
                  .start(() -> here.awaitAcknowledged(EndpointContract.passed()))
                  .failure(ChannelTimeoutException.class))
          .hasMessageContaining("here")
          .hasMessageContaining("1 ");
      Step<?> waiting = waiter.start(() -> here.awaitAcknowledged(Deadline.none()));
      waiting.awaitBlocked();
      waiter.interrupt();
      waiting.failure(InterruptedException.class);
      Step<?> again = waiter.start(() -> here.awaitAcknowledged(Deadline.none()));
      again.awaitBlocked();
      try (ReliableChannel there = accept()) {
        again.result();
        assertThat(here.reliability().unacknowledged()).isZero();
        assertThat(EndpointContract.received(there)).isEqualTo(1);
      }
    }
  }

  @Test
  void acknowledgedIsWhatIsHereNotWhatIsReceived() throws Exception {
    try (ReliableChannel here = connect();
        ReliableChannel there = accept()) {
      for (int i = 0; i < 16; i++) {
        here.send(EndpointContract.number(i));
      }
      here.awaitAcknowledged(EndpointContract.soon());
      assertThat(there.stats()).isEqualTo(new ChannelStats(0, 0, 0, 16));
      there.close();
      assertThat(there.stats()).isEqualTo(new ChannelStats(0, 0, 16, 0));
    }
  }

  @ContractTest
  void aCloseThatLeavesSomethingUnacknowledgedSaysSoToTheOtherSide(Actors actors) throws Exception {
    try (ReliableChannel here = connect();
        ReliableChannel there = accept()) {
      for (int i = 0; i < 20; i++) { // where there is room for 16
        here.send(EndpointContract.number(i), EndpointContract.soon());
      }
      Waiting.until(
          () -> here.reliability().unacknowledged() == 4,
          EndpointContract.PATIENCE,
          here::toString);
      actors.actor("closer").run(here::close);
      assertThat(here.reliability().unacknowledged()).isEqualTo(4);
      for (int i = 0; i < 16; i++) {
        assertThat(EndpointContract.received(there)).isEqualTo(i);
      }
      assertThatThrownBy(() -> there.receive(EndpointContract.soon()))
          .isInstanceOf(ChannelFailedException.class)
          .hasMessageContaining("4 are missing");
    }
  }

  @ContractTest
  void endsThatCloseWithMessagesUnderWayBothWaysDoNotWaitForEachOther(Actors actors)
      throws Exception {
    AtomicBoolean dead = new AtomicBoolean();
    ReliableChannel here = patient("here", transport::connect, dead);
    ReliableChannel there = patient("there", listener::accept, dead);
    here.send(EndpointContract.number(1));
    assertThat(EndpointContract.received(there)).isEqualTo(1);
    here.awaitAcknowledged(EndpointContract.soon());
    dead.set(true);
    here.send(EndpointContract.number(2));
    there.send(EndpointContract.number(3));
    Step<?> closing = actors.actor("here").start(here::close);
    Step<?> closingToo = actors.actor("there").start(there::close);
    closing.awaitBlocked();
    closingToo.awaitBlocked();
    dead.set(false);
    closing.result();
    closingToo.result();
    assertThat(here.reliability().unacknowledged()).isEqualTo(1);
    assertThat(there.reliability().unacknowledged()).isEqualTo(1);
  }

  /** Much longer than any test waits. */
  private static ReliableChannel patient(String name, Connector connector, AtomicBoolean dead)
      throws Exception {
    return quick(name, deadline -> new Mortal(connector.connect(deadline), dead))
        .linger(Duration.ofHours(1))
        .open(EndpointContract.soon());
  }

  @ContractTest
  void endsThatCloseWithoutRoomForEachOtherDoNotWaitEither(Actors actors) throws Exception {
    AtomicBoolean dead = new AtomicBoolean();
    ReliableChannel here = patient("here", transport::connect, dead);
    ReliableChannel there = patient("there", listener::accept, dead);
    for (ReliableChannel end : List.of(here, there)) {
      for (int i = 0; i < 20; i++) { // where there is room for 16
        end.send(EndpointContract.number(i), EndpointContract.soon());
      }
      Waiting.until(
          () -> end.reliability().unacknowledged() == 4, EndpointContract.PATIENCE, end::toString);
    }
    Step<?> closing = actors.actor("here").start(here::close);
    Step<?> closingToo = actors.actor("there").start(there::close);
    closing.result();
    closingToo.result();
    assertThat(here.reliability().unacknowledged()).isEqualTo(4);
    assertThat(there.reliability().unacknowledged()).isEqualTo(4);
    assertThat(here.stats().discarded()).isEqualTo(16);
    assertThat(there.stats().discarded()).isEqualTo(16);
  }

  @ContractTest
  void whoIsToldThatTheOtherSideReceivesNoMoreSendsNoMoreAndReceivesTheRest(Actors actors)
      throws Exception {
    AtomicBoolean dead = new AtomicBoolean();
    ReliableChannel here = patient("here", transport::connect, dead);
    try (ReliableChannel there = accept()) {
      for (int i = 0; i < 20; i++) { // where there is room for 16, so that it cannot say farewell
        here.send(EndpointContract.number(i), EndpointContract.soon());
        there.send(EndpointContract.number(i), EndpointContract.soon());
      }
      Actor waiter = actors.actor("waiter");
      Step<?> waiting = waiter.start(() -> there.awaitAcknowledged(Deadline.none()));
      Step<?> sending =
          actors
              .actor("sender")
              .start(() -> {
                while (true) {
                  there.send(EndpointContract.number(0));
                }
              });
      waiting.awaitBlocked();
      sending.awaitBlocked();
      Step<?> closing = actors.actor("closer").start(here::close);
      assertThat(waiting.failure(BrokenChannelException.class))
          .hasMessageContaining("not acknowledged");
      assertThat(sending.failure(BrokenChannelException.class)).hasMessageContaining("closed");
      for (int i = 0; i < 20; i++) {
        assertThat(EndpointContract.received(there)).isEqualTo(i);
      }
      closing.result();
      assertThat(here.reliability().unacknowledged()).isZero();
      assertThat(there.reliability().unacknowledged()).isEqualTo(16);
    }
  }

  @ContractTest
  void anInterruptEndsTheWaitOfACloseAndStays(Actors actors) throws Exception {
    ReliableChannel here =
        quick("here", transport::connect)
            .linger(EndpointContract.PATIENCE)
            .open(EndpointContract.soon());
    here.send(EndpointContract.number(1));
    Actor closer = actors.actor("closer");
    Step<?> closing = closer.start(here::close); // nobody is there to acknowledge
    closing.awaitBlocked();
    closer.interrupt();
    assertThat(closing.endedInterrupted()).isTrue();
    closing.result();
    assertThat(here.isClosed()).isTrue();
  }

  // ------------------------------------------------------------------ the other side is gone

  @ContractTest
  void whoHearsNothingGivesUpAndSaysWhy(Actors actors) throws Exception {
    AtomicBoolean dead = new AtomicBoolean();
    Connector mortal = deadline -> new Mortal(transport.connect(deadline), dead);
    try (ReliableChannel here = quick("here", mortal).open(EndpointContract.soon());
        ReliableChannel there =
            accept(Duration.ofSeconds(1))) { // beside other work, 0.3 is too short
      here.send(EndpointContract.number(1));
      here.send(EndpointContract.number(2));
      here.awaitAcknowledged(EndpointContract.soon());
      assertThat(EndpointContract.received(there)).isEqualTo(1);
      Actor sender = actors.actor("sender");
      Step<?> sending =
          sender.start(() -> {
            while (true) {
              there.send(ByteBuffer.allocate(100));
            }
          });
      listener.close();
      dead.set(true);
      sending.failure(ChannelFailedException.class);
      assertThat(EndpointContract.received(there)).isEqualTo(2); // what had come comes first
      Step<?> more = sender.start(() -> there.receive(Deadline.none()));
      assertThat(more.failure(ChannelFailedException.class))
          .hasMessageContaining("there: nothing was heard of the other side for PT1S");
      assertThat(there.isClosed()).isTrue();
    }
  }

  /** Whatever is sent by one that is dead is lost. */
  private static final class Mortal extends ForwardingConnection {
    private final AtomicBoolean dead;

    Mortal(Connection below, AtomicBoolean dead) {
      super(below);
      this.dead = dead;
    }

    @Override
    public void send(ByteBuffer frame, Deadline deadline)
        throws TransportException, InterruptedException {
      if (!dead.get()) {
        below.send(frame, deadline);
      }
    }

    @Override
    public boolean trySend(ByteBuffer frame) throws TransportException {
      return dead.get() || below.trySend(frame);
    }
  }

  private ReliableChannel accept(Duration giveUpAfter) throws Exception {
    return quick("there", listener::accept)
        .heartbeat(Duration.ofMillis(20))
        .silence(Duration.ofMillis(100))
        .giveUpAfter(giveUpAfter)
        .open(EndpointContract.soon());
  }

  @Test
  void aConnectionOnWhichNothingIsHeardIsReplaced() throws Exception {
    AtomicBoolean dead = new AtomicBoolean();
    Connector mortal = deadline -> new Mortal(transport.connect(deadline), dead);
    try (ReliableChannel here =
            quick("here", mortal)
                .heartbeat(Duration.ofMillis(20))
                .silence(Duration.ofMillis(100))
                .open(EndpointContract.soon());
        ReliableChannel there = accept(EndpointContract.PATIENCE)) {
      here.send(EndpointContract.number(1));
      assertThat(EndpointContract.received(there)).isEqualTo(1);
      dead.set(true);
      here.send(EndpointContract.number(2));
      Waiting.until(
          () -> there.reliability().reconnects() >= 1, EndpointContract.PATIENCE, there::toString);
      dead.set(false);
      assertThat(EndpointContract.received(there)).isEqualTo(2);
      there.send(EndpointContract.number(3));
      assertThat(EndpointContract.received(here)).isEqualTo(3);
    }
  }

  /**
   * For three times as long as it may be silent. Beside other work a thread may be away for so long
   * once, but hardly each time; a channel for which they were no sign of life would be lost.
   */
  @Test
  void heartbeatsKeepAnIdleChannelAlive() throws Exception {
    List<ReliableStats> all = new ArrayList<>();
    do {
      all.add(idle());
    } while (all.getLast().reconnects() > 0 && all.size() < 10);
    assertThat(all).anySatisfy(one -> assertThat(one.reconnects()).isZero());
    assertThat(all).allSatisfy(one -> assertThat(one.repeated()).isZero());
  }

  /** Two sides have nothing to say for 0.9 s; how hard one of them had to work. */
  private ReliableStats idle() throws Exception {
    try (ReliableChannel here = idle("here", transport::connect);
        ReliableChannel there = idle("there", listener::accept)) {
      Waiting.until(
          () ->
              here.reliability().transmissions() > 180 && there.reliability().transmissions() > 180,
          EndpointContract.PATIENCE,
          here::toString);
      assertThat(here.stats()).isEqualTo(new ChannelStats(0, 0, 0, 0));
      return here.reliability();
    }
  }

  private static ReliableChannel idle(String name, Connector connector) throws Exception {
    return quick(name, connector)
        .heartbeat(Duration.ofMillis(5))
        .silence(Duration.ofMillis(300))
        .open(EndpointContract.soon());
  }

  @Test
  void aProcessThatBeginsAnewIsNotTakenForTheOldOne() throws Exception {
    AtomicBoolean dead = new AtomicBoolean();
    Connector mortal = deadline -> new Mortal(transport.connect(deadline), dead);
    try (ReliableChannel old = quick("old", mortal).open(EndpointContract.soon());
        ReliableChannel there = accept(EndpointContract.PATIENCE)) {
      old.send(EndpointContract.number(1));
      assertThat(EndpointContract.received(there)).isEqualTo(1);
      dead.set(true); // and it leaves without a word
      try (ReliableChannel fresh =
          quick("fresh", transport::connect).open(EndpointContract.soon())) {
        fresh.send(EndpointContract.number(2));
        old.close();
        assertThatThrownBy(() -> there.receive(EndpointContract.soon()))
            .isInstanceOf(ChannelFailedException.class)
            .hasMessageContaining("begun anew");
        assertThatThrownBy(() -> there.send(EndpointContract.number(3)))
            .isInstanceOf(ChannelFailedException.class);
      }
    }
  }

  // ------------------------------------------------------------------ arguments

  @Test
  void argumentsAreCheckedTogether() {
    assertThatThrownBy(() ->
            ReliableChannel.builder(" ", transport::connect)
                .window(0)
                .retransmit(Duration.ZERO, Duration.ofMillis(-1))
                .heartbeat(Duration.ofSeconds(2))
                .silence(Duration.ofSeconds(1))
                .reconnect(Duration.ZERO, Duration.ofSeconds(1))
                .giveUpAfter(Duration.ZERO)
                .linger(Duration.ofMillis(-1))
                .open(EndpointContract.soon()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name is blank")
        .hasMessageContaining("window is not from 1 to 1024: 0")
        .hasMessageContaining("retransmit")
        .hasMessageContaining("heartbeat and silence")
        .hasMessageContaining("reconnect")
        .hasMessageContaining("giveUpAfter")
        .hasMessageContaining("linger");
  }

  @Test
  void theFirstConnectionIsNotTriedAgain() {
    listener.close();
    assertThatThrownBy(this::connect).isInstanceOf(NoListenerException.class);
  }

  @Test
  void framesThatAreTooShortForTheHeadAreRefused() throws Exception {
    TransportOptions tiny =
        TransportOptions.builder().bufferBytes(4096).maxFrame(ReliableFrame.headFor(16)).build();
    try (Listener other = Transports.MEMORY.transport(folder, tiny).listen()) {
      assertThatThrownBy(
              () -> quick("here", other.transport()::connect).open(EndpointContract.soon()))
          .isInstanceOf(ChannelFailedException.class)
          .hasMessageContaining("head");
    }
  }

  @Test
  void theLongestFrameGetsThroughAndALongerOneIsRefused() throws Exception {
    try (ReliableChannel here = connect();
        ReliableChannel there = accept()) {
      ByteBuffer longest = ByteBuffer.allocate(here.maxFrame());
      here.send(longest);
      assertThat(longest.hasRemaining()).isFalse();
      assertThat(Objects.requireNonNull(there.receive(EndpointContract.soon())).remaining())
          .isEqualTo(here.maxFrame());
      assertThatThrownBy(() -> here.send(ByteBuffer.allocate(here.maxFrame() + 1)))
          .isInstanceOf(BadMessageException.class);
    }
  }
}
