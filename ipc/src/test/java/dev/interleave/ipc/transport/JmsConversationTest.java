// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import static dev.interleave.ipc.transport.TransportContract.number;
import static dev.interleave.ipc.transport.TransportContract.passed;
import static dev.interleave.ipc.transport.TransportContract.received;
import static dev.interleave.ipc.transport.TransportContract.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.Deadline;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets what, and what goes wrong with messages. */
@Tag("kit")
class JmsConversationTest extends OverBroker {
  // ------------------------------------------------------------------ many listeners

  @Test
  void listenersAtOneQueueShareTheConnections() throws Exception {
    Transport transport = transport(options());
    Listener one = closed(transport.listen());
    Listener two = closed(transport.listen());
    List<Connection> clients = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      clients.add(closed(transport.connect(soon())));
    }
    // Each of them has some; and those that it has are whole conversations.
    int ofOne = 0;
    int ofTwo = 0;
    for (Deadline limit = soon(); ofOne + ofTwo < clients.size() && !limit.isExpired(); ) {
      ofOne += answerNext(one);
      ofTwo += answerNext(two);
    }
    assertThat(ofOne + ofTwo).isEqualTo(clients.size());
    assertThat(ofOne).isPositive();
    assertThat(ofTwo).isPositive();
    for (Connection client : clients) {
      assertThat(received(client)).isEqualTo(7);
    }
  }

  /** How many it has answered: one, or none if there is none yet. */
  private int answerNext(Listener listener) throws Exception {
    Connection next;
    try {
      next = closed(listener.accept(Deadline.after(Duration.ofMillis(5))));
    } catch (TransportTimeoutException noneYet) {
      return 0;
    }
    next.send(number(7), soon());
    return 1;
  }

  @Test
  void whoHasNoRoomLeavesTheRestToOthers() throws Exception {
    Listener full = closed(transport(options().backlog(1)).listen());
    Transport transport = transport(options());
    List<Connection> clients = new ArrayList<>();
    clients.add(closed(transport.connect(soon()))); // takes the only place
    Listener free = closed(transport.listen());
    for (int i = 0; i < 5; i++) {
      clients.add(closed(transport.connect(soon())));
      closed(free.accept(soon())).send(number(i), soon());
      assertThat(received(clients.getLast())).isEqualTo(i);
    }
    closed(full.accept(soon())).send(number(9), soon());
    assertThat(received(clients.getFirst())).isEqualTo(9);
  }

  @Test
  void whoClosesLeavesNothingAtTheBroker(@TempDir Path folder) throws Exception {
    // One of its own: Artemis keeps what others gave up on, if an answer came late.
    try (Broker own = Broker.tcp(folder)) {
      Transport transport = transport(own.factory());
      try (Listener listener = transport.listen()) {
        Connection here = transport.connect(soon());
        Connection there = listener.accept(soon());
        new Ends(here, there).assertWork();
        here.close();
        assertThat(there.receive(soon())).isNull();
        there.close();
      }
      until(
          () -> own.server().getRemotingService().getConnectionCount() == 0,
          "all connections to the broker are closed");
      until(
          () -> own.queues().stream().allMatch(name -> name.startsWith("conversations-")),
          "all temporary queues are gone");
    }
  }

  /** A broker makes the queue of the dead one anew for what is sent before it is missed. */
  @Test
  void norDoesWhoDies(@TempDir Path folder) throws Exception {
    try (Broker own = Broker.tcp(folder, Duration.ofMillis(100))) {
      FaultyFactory provider = new FaultyFactory(own.factory());
      TransportOptions lively =
          options()
              .peerTimeout(Duration.ofSeconds(3))
              .handshakeTimeout(Duration.ofSeconds(3))
              .build();
      try (Listener listener = new JmsTransport(own.factory(), queue, lively).listen();
          Connection here = new JmsTransport(provider.factory(), queue, lively).connect(soon());
          Connection there = listener.accept(soon())) {
        new Ends(here, there).assertWork();
        provider.vanish();
        there.send(number(3), soon());
        assertThatThrownBy(() -> there.receive(soon())).isInstanceOf(PeerDiedException.class);
        until(
            () -> own.queues().stream().allMatch(queue::equals),
            "no queue is left but that of the listener");
      }
    }
  }

  // ------------------------------------------------------------------ nobody there

  @Test
  void whereNoBrokerIsNobodyConnectsOrListens() {
    Transport nowhere = transport(new ActiveMQConnectionFactory("tcp://127.0.0.1:1"));
    assertThatThrownBy(() -> nowhere.connect(soon())).isInstanceOf(TransportFailedException.class);
    assertThatThrownBy(nowhere::listen).isInstanceOf(TransportFailedException.class);
  }

  @Test
  void nobodyAnswersOrTheTimeIsUp() throws Exception {
    Transport hasty = transport(options().handshakeTimeout(Duration.ofMillis(50)));
    assertThatThrownBy(() -> hasty.connect(soon())).isInstanceOf(NoListenerException.class);
    Transport patient = transport(options());
    assertThatThrownBy(() -> patient.connect(passed()))
        .isInstanceOf(TransportTimeoutException.class);
    try (Actors actors = new Actors(ThreadKind.PLATFORM, TransportContract.PATIENCE)) {
      Actor actor = actors.actor("connecting");
      Step<?> connecting = actor.start(() -> patient.connect(soon()));
      connecting.awaitBlocked();
      actor.interrupt();
      connecting.failure(InterruptedException.class);
    }
  }

  @Test
  void itIsAWorkQueueForInvitationsOnly() throws Exception {
    Listener listener = closed(transport(options()).listen());
    try (RawJmsPeer peer = new RawJmsPeer(broker.factory(), queue)) {
      peer.sendText("hello");
      peer.sendRaw(new byte[100], true);
      peer.sendRaw(new byte[1 << 20], true);
      peer.say(JmsHead.DATA, 0, 0, ByteBuffer.allocate(8));
      peer.invite(Hello.of(WireKind.JMS, options().build()).encode(), false);
    }
    until(() -> listener.refused() == 5, "all are refused");
    connect(listener.transport(), listener).assertWork();
  }

  @Test
  void whoInvitesAndGoesIsNeverAccepted() throws Exception {
    Listener listener =
        closed(transport(options().handshakeTimeout(Duration.ofMillis(300))).listen());
    try (RawJmsPeer silent = new RawJmsPeer(broker.factory(), queue)) {
      silent.invite(Hello.of(WireKind.JMS, options().build()).encode(), true);
      until(() -> listener.refused() == 1, "it is not confirmed");
    }
    assertThatThrownBy(() -> listener.accept(passed()))
        .isInstanceOf(TransportTimeoutException.class);
  }

  @Test
  void whoDoesNotFitIsRefusedByBoth() throws Exception {
    ByteBuffer old = Hello.of(WireKind.JMS, options().build()).encode();
    old.put(8, (byte) 99);
    Listener listener = closed(transport(options()).listen());
    try (RawJmsPeer peer = new RawJmsPeer(broker.factory(), queue)) {
      peer.invite(old, true);
      until(() -> listener.refused() == 1, "it is refused");
      assertThat(peer.hear(JmsHead.ACCEPT).payload().remaining()).isEqualTo(Hello.BYTES);
    }
  }

  /** As after a listener that took it and lost its connection before it could say so. */
  @Test
  void anInvitationThatIsDeliveredTwiceMakesOneConnection() throws Exception {
    Transport transport = transport(options());
    Transport hasty = transport(options().handshakeTimeout(Duration.ofSeconds(1)));
    try (Actors actors = new Actors(ThreadKind.PLATFORM, TransportContract.PATIENCE);
        jakarta.jms.Connection connection = broker.factory().createConnection();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      Queue work = session.createQueue(queue);
      MessageConsumer consumer = session.createConsumer(work);
      connection.start();
      Step<Connection> connecting =
          actors.actor("connecting").startCall(() -> transport.connect(soon()));
      Message taken = consumer.receive(TransportContract.PATIENCE.toMillis());
      consumer.close();
      MessageProducer producer = session.createProducer(work);
      producer.send(taken);
      producer.send(taken);
      Listener listener = closed(hasty.listen());
      Connection here = closed(connecting.result());
      Connection there = closed(listener.accept(soon()));
      new Ends(here, there).assertWork();
      until(() -> listener.refused() == 1, "the second one is not confirmed");
      assertThatThrownBy(() -> listener.accept(passed()))
          .isInstanceOf(TransportTimeoutException.class);
      new Ends(here, there).assertWork();
    }
  }

  // ------------------------------------------------------------------ messages that go astray

  @Test
  void whatComesTwiceIsTakenOnce() throws Exception {
    FaultyFactory provider = new FaultyFactory(broker.factory());
    Ends ends = faulty(provider);
    provider.sending =
        (to, message) -> {
          to.send(message);
          to.send(message);
        };
    for (int i = 0; i < 100; i++) {
      ends.here().send(number(i), soon());
      assertThat(received(ends.there())).isEqualTo(i);
    }
    ends.here().closeSend();
    assertThat(ends.there().receive(soon())).isNull();
    assertThat(ends.there().stats().framesReceived()).isEqualTo(100);
  }

  @Test
  void aMissingMessageEndsItForBothSides() throws Exception {
    FaultyFactory provider = new FaultyFactory(broker.factory());
    Ends ends = faulty(provider);
    AtomicInteger sent = new AtomicInteger();
    provider.sending =
        (to, message) -> {
          if (sent.incrementAndGet() != 3) {
            to.send(message);
          }
        };
    for (int i = 0; i < 4; i++) {
      ends.here().send(number(i), soon());
    }
    assertThat(received(ends.there())).isZero();
    assertThat(received(ends.there())).isEqualTo(1);
    assertThatThrownBy(() -> ends.there().receive(soon()))
        .isInstanceOf(CorruptFrameException.class)
        .hasMessageContaining("lost");
    assertThatThrownBy(() -> ends.here().receive(soon())).isInstanceOf(CorruptFrameException.class);
  }

  /** The last one is missed by what a side says of itself when it has nothing to send. */
  @Test
  void aMissingLastMessageIsNoticedToo() throws Exception {
    FaultyFactory provider = new FaultyFactory(broker.factory());
    TransportOptions.Builder lively = options().peerTimeout(Duration.ofSeconds(2));
    Listener listener = closed(transport(lively).listen());
    Ends ends = connect(new JmsTransport(provider.factory(), queue, lively.build()), listener);
    provider.sending = (to, message) -> provider.sending = MessageProducer::send;
    ends.here().send(number(1), soon());
    assertThatThrownBy(() -> ends.there().receive(soon()))
        .isInstanceOf(CorruptFrameException.class)
        .hasMessageContaining("lost");
  }

  /** As with an interrupt: whether the message went out is not known. */
  @Test
  void aSendThatFailsAfterItWasDoneOrBeforeIsDoneOnce() throws Exception {
    FaultyFactory provider = new FaultyFactory(broker.factory());
    Ends ends = faulty(provider);
    Thread me = Thread.currentThread();
    AtomicReference<@Nullable Thread> failedIn = new AtomicReference<>();
    for (boolean before : new boolean[] {true, false}) {
      for (int i = 0; i < 50; i++) {
        failedIn.set(null);
        provider.sending =
            (to, message) -> {
              boolean fails = Thread.currentThread() == me && failedIn.compareAndSet(null, me);
              if (!fails || !before) {
                to.send(message);
              }
              if (fails) {
                throw new IllegalStateException("mine", new InterruptedException());
              }
            };
        ends.here().send(number(i), soon());
        assertThat(
                Thread.interrupted()) // unless that of the conversation sent it, as this was slow
            .as("what the provider took from it")
            .isEqualTo(failedIn.get() == me);
        ends.here().send(number(i + 1_000), soon());
        assertThat(received(ends.there())).isEqualTo(i);
        assertThat(received(ends.there())).isEqualTo(i + 1_000);
      }
    }
  }

  @Test
  void aProviderThatSendsNothingAnyMoreEndsIt() throws Exception {
    FaultyFactory provider = new FaultyFactory(broker.factory());
    Ends ends = faulty(provider);
    provider.sending =
        (to, message) -> {
          throw new JMSException("mine");
        };
    ends.here().send(number(1), soon()); // as to a peer that is just dying
    assertThatThrownBy(() -> ends.here().receive(soon()))
        .isInstanceOf(PeerDiedException.class)
        .hasMessageContaining("mine");
    assertThatThrownBy(() -> ends.here().send(number(1), soon()))
        .isInstanceOf(PeerDiedException.class);
  }

  /** A send that the provider never returns from keeps nobody else. */
  @Test
  void aProviderThatHangsKeepsNeitherCloseNorTheNextSend() throws Exception {
    FaultyFactory provider = new FaultyFactory(broker.factory());
    Ends ends = faulty(provider);
    CountDownLatch free = new CountDownLatch(1);
    try (Actors actors = new Actors(ThreadKind.PLATFORM, TransportContract.PATIENCE)) {
      provider.sending =
          (to, message) -> {
            boolean interrupted = false;
            while (free.getCount() > 0) {
              try {
                free.await();
              } catch (InterruptedException e) {
                interrupted = true; // as some providers are
              }
            }
            if (interrupted) {
              Thread.currentThread().interrupt();
            }
            throw new JMSException("was closed");
          };
      Step<?> hanging = actors.actor("sender").start(() -> ends.here().send(number(1)));
      hanging.awaitBlocked();
      Step<?> filling =
          actors
              .actor("next")
              .start(() -> {
                while (true) {
                  ends.here().send(ByteBuffer.allocate(1000), passed());
                }
              });
      filling.failure(TransportTimeoutException.class);
      Step<?> closing = actors.actor("closing").start(ends.here()::close);
      closing.result();
      assertThat(ends.here().stats().bytesDiscarded()).isPositive();
      free.countDown();
      hanging.result(); // it was accepted, before the close
    }
  }

  // ------------------------------------------------------------------ peers that misbehave

  private Connection accepted(Listener listener, RawJmsPeer peer) throws Exception {
    peer.connect(options().build());
    return closed(listener.accept(soon()));
  }

  /** What the other side is left with: the reason, as on a socket. */
  private static int farewell(RawJmsPeer peer) throws JMSException {
    while (true) {
      ByteBuffer records = peer.hear(JmsHead.DATA).payload();
      int word = records.getInt(records.limit() - ByteRing.HEAD_BYTES);
      if (ByteRing.kind(word) == ByteRing.LEAVE) {
        return ByteRing.length(word);
      }
    }
  }

  @Test
  void whatIsNoRecordEndsItForBoth() throws Exception {
    Listener listener = closed(transport(options()).listen());
    try (RawJmsPeer peer = new RawJmsPeer(broker.factory(), queue)) {
      Connection connection = accepted(listener, peer);
      peer.say(JmsHead.DATA, 0, 0, RawPeer.frame(new byte[] {1, 2}));
      peer.say(JmsHead.DATA, 1, 0, RawPeer.head(ByteRing.word(9, 5), 0, 16));
      assertThat(connection.receive(soon())).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2}));
      assertThatThrownBy(() -> connection.receive(soon()))
          .isInstanceOf(CorruptFrameException.class);
      assertThat(farewell(peer)).isEqualTo(ByteRing.CORRUPT);
    }
  }

  @Test
  void aClaimToBeTooLongEndsItForBoth() throws Exception {
    Listener listener = closed(transport(options()).listen());
    try (RawJmsPeer peer = new RawJmsPeer(broker.factory(), queue)) {
      Connection connection = accepted(listener, peer);
      int word = ByteRing.word(ByteRing.FRAME, ByteRing.LENGTH_MASK);
      peer.say(JmsHead.DATA, 0, 0, RawPeer.head(word, 0, 8));
      assertThatThrownBy(() -> connection.receive(soon()))
          .isInstanceOf(FrameTooLargeException.class);
      assertThat(farewell(peer)).isEqualTo(ByteRing.TOO_LARGE);
    }
  }

  @Test
  void whoSendsMoreThanThereIsRoomForIsLeft() throws Exception {
    Listener listener = closed(transport(options()).listen());
    try (RawJmsPeer peer = new RawJmsPeer(broker.factory(), queue)) {
      Connection connection = accepted(listener, peer);
      for (int i = 0; i < 10; i++) {
        peer.say(JmsHead.DATA, i, 0, RawPeer.frame(new byte[1000]));
      }
      assertThat(farewell(peer)).isEqualTo(ByteRing.CORRUPT);
      AtomicInteger received = new AtomicInteger();
      assertThatThrownBy(
              () -> {
                while (connection.receive(soon()) != null) {
                  received.incrementAndGet();
                }
              })
          .isInstanceOf(CorruptFrameException.class)
          .hasMessageContaining("room");
      assertThat(received.get()).as("of what fits into 4096").isBetween(3, 4);
    }
  }

  @Test
  void whoGoesWithoutAllThatItHadSentIsDead() throws Exception {
    Listener listener = closed(transport(options()).listen());
    try (RawJmsPeer peer = new RawJmsPeer(broker.factory(), queue)) {
      Connection connection = accepted(listener, peer);
      peer.say(JmsHead.DATA, 0, 0, RawPeer.frame(new byte[] {1}));
      peer.say(JmsHead.GONE, 1, 0, ByteBuffer.allocate(0));
      assertThat(connection.receive(soon())).isEqualTo(ByteBuffer.wrap(new byte[] {1}));
      assertThatThrownBy(() -> connection.receive(soon())).isInstanceOf(PeerDiedException.class);
    }
  }

  /** It may send a frame only when it is told that there is room. */
  @Test
  void nobodySendsMoreThanTheOtherSideHasRoomFor() throws Exception {
    Listener listener = closed(transport(options()).listen());
    try (RawJmsPeer peer = new RawJmsPeer(broker.factory(), queue)) {
      Connection connection = accepted(listener, peer);
      for (int i = 0; i < 3; i++) {
        connection.send(ByteBuffer.allocate(1000).putLong(0, i), soon());
      }
      // Half of 4096 is for two of them, with their heads.
      long got = 0;
      while (got < 2 * 1008) {
        got += peer.hear(JmsHead.DATA).payload().remaining();
      }
      assertThat(got).isEqualTo(2 * 1008);
      peer.say(JmsHead.STATE, 0, 3 * 1008 - 1, ByteBuffer.allocate(0));
      connection.closeSend();
      peer.say(JmsHead.STATE, 0, 3 * 1008, ByteBuffer.allocate(0));
      assertThat(peer.hear(JmsHead.DATA).payload().remaining()).isGreaterThanOrEqualTo(1008);
    }
  }

  // ------------------------------------------------------------------ more than a message takes

  @Test
  void longFramesGoInSeveralMessagesAndShortOnesTogether() throws Exception {
    Listener listener = closed(transport(TransportOptions.builder()).listen());
    Ends ends = connect(listener.transport(), listener);
    try (Actors actors = new Actors(ThreadKind.PLATFORM, TransportContract.PATIENCE)) {
      Step<?> sending =
          actors
              .actor("sender")
              .start(() -> {
                for (int i = 0; i < 50; i++) {
                  ends.here().send(TransportContract.pattern(ends.here().maxFrame() - i));
                }
                for (int i = 0; i < 20_000; i++) {
                  ends.here().write(TransportContract.pattern(i % 100), Deadline.none());
                }
                ends.here().closeSend();
              });
      for (int i = 0; i < 50; i++) {
        assertThat(ends.there().receive(soon()))
            .isEqualTo(TransportContract.pattern(ends.here().maxFrame() - i));
      }
      for (int i = 0; i < 20_000; i++) {
        assertThat(ends.there().receive(soon())).isEqualTo(TransportContract.pattern(i % 100));
      }
      assertThat(ends.there().receive(soon())).isNull();
      sending.result();
    }
    assertThat(ends.here().stats().wakeUps()).as("messages").isLessThan(10_000);
  }

  // ------------------------------------------------------------------ death

  @Test
  void whoIsNotHeardOfIsDeadAndWhoIsIdleIsNot() throws Exception {
    TransportOptions.Builder lively = options().peerTimeout(Duration.ofSeconds(3));
    FaultyFactory provider = new FaultyFactory(broker.factory());
    Listener listener = closed(transport(lively).listen());
    Ends ends = connect(transport(provider.factory()), listener); // which is patient
    long before = ends.here().stats().wakeUps();
    until(
        () ->
            ends.here().stats().wakeUps() >= before + 6
                && ends.there().stats().wakeUps() >= before + 6,
        "more time than the timeout, in signs of life");
    ends.assertWork();
    try (Actors actors = new Actors(ThreadKind.VIRTUAL, TransportContract.PATIENCE)) {
      Step<?> receiving =
          actors.actor("receiver").start(() -> ends.there().receive(Deadline.none()));
      receiving.awaitBlocked();
      provider.vanish();
      assertThat(receiving.failure(PeerDiedException.class)).hasMessageContaining("heard");
    }
    assertThat(ends.there().isClosed()).isTrue();
    connect(transport(lively), listener).assertWork();
  }

  @Test
  void aCutConnectionEndsBothSidesAndTheListenerComesBack() throws Exception {
    Listener listener = closed(transport(options()).listen());
    Ends ends = connect(listener.transport(), listener);
    try (Actors actors = new Actors(ThreadKind.PLATFORM, TransportContract.PATIENCE)) {
      Step<?> here = actors.actor("here").start(() -> ends.here().receive(Deadline.none()));
      Step<?> there = actors.actor("there").start(() -> ends.there().receive(Deadline.none()));
      here.awaitBlocked();
      there.awaitBlocked();
      broker.cut();
      here.failure(PeerDiedException.class);
      there.failure(PeerDiedException.class);
    }
    connect(listener.transport(), listener).assertWork();
  }

  @Test
  void aListenerComesBackWhenTheBrokerDoes() throws Exception {
    Listener listener = closed(transport(options()).listen());
    Ends ends = connect(listener.transport(), listener);
    broker.stop();
    try {
      assertThatThrownBy(() -> ends.here().receive(soon())).isInstanceOf(PeerDiedException.class);
      assertThatThrownBy(() -> ends.there().receive(soon())).isInstanceOf(PeerDiedException.class);
    } finally {
      broker.start();
    }
    connect(listener.transport(), listener).assertWork();
  }

  @Test
  void aListenerCanBeClosedWhileTheBrokerIsGone() throws Exception {
    Listener listener = closed(transport(options()).listen());
    broker.stop();
    try {
      listener.close();
      assertThatThrownBy(() -> listener.accept(soon()))
          .isInstanceOf(TransportClosedException.class);
    } finally {
      broker.start();
    }
  }

  // ------------------------------------------------------------------ options

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThatThrownBy(() -> new JmsTransport(broker.factory(), " "))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TransportOptions.builder().peerTimeout(Duration.ZERO).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("peerTimeout");
  }
}
