// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import static dev.interleave.ipc.ActorWaits.awaitWait;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Owners;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ContractTest;
import dev.interleave.testing.contract.Step;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What every kind of transport keeps, on platform and on virtual threads. */
abstract class TransportContract {
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

  @BeforeEach
  void connect() throws Exception {
    listener = transport(OPTIONS).listen();
    transport = listener.transport();
    here = transport.connect(soon());
    there = listener.accept(soon());
  }

  @AfterEach
  void close() {
    here.close();
    there.close();
    listener.close();
  }

  private void assertWorks() throws Exception {
    here.send(number(4711), soon());
    assertThat(received(there)).isEqualTo(4711);
    there.send(number(1174), soon());
    assertThat(received(here)).isEqualTo(1174);
  }

  // ------------------------------------------------------------------ frames

  @ContractTest
  void framesOfEveryLengthArriveWholeAndInOrder(Actors actors) throws Exception {
    Step<?> sending =
        actors
            .actor("sender")
            .start(() -> {
              for (int length = 0; length <= here.maxFrame(); length++) {
                here.send(pattern(length));
              }
              here.closeSend();
            });
    for (int length = 0; length <= there.maxFrame(); length++) {
      assertThat(there.receive(soon())).isEqualTo(pattern(length));
    }
    assertThat(there.receive(soon())).isNull();
    sending.result();
  }

  static ByteBuffer pattern(int length) {
    ByteBuffer frame = ByteBuffer.allocate(length);
    while (frame.hasRemaining()) {
      frame.put((byte) (length + frame.position() * 31));
    }
    return frame.flip();
  }

  @ContractTest
  void directAndPartBuffersAreSentFromPositionToLimit(Actors actors) throws Exception {
    ByteBuffer part = ByteBuffer.allocateDirect(64);
    part.putLong(8, 42).position(8).limit(16);
    actors.actor("sender").run(() -> here.send(part, soon()));
    assertThat(part.hasRemaining()).isFalse();
    assertThat(received(there)).isEqualTo(42);
    ByteBuffer readOnly = number(43).asReadOnlyBuffer();
    actors.actor("other").run(() -> here.send(readOnly, soon()));
    assertThat(received(there)).isEqualTo(43);
  }

  @ContractTest
  void theHandlerGetsTheFrameReadOnly(Actors actors) throws Exception {
    here.send(number(7), soon());
    actors
        .actor("receiver")
        .run(() ->
            there.receive(
                frame -> {
                  assertThat(frame.isReadOnly()).isTrue();
                  assertThat(frame.position()).isZero();
                  assertThat(frame.capacity()).isEqualTo(8);
                  assertThat(frame.getLong()).isEqualTo(7);
                },
                soon()));
  }

  @ContractTest
  void aFrameThatIsTooLongIsRefusedAndNothingElse(Actors actors) throws Exception {
    ByteBuffer frame = ByteBuffer.allocate(here.maxFrame() + 1);
    Actor sender = actors.actor("sender");
    sender.start(() -> here.send(frame)).failure(FrameTooLargeException.class);
    sender.start(() -> here.trySend(frame)).failure(FrameTooLargeException.class);
    assertThat(frame.remaining()).isEqualTo(here.maxFrame() + 1);
    assertWorks();
  }

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

  /** Whether one listener at an address keeps others from listening there. */
  boolean isExclusive() {
    return true;
  }

  /** The same address with other options. */
  abstract Transport sameAddress(Transport address, TransportOptions options);

  @ContractTest
  void whatWasWrittenIsSentByFlushAndByClose(Actors actors) throws Exception {
    Actor sender = actors.actor("sender");
    sender.run(() -> {
      here.write(number(1), soon());
      here.write(number(2), soon());
      here.flush();
    });
    assertThat(received(there)).isEqualTo(1);
    assertThat(received(there)).isEqualTo(2);
    sender.run(() -> {
      here.write(number(3), soon());
      here.closeSend();
    });
    assertThat(received(there)).isEqualTo(3);
    assertThat(there.receive(soon())).isNull();
  }

  @ContractTest
  void aFrameCanBeWrittenWhereItWillLie(Actors actors) throws Exception {
    Actor sender = actors.actor("sender");
    Step<?> sending =
        sender.start(() -> {
          for (int length = 0; length <= here.maxFrame(); length++) {
            ByteBuffer frame = pattern(length);
            here.send(here.maxFrame(), room -> room.put(frame), Deadline.none());
          }
        });
    for (int length = 0; length <= there.maxFrame(); length++) {
      assertThat(there.receive(soon())).isEqualTo(pattern(length));
    }
    sending.result();
    sender
        .start(() -> here.send(here.maxFrame() + 1, room -> {}, soon()))
        .failure(FrameTooLargeException.class);
    sender.start(() -> here.send(-1, room -> {}, soon())).failure(IllegalArgumentException.class);
  }

  @ContractTest
  void whatTheFillerThrowsIsThrownAndNothingIsSent(Actors actors) throws Exception {
    Actor sender = actors.actor("sender");
    IllegalArgumentException mine = new IllegalArgumentException("mine");
    for (int i = 0; i < 10; i++) { // once around the ring
      Step<?> step =
          sender.start(() ->
              here.send(
                  1000,
                  room -> {
                    room.putLong(-1);
                    throw mine;
                  },
                  soon()));
      assertThat(step.failure(IllegalArgumentException.class)).isSameAs(mine);
      sender.run(() -> here.send(1000, room -> room.put(pattern(900)), soon()));
      assertThat(there.receive(soon())).isEqualTo(pattern(900));
    }
    assertThat(here.stats().framesSent()).isEqualTo(10);
  }

  @ContractTest
  void aFillerCanCloseButNotSend(Actors actors) throws Exception {
    Step<?> step =
        actors
            .actor("sender")
            .start(() ->
                here.send(
                    100,
                    room -> {
                      ByteBuffer frame = number(1);
                      assertThatThrownBy(() -> here.send(frame))
                          .isInstanceOf(IllegalStateException.class);
                      assertThatThrownBy(() -> here.trySend(frame))
                          .isInstanceOf(IllegalStateException.class);
                      assertThatThrownBy(here::flush).isInstanceOf(IllegalStateException.class);
                      assertThatThrownBy(here::closeSend).isInstanceOf(IllegalStateException.class);
                      room.putLong(2);
                      here.close();
                    },
                    soon()));
    step.failure(TransportClosedException.class);
    assertThat(there.receive(soon())).isNull();
  }

  @ContractTest
  void whatTheHandlerThrowsIsThrownAndTheFrameIsReceived(Actors actors) throws Exception {
    here.send(number(1), soon());
    here.send(number(2), soon());
    IllegalArgumentException mine = new IllegalArgumentException("mine");
    Step<?> step =
        actors
            .actor("receiver")
            .start(() ->
                there.receive(
                    frame -> {
                      throw mine;
                    },
                    soon()));
    assertThat(step.failure(IllegalArgumentException.class)).isSameAs(mine);
    assertThat(received(there)).isEqualTo(2);
  }

  @ContractTest
  void aHandlerCannotReceiveButCanSend(Actors actors) throws Exception {
    here.send(number(1), soon());
    actors
        .actor("receiver")
        .run(() ->
            there.receive(
                frame -> {
                  assertThatThrownBy(() -> there.receive(passed()))
                      .isInstanceOf(IllegalStateException.class);
                  assertThatThrownBy(() -> there.tryReceive(f -> {}))
                      .isInstanceOf(IllegalStateException.class);
                  try {
                    assertThat(there.trySend(number(frame.getLong() + 1))).isTrue();
                  } catch (TransportException e) {
                    throw new AssertionError(e);
                  }
                },
                soon()));
    assertThat(received(here)).isEqualTo(2);
  }

  // ------------------------------------------------------------------ waiting for a frame

  @ContractTest
  void aReceiverWaitsAndIsSeenToWait(Actors actors) throws Exception {
    Actor receiver = actors.actor("receiver");
    Step<Long> receiving =
        receiver.startCall(() -> Objects.requireNonNull(there.receive(Deadline.none())).getLong());
    Wait wait = awaitWait(receiver);
    assertThat(wait.resource().name()).isEqualTo(there.name());
    assertThat(wait.wants()).isEqualTo("a frame");
    assertThat(wait.exit()).isEqualTo(Wait.Exit.INTERRUPT);
    assertThat(wait.resource().owners(wait).need()).isEqualTo(Owners.Need.ANYONE);
    receiving.awaitBlocked();
    here.send(number(1), soon());
    assertThat(receiving.result()).isEqualTo(1);
    assertThat(Waits.of(receiver.thread())).isNull();
  }

  @ContractTest
  void aReceiverWaitsForItsTurn(Actors actors) throws Exception {
    Step<Long> first = actors.actor("first").startCall(() -> received(there));
    first.awaitBlocked();
    Actor second = actors.actor("second");
    Step<Long> behind = second.startCall(() -> received(there));
    assertThat(awaitWait(second).wants()).isEqualTo("its turn to receive");
    Step<?> impatient = actors.actor("impatient").start(() -> there.receive(passed()));
    impatient.failure(TransportTimeoutException.class);
    assertThat(there.tryReceive(f -> {})).isEqualTo(Polled.NOTHING);
    here.send(number(1), soon());
    assertThat(first.result()).isEqualTo(1);
    here.send(number(2), soon());
    assertThat(behind.result()).isEqualTo(2);
  }

  @ContractTest
  void aReceiverIsOutOfTime(Actors actors) throws Exception {
    Actor receiver = actors.actor("receiver");
    receiver
        .start(() -> there.receive(Deadline.after(Duration.ofMillis(5))))
        .failure(TransportTimeoutException.class);
    receiver.start(() -> there.receive(passed())).failure(TransportTimeoutException.class);
    assertWorks();
  }

  @ContractTest
  void anInterruptEndsTheReceiveAndNotTheConnection(Actors actors) throws Exception {
    Actor receiver = actors.actor("receiver");
    Step<?> receiving = receiver.start(() -> there.receive(Deadline.none()));
    receiving.awaitBlocked();
    receiver.interrupt();
    receiving.failure(InterruptedException.class);
    assertThat(Waits.of(receiver.thread())).isNull();
    Step<?> before =
        receiver.start(() -> {
          Thread.currentThread().interrupt();
          there.receive(soon());
        });
    before.failure(InterruptedException.class);
    assertWorks();
  }

  @ContractTest
  void whoNeedNotWaitIsNotDisturbedByAnInterrupt(Actors actors) throws Exception {
    Actor actor = actors.actor("interrupted");
    Step<?> step =
        actor.start(() -> {
          Thread.currentThread().interrupt();
          here.send(number(1), Deadline.none());
          here.flush();
          assertThat(here.trySend(number(2))).isTrue();
          assertThat(Thread.currentThread().isInterrupted()).isTrue();
        });
    step.result();
    assertThat(received(there)).isEqualTo(1);
    assertThat(received(there)).isEqualTo(2);
    assertWorks();
  }

  @ContractTest
  void tryReceiveTellsNothingFromTheEnd(Actors actors) throws Exception {
    Actor actor = actors.actor("receiver");
    List<Long> got = new ArrayList<>();
    FrameHandler handler = frame -> got.add(frame.getLong());
    assertThat(actor.call(() -> there.tryReceive(handler))).isEqualTo(Polled.NOTHING);
    here.send(number(1), soon());
    assertThat(actor.call(() -> untilPolled(handler))).isEqualTo(Polled.FRAME);
    here.closeSend();
    assertThat(actor.call(() -> untilPolled(handler))).isEqualTo(Polled.END);
    assertThat(actor.call(() -> there.tryReceive(handler))).isEqualTo(Polled.END);
    assertThat(got).containsExactly(1L);
  }

  private Polled untilPolled(FrameHandler handler) throws Exception {
    Deadline limit = soon();
    Polled found = Polled.NOTHING;
    while (found == Polled.NOTHING && !limit.isExpired()) {
      found = there.tryReceive(handler);
      Thread.onSpinWait();
    }
    return found;
  }

  // ------------------------------------------------------------------ waiting for room

  /**
   * Sends frames with the numbers from 0 until something ends it; so it will come to wait for room,
   * however much the system takes, and whenever.
   */
  private final class Flood {
    final AtomicLong sent = new AtomicLong();
    final AtomicBoolean enough = new AtomicBoolean();

    /** No deadline: until it is enough, or it throws. */
    Step<@Nullable Void> start(Actor sender) {
      return start(sender, Deadline::none);
    }

    /** Goes on from where it was. */
    Step<@Nullable Void> start(Actor sender, Supplier<Deadline> deadline) {
      return sender.start(() -> {
        while (!enough.get()) {
          here.send(padded(sent.get()), deadline.get());
          sent.incrementAndGet();
        }
      });
    }

    void assertAllReceived() throws Exception {
      for (long i = 0; i < sent.get(); i++) {
        assertThat(received(there)).isEqualTo(i);
      }
    }
  }

  private static ByteBuffer padded(long number) {
    return ByteBuffer.allocate(1000).putLong(0, number);
  }

  @ContractTest
  void aSenderThatFindsNoRoomWaitsAndLosesNothing(Actors actors) throws Exception {
    Flood flood = new Flood();
    Actor sender = actors.actor("sender");
    Step<?> sending = flood.start(sender);
    Wait wait = awaitWait(sender);
    assertThat(wait.resource().name()).isEqualTo(here.name());
    assertThat(wait.wants()).isEqualTo("room");
    assertThat(wait.exit()).isEqualTo(Wait.Exit.INTERRUPT);
    assertThat(wait.resource().owners(wait).need()).isEqualTo(Owners.Need.ANYONE);
    sending.awaitBlocked();
    flood.enough.set(true);
    long next = 0;
    while (!sending.isDone() || next < flood.sent.get()) {
      try {
        ByteBuffer frame = there.receive(Deadline.after(Duration.ofMillis(1)));
        assertThat(Objects.requireNonNull(frame).getLong()).isEqualTo(next++);
      } catch (TransportTimeoutException nothingYet) {
        // perhaps the sender is just about to be done
      }
    }
    sending.result();
    assertWorks();
  }

  @ContractTest
  void aSenderThatIsOutOfTimeOrInterruptedHasSentNothing(Actors actors) throws Exception {
    Flood flood = new Flood();
    Actor sender = actors.actor("sender");
    flood.start(sender, TransportContract::passed).failure(TransportTimeoutException.class);
    flood
        .start(sender, () -> Deadline.after(Duration.ofMillis(2)))
        .failure(TransportTimeoutException.class);
    while (here.trySend(padded(flood.sent.get()))) {
      flood.sent.incrementAndGet();
    }
    Step<?> sending = flood.start(sender);
    sending.awaitBlocked();
    Step<?> flushing = actors.actor("flusher").start(() -> here.flush()); // waits for nobody
    flushing.result();
    sender.interrupt();
    sending.failure(InterruptedException.class);
    assertThat(Waits.of(sender.thread())).isNull();
    flood.assertAllReceived();
    assertWorks();
  }

  @ContractTest
  void whatWasNotSentIsAsItWas(Actors actors) throws Exception {
    ByteBuffer frame = padded(1);
    Actor sender = actors.actor("sender");
    Step<?> full =
        sender.start(() -> {
          while (here.trySend(frame)) {
            frame.rewind();
          }
        });
    full.result();
    assertThat(frame.position()).isZero();
    sender
        .start(() -> {
          while (true) {
            here.send(frame, passed());
            frame.rewind();
          }
        })
        .failure(TransportTimeoutException.class);
    assertThat(frame.position()).isZero();
  }

  @ContractTest
  void whatIsFullInOneDirectionIsFreeInTheOther(Actors actors) throws Exception {
    new Flood()
        .start(actors.actor("sender"), TransportContract::passed)
        .failure(TransportTimeoutException.class);
    Actor other = actors.actor("other");
    other.run(() -> there.send(number(1), soon()));
    assertThat(received(here)).isEqualTo(1);
  }

  // ------------------------------------------------------------------ the end

  @ContractTest
  void oneHalfIsClosedAfterWhatWasSentAndTheOtherGoesOn(Actors actors) throws Exception {
    here.send(number(1), soon());
    Actor actor = actors.actor("closing");
    actor.run(here::closeSend);
    actor.run(here::closeSend);
    actor.start(() -> here.send(number(2))).failure(TransportClosedException.class);
    actor.start(() -> here.trySend(number(2))).failure(TransportClosedException.class);
    assertThat(received(there)).isEqualTo(1);
    assertThat(there.receive(soon())).isNull();
    assertThat(there.receive(Deadline.none())).isNull();
    there.send(number(3), soon());
    assertThat(received(here)).isEqualTo(3);
    assertThat(here.isClosed()).isFalse();
    there.closeSend();
    assertThat(here.receive(soon())).isNull();
  }

  @ContractTest
  void theEndWakesAReceiver(Actors actors) throws Exception {
    Step<?> receiving =
        actors.actor("receiver").start(() -> assertThat(there.receive(Deadline.none())).isNull());
    receiving.awaitBlocked();
    here.closeSend();
    receiving.result();
  }

  @ContractTest
  void aReceiverSleepsAfterItsOwnHalfWasClosed(Actors actors) throws Exception {
    there.closeSend();
    Actor receiver = actors.actor("receiver");
    Step<Long> receiving = receiver.startCall(() -> received(there));
    receiving.awaitBlocked();
    assertThat(awaitWait(receiver).wants()).isEqualTo("a frame");
    here.send(number(1), soon());
    assertThat(receiving.result()).isEqualTo(1);
  }

  @ContractTest
  void closeSendWakesASenderHereAndSendsTheRest(Actors actors) throws Exception {
    Flood flood = new Flood();
    Step<?> sending = flood.start(actors.actor("sender"));
    sending.awaitBlocked();
    here.closeSend();
    sending.failure(TransportClosedException.class);
    flood.assertAllReceived();
    assertThat(there.receive(soon())).isNull();
  }

  @ContractTest
  void closeWakesAllWhoWaitHere(Actors actors) throws Exception {
    Step<?> sending = new Flood().start(actors.actor("sender"));
    Step<?> behindIt = new Flood().start(actors.actor("sender behind"));
    Step<?> receiving = actors.actor("receiver").start(() -> here.receive(Deadline.none()));
    Step<?> behind = actors.actor("receiver behind").start(() -> here.receive(Deadline.none()));
    for (Step<?> step : List.of(sending, behindIt, receiving, behind)) {
      step.awaitBlocked();
    }
    Step<?> closing = actors.actor("closer").start(here::close);
    for (Step<?> step : List.of(sending, behindIt, receiving, behind)) {
      step.failure(TransportClosedException.class);
    }
    closing.result();
    here.close();
    assertThat(here.isClosed()).isTrue();
    assertThatThrownBy(() -> here.receive(soon())).isInstanceOf(TransportClosedException.class);
    assertThatThrownBy(() -> here.flush()).isInstanceOf(TransportClosedException.class);
  }

  @ContractTest
  void closeIsSeenOverThereAfterWhatWasSent(Actors actors) throws Exception {
    here.send(number(1), soon());
    here.send(number(2), soon());
    actors.actor("closer").run(here::close);
    assertThat(received(there)).isEqualTo(1);
    assertThat(received(there)).isEqualTo(2);
    assertThat(there.receive(soon())).isNull();
    Deadline limit = soon();
    assertThatThrownBy(
            () -> {
              while (!limit.isExpired()) { // over there it is seen a moment later
                there.send(number(3), limit);
              }
            })
        .isInstanceOf(PeerClosedException.class);
  }

  @ContractTest
  void closeWakesAllWhoWaitOverThere(Actors actors) throws Exception {
    Step<?> sending = new Flood().start(actors.actor("sender"));
    Step<?> receiving =
        actors.actor("receiver").start(() -> assertThat(here.receive(Deadline.none())).isNull());
    sending.awaitBlocked();
    receiving.awaitBlocked();
    there.close();
    sending.failure(PeerClosedException.class);
    receiving.result();
  }

  @ContractTest
  void bothCloseAtOnce(Actors actors) throws Exception {
    Step<?> one = actors.actor("one").start(here::close);
    Step<?> two = actors.actor("two").start(there::close);
    one.result();
    two.result();
    assertThatThrownBy(() -> here.receive(soon())).isInstanceOf(TransportClosedException.class);
    assertThatThrownBy(() -> there.receive(soon())).isInstanceOf(TransportClosedException.class);
  }

  // ------------------------------------------------------------------ many threads

  @ContractTest
  void manySendersKeepTheirOrderAndLoseNothing(Actors actors) throws Exception {
    int senders = 4;
    int each = 2_000;
    List<Step<?>> steps = new ArrayList<>();
    for (Actor sender : actors.actors(senders, "sender")) {
      int id = steps.size();
      steps.add(
          sender.start(() -> {
            for (int i = 0; i < each; i++) {
              ByteBuffer frame =
                  ByteBuffer.allocate(8 + (i * 7 + id) % 90).putInt(0, id).putInt(4, i);
              if (i % 3 == 0) {
                here.write(frame, Deadline.none());
              } else if (i % 3 == 1 || !here.trySend(frame)) {
                here.send(frame);
              }
            }
            here.flush();
          }));
    }
    int[] next = new int[senders];
    for (int n = 0; n < senders * each; n++) {
      ByteBuffer frame = Objects.requireNonNull(there.receive(soon()));
      int id = frame.getInt();
      int i = frame.getInt();
      assertThat(i).as("of sender " + id).isEqualTo(next[id]++);
      assertThat(frame.remaining()).isEqualTo((i * 7 + id) % 90);
    }
    for (Step<?> step : steps) {
      step.result();
    }
    assertThat(there.stats().framesReceived()).isEqualTo(here.stats().framesSent());
    assertThat(there.stats().bytesReceived()).isEqualTo(here.stats().bytesSent());
  }

  @ContractTest
  void manyReceiversGetEachFrameOnce(Actors actors) throws Exception {
    int frames = 4_000;
    Map<Long, Long> seen = new ConcurrentHashMap<>();
    List<Step<?>> steps = new ArrayList<>();
    for (Actor receiver : actors.actors(3, "receiver")) {
      steps.add(
          receiver.start(() -> {
            ByteBuffer frame;
            while ((frame = there.receive(Deadline.none())) != null) {
              seen.merge(frame.getLong(), 1L, Long::sum);
            }
          }));
    }
    for (long i = 0; i < frames; i++) {
      here.send(number(i), soon());
    }
    here.closeSend();
    for (Step<?> step : steps) {
      step.result();
    }
    assertThat(seen).hasSize(frames).allSatisfy((n, times) -> assertThat(times).isEqualTo(1));
  }

  @ContractTest
  void callsAndAnswers(Actors actors) throws Exception {
    int calls = 2_000;
    Step<?> server =
        actors
            .actor("server")
            .start(() -> {
              ByteBuffer call;
              while ((call = there.receive(Deadline.none())) != null) {
                there.send(number(call.getLong() + 1));
              }
            });
    Step<?> client =
        actors
            .actor("client")
            .start(() -> {
              for (long i = 0; i < calls; i++) {
                here.send(number(i));
                assertThat(received(here)).isEqualTo(i + 1);
              }
              here.closeSend();
            });
    client.result();
    server.result();
  }

  @ContractTest
  @SuppressWarnings("ThreadPriorityCheck") // so that on few processors the others get on
  void interruptsDoNotDisturbTheTraffic(Actors actors) throws Exception {
    int frames = 3_000;
    Actor sender = actors.actor("sender");
    Actor receiver = actors.actor("receiver");
    Step<?> sending =
        sender.start(() -> {
          for (long i = 0; i < frames; ) {
            try {
              here.send(padded(i));
              i++;
            } catch (InterruptedException nothingSent) {
              // once more
            }
          }
          here.closeSend();
        });
    Step<?> receiving =
        receiver.start(() -> {
          for (long i = 0; i < frames; ) {
            try {
              assertThat(Objects.requireNonNull(there.receive(Deadline.none())).getLong())
                  .isEqualTo(i);
              i++;
            } catch (InterruptedException nothingReceived) {
              // once more
            }
          }
        });
    while (!sending.isDone() || !receiving.isDone()) {
      sender.interrupt();
      receiver.interrupt();
      Thread.yield();
    }
    sending.result();
    receiving.result();
  }

  // ------------------------------------------------------------------ listening and connecting

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
