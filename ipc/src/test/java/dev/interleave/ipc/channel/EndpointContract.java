// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import static dev.interleave.ipc.ActorWaits.awaitWait;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import dev.interleave.ipc.transport.Polled;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ContractTest;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import dev.interleave.testing.contract.Waiting;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What both ends of every kind of channel keep, on platform and on virtual threads. */
abstract class EndpointContract {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** More bytes than any channel in these tests holds, those of the system included. */
  private static final int FRAMES = 6_000;

  private static final int LENGTH = 1_000;

  private Endpoint<ByteBuffer, ByteBuffer> here;
  private Endpoint<ByteBuffer, ByteBuffer> there;

  /** Two ends of a channel. */
  record Ends(Endpoint<ByteBuffer, ByteBuffer> here, Endpoint<ByteBuffer, ByteBuffer> there) {}

  abstract Ends open() throws Exception;

  /** Closes what {@link #open} opened besides. */
  void closeRest() throws Exception {}

  String nameInErrors(Endpoint<?, ?> end) {
    return end.name();
  }

  static Deadline soon() {
    return Deadline.after(PATIENCE);
  }

  static Deadline passed() {
    return Deadline.after(Duration.ZERO);
  }

  static ByteBuffer number(long number) {
    return ByteBuffer.allocate(8).putLong(number).flip();
  }

  static ByteBuffer large(int number) {
    return ByteBuffer.allocate(LENGTH).putInt(0, number);
  }

  static long received(Receiver<ByteBuffer> from) throws Exception {
    return Objects.requireNonNull(from.receive(soon()), "the end").getLong();
  }

  @BeforeEach
  void openBoth() throws Exception {
    Ends ends = open();
    here = ends.here();
    there = ends.there();
  }

  @AfterEach
  void closeBoth() throws Exception {
    here.close();
    there.close();
    closeRest();
  }

  private void assertWorks() throws Exception {
    here.send(number(4711), soon());
    assertThat(received(there)).isEqualTo(4711);
    there.send(number(1174), soon());
    assertThat(received(here)).isEqualTo(1174);
  }

  /** Sends until that fails; how often it did not. */
  private static int sendUntilFailure(
      Endpoint<ByteBuffer, ByteBuffer> to, Class<? extends Exception> expected) {
    int sent = 0;
    while (true) {
      try {
        to.send(large(sent), soon());
        sent++;
      } catch (Exception e) {
        assertThat(e).isInstanceOf(expected).hasMessageMatching(".+");
        return sent;
      }
    }
  }

  @ContractTest
  void whatIsSentArrivesInOrderBothWays(Actors actors) throws Exception {
    Step<?> there2 =
        actors
            .actor("there")
            .start(() -> {
              for (int i = 0; i < 1000; i++) {
                assertThat(received(there)).isEqualTo(i);
                there.send(number(-i), soon());
              }
            });
    Step<?> sending =
        actors
            .actor("sender")
            .start(() -> {
              for (int i = 0; i < 1000; i++) {
                here.send(number(i), soon());
              }
            });
    for (int i = 0; i < 1000; i++) {
      assertThat(received(here)).isEqualTo(-i);
    }
    sending.result();
    there2.result();
    assertThat(here.stats().sent()).isEqualTo(1000);
    assertThat(here.stats().received()).isEqualTo(1000);
  }

  @ContractTest
  void anEmptyFrameIsAFrame(Actors actors) throws Exception {
    actors.actor("sender").run(() -> here.send(ByteBuffer.allocate(0), soon()));
    assertThat(there.receive(soon())).isEqualTo(ByteBuffer.allocate(0));
    assertWorks();
  }

  @ContractTest
  void halfCloseEndsOneDirectionAfterDrain(Actors actors) throws Exception {
    Actor actor = actors.actor("here");
    actor.run(() -> {
      here.send(number(1), soon());
      here.send(number(2), soon());
      here.closeSend();
      here.closeSend();
    });
    ByteBuffer late = number(3);
    actor.start(() -> here.send(late, soon())).failure(ChannelClosedException.class);
    actor.start(() -> here.trySend(late)).failure(ChannelClosedException.class);
    assertThat(received(there)).isEqualTo(1);
    assertThat(received(there)).isEqualTo(2);
    assertThat(there.receive(soon())).isNull();
    assertThat(there.receive(passed())).isNull();
    assertThat(there.tryReceive(f -> {})).isEqualTo(Polled.END);
    for (int i = 0; i < 100; i++) { // and goes on in the other
      there.send(number(i), soon());
      assertThat(received(here)).isEqualTo(i);
    }
    there.closeSend();
    assertThat(here.receive(soon())).isNull();
  }

  @ContractTest
  void theEndWakesAReceiver(Actors actors) throws Exception {
    Step<ByteBuffer> receiving =
        actors.actor("receiver").startCall(() -> there.receive(Deadline.none()));
    receiving.awaitBlocked();
    here.closeSend();
    assertThat(receiving.result()).isNull();
  }

  @ContractTest
  void aCloseIsSeenByTheOtherSideAfterAllThatWasSent(Actors actors) throws Exception {
    actors
        .actor("here")
        .run(() -> {
          here.send(number(1), soon());
          here.send(number(2), soon());
          here.close();
          here.close();
        });
    assertThat(here.isClosed()).isTrue();
    assertThat(received(there)).isEqualTo(1);
    assertThat(received(there)).isEqualTo(2);
    assertThat(there.receive(soon())).isNull();
    int unused = sendUntilFailure(there, BrokenChannelException.class);
    assertThat(there.receive(soon())).isNull(); // still
  }

  @ContractTest
  void whoHasClosedGetsToKnowIt(Actors actors) throws Exception {
    here.close();
    Actor actor = actors.actor("here");
    actor.start(() -> here.send(number(1), soon())).failure(ChannelClosedException.class);
    actor.start(() -> here.trySend(number(1))).failure(ChannelClosedException.class);
    actor.start(() -> here.receive(soon())).failure(ChannelClosedException.class);
    actor.start(() -> here.tryReceive(f -> {})).failure(ChannelClosedException.class);
    assertThatThrownBy(() -> here.receive(soon())).isInstanceOf(ChannelException.class);
  }

  @ContractTest
  void aReceiverWaitsAndIsSeenToWaitAndCanBeInterrupted(Actors actors) throws Exception {
    Actor receiver = actors.actor("receiver");
    Step<?> receiving = receiver.start(() -> there.receive(Deadline.none()));
    Wait wait = awaitWait(receiver);
    assertThat(wait.resource().name()).isNotBlank();
    assertThat(wait.exit()).isEqualTo(Wait.Exit.INTERRUPT);
    receiving.awaitBlocked();
    receiver.interrupt();
    receiving.failure(InterruptedException.class);
    assertThat(Waits.of(receiver.thread())).isNull();
    assertWorks();
  }

  @ContractTest
  void timeouts(Actors actors) throws Exception {
    Actor actor = actors.actor("there");
    actor.start(() -> there.receive(passed())).failure(ChannelTimeoutException.class);
    assertThat(
            actor
                .start(() -> there.receive(Deadline.after(Duration.ofMillis(5))))
                .failure(ChannelTimeoutException.class))
        .hasMessageContaining(nameInErrors(there));
    assertThat(there.tryReceive(f -> {})).isEqualTo(Polled.NOTHING);
    assertWorks();
  }

  @ContractTest
  void tryReceiveGivesWhatThereIs(Actors actors) throws Exception {
    here.send(number(5), soon());
    List<Long> got = new ArrayList<>();
    Waiting.until(() -> poll(got), PATIENCE, () -> "nothing came");
    assertThat(got).containsExactly(5L);
    here.send(number(6), soon());
    RuntimeException mine = new IllegalArgumentException("mine");
    Step<?> step =
        actors
            .actor("there")
            .start(() -> {
              while (there.tryReceive(
                      f -> {
                        throw mine;
                      })
                  == Polled.NOTHING) {
                Thread.onSpinWait();
              }
            });
    assertThat(step.failure(IllegalArgumentException.class)).isSameAs(mine);
    assertWorks();
  }

  private boolean poll(List<Long> into) {
    try {
      return there.tryReceive(f -> into.add(f.getLong())) == Polled.FRAME;
    } catch (ChannelException e) {
      throw new AssertionError(e);
    }
  }

  @ContractTest
  void itIsBoundedAndASenderWaitsForRoom(Actors actors) throws Exception {
    Actor sender = actors.actor("sender");
    Step<?> sending =
        sender.start(() -> {
          for (int i = 0; i < FRAMES; i++) {
            here.send(large(i));
          }
          here.closeSend();
        });
    awaitWait(sender);
    sending.assertNotDone();
    for (int i = 0; i < FRAMES; i++) {
      assertThat(Objects.requireNonNull(there.receive(soon())).getInt()).isEqualTo(i);
    }
    assertThat(there.receive(soon())).isNull();
    sending.result();
  }

  @ContractTest
  void aSenderWithoutRoomTimesOutOrIsInterruptedAndNothingIsLost(Actors actors) throws Exception {
    Actor sender = actors.actor("sender");
    AtomicInteger sent = new AtomicInteger();
    Task filling =
        () -> {
          while (sent.get() < FRAMES) {
            here.send(large(sent.get()));
            sent.incrementAndGet();
          }
        };
    Step<?> first = sender.start(filling::run);
    first.awaitBlocked();
    sender.interrupt();
    first.failure(InterruptedException.class);
    Step<?> second =
        sender.start(() -> {
          while (sent.get() < FRAMES) {
            here.send(large(sent.get()), passed());
            sent.incrementAndGet();
          }
        });
    assertThat(second.failure(ChannelTimeoutException.class))
        .hasMessageContaining(nameInErrors(here));
    while (here.trySend(large(sent.get()))) {
      assertThat(sent.incrementAndGet()).isLessThan(FRAMES);
    }
    here.closeSend();
    for (int i = 0; i < sent.get(); i++) {
      assertThat(Objects.requireNonNull(there.receive(soon())).getInt()).isEqualTo(i);
    }
    assertThat(there.receive(soon())).isNull();
  }

  private interface Task {
    void run() throws Exception;
  }

  @ContractTest
  void aCloseWakesWhoWaits(Actors actors) throws Exception {
    Step<?> receiving = actors.actor("receiver").start(() -> here.receive(Deadline.none()));
    receiving.awaitBlocked();
    Actor sender = actors.actor("sender");
    Step<?> sending =
        sender.start(() -> {
          for (int i = 0; i < FRAMES; i++) {
            here.send(large(i));
          }
        });
    awaitWait(sender);
    sending.awaitBlocked();
    Step<?> closing = actors.actor("closer").start(here::close);
    receiving.failure(ChannelClosedException.class);
    sending.failure(ChannelClosedException.class);
    closing.result();
  }

  @ContractTest
  void aCloseByTheOtherSideWakesASender(Actors actors) throws Exception {
    Actor sender = actors.actor("sender");
    Step<Integer> sending =
        sender.startCall(() -> sendUntilFailure(here, BrokenChannelException.class));
    awaitWait(sender);
    actors.actor("there").run(there::close);
    assertThat(sending.result()).isLessThan(FRAMES);
  }

  @ContractTest
  void ofManySendersAndReceiversEachMessageIsReceivedOnce(Actors actors) throws Exception {
    int each = 500;
    List<Step<?>> sending = new ArrayList<>();
    for (Actor sender : actors.actors(3, "sender")) {
      int id = sending.size();
      sending.add(
          sender.start(() -> {
            for (int i = 0; i < each; i++) {
              here.send(ByteBuffer.allocate(8).putInt(id).putInt(i).flip(), soon());
            }
          }));
    }
    ConcurrentHashMap<Long, Integer> got = new ConcurrentHashMap<>();
    List<Step<?>> receiving = new ArrayList<>();
    for (Actor receiver : actors.actors(3, "receiver")) {
      receiving.add(
          receiver.start(() -> {
            int[] next = new int[3];
            ByteBuffer frame;
            while ((frame = there.receive(soon())) != null) {
              got.merge(frame.getLong(0), 1, Integer::sum);
              int id = frame.getInt(0);
              assertThat(frame.getInt(4)).isGreaterThanOrEqualTo(next[id]);
              next[id] = frame.getInt(4) + 1;
            }
          }));
    }
    for (Step<?> step : sending) {
      step.result();
    }
    here.closeSend();
    for (Step<?> step : receiving) {
      step.result();
    }
    assertThat(got).hasSize(3 * each).allSatisfy((key, count) -> assertThat(count).isEqualTo(1));
  }

  @ContractTest
  void whoeverRacesWithACloseGetsAnOutcome(ThreadKind kind) throws Exception {
    for (int round = 0; round < 10; round++) {
      try (Actors actors = new Actors(kind, PATIENCE)) {
        Ends ends = open();
        List<Step<?>> steps = new ArrayList<>();
        steps.add(
            actors.actor("s1").startCall(() -> useUntilOver(() -> ends.here().send(number(1)))));
        steps.add(
            actors.actor("s2").startCall(() -> useUntilOver(() -> ends.there().send(number(2)))));
        steps.add(actors.actor("r1").startCall(() -> receiveUntilOver(ends.here())));
        steps.add(actors.actor("r2").startCall(() -> receiveUntilOver(ends.there())));
        steps.add(actors.actor("c1").start(() -> ends.here().close()));
        steps.add(actors.actor("c2").start(() -> ends.there().close()));
        steps.add(actors.actor("c3").start(() -> ends.there().closeSend()));
        for (Step<?> step : steps) {
          step.result();
        }
        closeRest();
      }
    }
  }

  /** How often it did, until one side closed; any other exception fails the test. */
  private static int useUntilOver(Task task) throws Exception {
    int times = 0;
    try {
      while (times < FRAMES) {
        task.run();
        times++;
      }
    } catch (ChannelClosedException | BrokenChannelException | ChannelFailedException over) {
      return times;
    }
    return times;
  }

  private static int receiveUntilOver(Receiver<ByteBuffer> from) throws Exception {
    int times = 0;
    try {
      while (from.receive(soon()) != null) {
        times++;
      }
    } catch (ChannelClosedException | ChannelFailedException over) {
      return times;
    }
    return times;
  }

  @ContractTest
  void textsHaveTheName(Actors actors) throws Exception {
    String text = actors.actor("any").call(() -> here.toString());
    assertThat(text).contains(here.name());
    assertThat(here.isClosed()).isFalse();
    here.close();
    assertThat(here.toString()).contains(here.name());
  }

  @ContractTest
  void nullIsRefused(Actors actors) throws Exception {
    Actor actor = actors.actor("any");
    actor.start(() -> here.send(nothing(), soon())).failure(NullPointerException.class);
    actor.start(() -> here.trySend(nothing())).failure(NullPointerException.class);
    actor.start(() -> here.receive(nothing())).failure(NullPointerException.class);
    actor.start(() -> here.tryReceive(nothing())).failure(NullPointerException.class);
    assertWorks();
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // that is the test
  static <T> T nothing() {
    return null;
  }
}
