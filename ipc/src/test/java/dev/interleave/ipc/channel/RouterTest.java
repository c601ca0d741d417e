// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import static dev.interleave.ipc.ActorWaits.awaitWait;
import static dev.interleave.ipc.channel.EndpointContract.PATIENCE;
import static dev.interleave.ipc.channel.EndpointContract.passed;
import static dev.interleave.ipc.channel.EndpointContract.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.Deadline;
import dev.interleave.ipc.channel.DeadLetter.Reason;
import dev.interleave.ipc.channel.Router.WhenFull;
import dev.interleave.ipc.transport.Polled;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ContractTest;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.Waiting;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** To one, to a topic, to all. */
class RouterTest {
  private final List<DeadLetter<String>> dead = Collections.synchronizedList(new ArrayList<>());
  private final Router<String> router =
      Router.<String>builder("chat").capacity(2).onDeadLetter(dead::add).build();

  private static <M> List<M> drained(RouterClient<M> client) throws Exception {
    List<M> all = new ArrayList<>();
    while (client.tryReceive(letter -> all.add(letter.message())) == Polled.FRAME) {
      // the next
    }
    return all;
  }

  private static String next(RouterClient<String> client) throws Exception {
    return Objects.requireNonNull(client.receive(soon()), "the end").message();
  }

  // ------------------------------------------------------------------ addresses

  @Test
  void toOneToATopicAndToAllOthers() throws Exception {
    RouterClient<String> ann = router.register("ann");
    RouterClient<String> bob = router.register("bob");
    RouterClient<String> eve = router.register("eve");
    ann.subscribe("news");
    bob.subscribe("news");
    bob.subscribe("news");
    assertThat(ann.send("bob", "1", soon())).isTrue();
    assertThat(ann.publish("news", "2", soon())).isEqualTo(1);
    assertThat(drained(bob)).containsExactly("1", "2");
    assertThat(eve.publish("news", "3", soon())).isEqualTo(2);
    assertThat(bob.broadcast("4", soon())).isEqualTo(2);
    assertThat(drained(ann)).containsExactly("3", "4");
    assertThat(drained(bob)).containsExactly("3");
    assertThat(eve.receive(soon())).isEqualTo(new Letter<>(4, "bob", new Address.All(), "4"));
    bob.unsubscribe("news");
    ann.unsubscribe("news");
    assertThat(eve.publish("news", "5", soon())).isZero();
    assertThat(router.stats()).isEqualTo(new RouterStats(3, 5, 6, 1, 0));
    assertThat(dead)
        .containsExactly(
            new DeadLetter<>(
                new Letter<>(5, "eve", new Address.Topic("news"), "5"), "news", Reason.NOBODY));
    assertThat(router.ids()).containsExactly("ann", "bob", "eve");
    assertThat(router.toString()).contains("chat", "3 clients");
    assertThat(ann.toString()).contains("chat/ann", "0 of 2");
    assertThat(eve.stats()).isEqualTo(new ChannelStats(2, 1, 0, 0));
  }

  @Test
  void aClientCanWriteToItselfAndNoNameIsSpecial() throws Exception {
    RouterClient<String> odd = router.register("broadcast");
    router.register("other");
    assertThat(odd.send("broadcast", "me", soon())).isTrue();
    assertThat(drained(odd)).containsExactly("me");
  }

  @Test
  void anIdThatIsTakenIsRefusedAndFreeAgainAfterClose() throws Exception {
    RouterClient<String> ann = router.register("ann");
    assertThatThrownBy(() -> router.register("ann"))
        .isInstanceOf(ChannelRefusedException.class)
        .hasMessageContaining("ann");
    ann.close();
    ann.close();
    RouterClient<String> again = router.register("ann");
    ann.subscribe("news"); // it is gone
    assertThat(again.publish("news", "x", soon())).isZero();
    assertThat(ann.isClosed()).isTrue();
    assertThat(again.isClosed()).isFalse();
    assertThatThrownBy(() -> ann.send("ann", "x", soon()))
        .isInstanceOf(ChannelClosedException.class);
  }

  // ------------------------------------------------------------------ full

  @ContractTest
  void aSenderWaitsForRoomAndHoldsUpNobodyElse(Actors actors) throws Exception {
    RouterClient<String> ann = router.register("ann");
    RouterClient<String> bob = router.register("bob");
    RouterClient<String> eve = router.register("eve");
    ann.send("bob", "1", soon());
    ann.send("bob", "2", soon());
    Actor sender = actors.actor("sender");
    Step<Boolean> waiting = sender.startCall(() -> ann.send("bob", "3", Deadline.none()));
    assertThat(awaitWait(sender).resource().name()).isEqualTo("chat");
    assertThat(eve.send("ann", "x", soon())).isTrue();
    assertThat(next(bob)).isEqualTo("1");
    assertThat(waiting.result()).isTrue();
    assertThat(drained(bob)).containsExactly("2", "3");
  }

  @ContractTest
  void whoWaitsForRoomTimesOutIsInterruptedOrClosed(Actors actors) throws Exception {
    RouterClient<String> ann = router.register("ann");
    RouterClient<String> bob = router.register("bob");
    ann.send("bob", "1", soon());
    ann.send("bob", "2", soon());
    Actor sender = actors.actor("sender");
    assertThat(
            sender
                .start(() -> ann.send("bob", "3", passed()))
                .failure(ChannelTimeoutException.class))
        .hasMessageContaining("chat/bob");
    Step<?> interrupted = sender.start(() -> ann.send("bob", "3", Deadline.none()));
    awaitWait(sender);
    interrupted.awaitBlocked();
    sender.interrupt();
    interrupted.failure(InterruptedException.class);
    Step<?> closed = sender.start(() -> ann.send("bob", "3", Deadline.none()));
    awaitWait(sender);
    ann.close();
    closed.failure(ChannelClosedException.class);
    assertThat(drained(bob)).containsExactly("1", "2");
    assertThat(dead).isEmpty();
  }

  @ContractTest
  void aRecipientThatLeavesFreesWhoWaitsForIt(Actors actors) throws Exception {
    RouterClient<String> ann = router.register("ann");
    RouterClient<String> bob = router.register("bob");
    ann.send("bob", "1", soon());
    ann.send("bob", "2", soon());
    Actor sender = actors.actor("sender");
    Step<Boolean> waiting = sender.startCall(() -> ann.send("bob", "3", Deadline.none()));
    awaitWait(sender);
    bob.close();
    assertThat(waiting.result()).isFalse();
    Waiting.until(() -> dead.size() == 3, PATIENCE, dead::toString);
    assertThat(dead)
        .extracting(DeadLetter::reason)
        .containsExactlyInAnyOrder(Reason.UNREAD, Reason.UNREAD, Reason.NOBODY);
    assertThat(bob.stats().discarded()).isEqualTo(2);
  }

  @Test
  void toAllIsToAllOrToNobody() throws Exception {
    RouterClient<String> ann = router.register("ann");
    RouterClient<String> bob = router.register("bob");
    RouterClient<String> eve = router.register("eve");
    ann.send("eve", "1", soon());
    ann.send("eve", "2", soon());
    assertThatThrownBy(() -> ann.broadcast("3", passed()))
        .isInstanceOf(ChannelTimeoutException.class);
    assertThat(drained(bob)).isEmpty();
    assertThat(drained(eve)).containsExactly("1", "2");
  }

  @Test
  void failDropOldestAndDropNewest() throws Exception {
    RouterClient<String> ann = router.register("ann");
    RouterClient<String> fails = router.register("fails", 1, WhenFull.FAIL);
    RouterClient<String> oldest = router.register("oldest", 1, WhenFull.DROP_OLDEST);
    RouterClient<String> newest = router.register("newest", 1, WhenFull.DROP_NEWEST);
    assertThat(ann.broadcast("1", soon())).isEqualTo(3);
    assertThatThrownBy(() -> ann.send("fails", "2", soon()))
        .isInstanceOf(MailboxFullException.class)
        .hasMessageContaining("chat/fails");
    assertThatThrownBy(() -> ann.broadcast("2", soon())).isInstanceOf(MailboxFullException.class);
    assertThat(dead).isEmpty();
    assertThat(ann.send("oldest", "3", soon())).isTrue();
    assertThat(ann.send("newest", "4", soon())).isFalse();
    assertThat(drained(fails)).containsExactly("1");
    assertThat(drained(oldest)).containsExactly("3");
    assertThat(drained(newest)).containsExactly("1");
    assertThat(dead)
        .extracting(d -> d.recipient() + " " + d.letter().message() + " " + d.reason())
        .containsExactly("oldest 1 EVICTED", "newest 4 FULL");
    assertThat(router.stats().dead()).isEqualTo(2);
  }

  // ------------------------------------------------------------------ order

  @ContractTest
  void allSeeAllLettersInOneOrderAndNoneIsLost(Actors actors) throws Exception {
    int senders = 3;
    int each = 300;
    Router<String> orderly = Router.<String>builder("orderly").capacity(4).build();
    List<Step<List<Long>>> reading = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      RouterClient<String> reader = orderly.register("reader-" + i);
      reader.subscribe("news");
      reading.add(
          actors
              .actor("reader-" + i)
              .startCall(() -> {
                List<Long> numbers = new ArrayList<>();
                Letter<String> letter;
                while ((letter = reader.receive(soon())) != null) {
                  numbers.add(letter.number());
                }
                return numbers;
              }));
    }
    List<Step<?>> sending = new ArrayList<>();
    for (int i = 0; i < senders; i++) {
      RouterClient<String> sender = orderly.register("sender-" + i);
      sending.add(
          actors
              .actor("sender-" + i)
              .start(() -> {
                for (int n = 0; n < each; n++) {
                  assertThat(sender.publish("news", "x", soon())).isEqualTo(3);
                }
              }));
    }
    for (Step<?> step : sending) {
      step.result();
    }
    orderly.close();
    List<Long> expected = new ArrayList<>();
    for (long n = 1; n <= (long) senders * each; n++) {
      expected.add(n);
    }
    for (Step<List<Long>> step : reading) {
      assertThat(step.result()).isEqualTo(expected);
    }
    assertThat(orderly.stats().dead()).isZero();
  }

  // ------------------------------------------------------------------ barrier, listeners, the end

  @ContractTest
  void theBarrierWaitsUntilAllAreThere(Actors actors) throws Exception {
    Actor starter = actors.actor("starter");
    router.register("ann");
    assertThat(
            starter
                .start(() -> router.awaitRegistered(List.of("ann", "bob"), passed()))
                .failure(ChannelTimeoutException.class))
        .hasMessageContaining("[bob]");
    Step<?> waiting =
        starter.start(() -> router.awaitRegistered(List.of("ann", "bob"), Deadline.none()));
    awaitWait(starter);
    router.register("bob");
    waiting.result();
    Step<?> more = starter.start(() -> router.awaitRegistered(List.of("eve"), Deadline.none()));
    awaitWait(starter);
    router.close();
    more.failure(ChannelClosedException.class);
  }

  @Test
  void aListenerGetsAllAndItsFailuresAreCounted() throws Exception {
    List<String> heard = Collections.synchronizedList(new ArrayList<>());
    RouterClient<String> ann = router.register("ann");
    RouterClient<String> bob =
        router.register(
            "bob",
            letter -> {
              if (letter.message().equals("2")) {
                throw new IllegalStateException("cannot read it");
              }
              heard.add(letter.message());
            });
    assertThatThrownBy(() -> bob.receive(soon())).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> bob.tryReceive(letter -> {}))
        .isInstanceOf(IllegalStateException.class);
    for (int i = 1; i <= 5; i++) {
      ann.send("bob", Integer.toString(i), soon());
    }
    router.close();
    Waiting.until(() -> heard.size() == 4, PATIENCE, heard::toString);
    assertThat(heard).containsExactly("1", "3", "4", "5");
    assertThat(router.stats().failures()).isEqualTo(1);
  }

  @Test
  void aHandlerOfDeadLettersThatFailsHarmsNobody() throws Exception {
    AtomicInteger told = new AtomicInteger();
    Router<String> careless =
        Router.<String>builder("careless")
            .onDeadLetter(letter -> {
              told.incrementAndGet();
              throw new IllegalStateException("mine");
            })
            .build();
    RouterClient<String> ann = careless.register("ann");
    assertThat(ann.send("nobody", "x", soon())).isFalse();
    assertThat(told).hasValue(1);
    assertThat(careless.stats()).isEqualTo(new RouterStats(1, 1, 0, 1, 1));
  }

  /** It died of it in silence; its mailbox filled, and who sent to it waited. */
  @Test
  void aListenerThatThrowsAnErrorGoesOnAndIsCounted() throws Exception {
    List<String> heard = Collections.synchronizedList(new ArrayList<>());
    RouterClient<String> ann = router.register("ann");
    router.register(
        "bob",
        letter -> {
          switch (letter.message()) {
            case "1" -> throw new AssertionError("mine");
            case "2" -> throw new OutOfMemoryError("so it says");
            case "3" -> throw new StackOverflowError();
            default -> heard.add(letter.message());
          }
        });
    for (int i = 1; i <= 9; i++) { // more than the mailbox holds
      assertThat(ann.send("bob", Integer.toString(i), soon())).isTrue();
    }
    Waiting.until(() -> heard.size() == 6, PATIENCE, heard::toString);
    assertThat(heard).containsExactly("4", "5", "6", "7", "8", "9");
    assertThat(router.stats().failures()).isEqualTo(3);
  }

  /** As an interrupted thread it died when it next waited for a letter. */
  @Test
  void aListenerThatLeavesItsThreadInterruptedGoesOn() throws Exception {
    List<String> heard = Collections.synchronizedList(new ArrayList<>());
    RouterClient<String> ann = router.register("ann");
    router.register(
        "bob",
        letter -> {
          heard.add(letter.message());
          Thread.currentThread().interrupt();
        });
    for (int i = 1; i <= 3; i++) {
      int sent = i;
      ann.send("bob", Integer.toString(i), soon());
      Waiting.until(() -> heard.size() == sent, PATIENCE, heard::toString);
    }
    assertThat(router.stats().failures()).isZero();
  }

  /** It reached the sender, whose letter others had got, or who had closed its mailbox. */
  @Test
  void anErrorOfAHandlerOfDeadLettersReachesNobody() throws Exception {
    AtomicInteger told = new AtomicInteger();
    Router<String> careless =
        Router.<String>builder("careless")
            .capacity(1)
            .whenFull(WhenFull.DROP_NEWEST)
            .onDeadLetter(letter -> {
              told.incrementAndGet();
              throw new AssertionError("mine");
            })
            .build();
    RouterClient<String> ann = careless.register("ann");
    RouterClient<String> bob = careless.register("bob");
    RouterClient<String> full = careless.register("full");
    ann.send("full", "1", soon());
    assertThat(ann.broadcast("2", soon())).isEqualTo(1);
    assertThat(next(bob)).isEqualTo("2");
    assertThat(ann.send("nobody", "3", soon())).isFalse();
    full.close();
    assertThat(told).hasValue(3);
    assertThat(careless.stats()).isEqualTo(new RouterStats(2, 3, 2, 3, 3));
  }

  @ContractTest
  void aCloseLetsClientsReceiveWhatTheyHave(Actors actors) throws Exception {
    RouterClient<String> ann = router.register("ann");
    RouterClient<String> bob = router.register("bob");
    ann.send("bob", "1", soon());
    Step<?> receiving = actors.actor("ann").startCall(() -> ann.receive(Deadline.none()));
    receiving.awaitBlocked();
    router.close();
    router.close();
    assertThat(receiving.result()).isNull();
    assertThat(next(bob)).isEqualTo("1");
    assertThat(bob.receive(soon())).isNull();
    assertThat(bob.tryReceive(letter -> {})).isEqualTo(Polled.END);
    assertThatThrownBy(() -> ann.send("bob", "2", soon()))
        .isInstanceOf(ChannelClosedException.class);
    assertThatThrownBy(() -> router.register("eve")).isInstanceOf(ChannelClosedException.class);
  }

  @ContractTest
  void aReceiverWaitsTimesOutAndIsWokenByItsClose(Actors actors) throws Exception {
    RouterClient<String> ann = router.register("ann");
    Actor receiver = actors.actor("ann");
    assertThat(receiver.start(() -> ann.receive(passed())).failure(ChannelTimeoutException.class))
        .hasMessageContaining("chat/ann");
    assertThat(ann.tryReceive(letter -> {})).isEqualTo(Polled.NOTHING);
    Step<?> waiting = receiver.start(() -> ann.receive(Deadline.none()));
    awaitWait(receiver);
    ann.close();
    waiting.failure(ChannelClosedException.class);
  }

  @Test
  void argumentsAreChecked() {
    assertThatThrownBy(() -> Router.builder(" ").capacity(0).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name is blank")
        .hasMessageContaining("capacity");
    assertThatThrownBy(() -> router.register(" ")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> router.register("x", 0, WhenFull.WAIT))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
