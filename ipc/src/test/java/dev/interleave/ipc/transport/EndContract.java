// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import static dev.interleave.ipc.ActorWaits.awaitWait;
import static dev.interleave.ipc.transport.TransportContract.number;
import static dev.interleave.ipc.transport.TransportContract.received;
import static dev.interleave.ipc.transport.TransportContract.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.Deadline;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ContractTest;
import dev.interleave.testing.contract.Step;
import java.util.List;

/** How a half ends, and how both do: for who waits here, and for who waits over there. */
interface EndContract extends ConnectedEnds {
  @ContractTest
  default void oneHalfIsClosedAfterWhatWasSentAndTheOtherGoesOn(Actors actors) throws Exception {
    here().send(number(1), soon());
    Actor actor = actors.actor("closing");
    actor.run(here()::closeSend);
    actor.run(here()::closeSend);
    actor.start(() -> here().send(number(2))).failure(TransportClosedException.class);
    actor.start(() -> here().trySend(number(2))).failure(TransportClosedException.class);
    assertThat(received(there())).isEqualTo(1);
    assertThat(there().receive(soon())).isNull();
    assertThat(there().receive(Deadline.none())).isNull();
    there().send(number(3), soon());
    assertThat(received(here())).isEqualTo(3);
    assertThat(here().isClosed()).isFalse();
    there().closeSend();
    assertThat(here().receive(soon())).isNull();
  }

  @ContractTest
  default void theEndWakesAReceiver(Actors actors) throws Exception {
    Step<?> receiving =
        actors.actor("receiver").start(() -> assertThat(there().receive(Deadline.none())).isNull());
    receiving.awaitBlocked();
    here().closeSend();
    receiving.result();
  }

  @ContractTest
  default void aReceiverSleepsAfterItsOwnHalfWasClosed(Actors actors) throws Exception {
    there().closeSend();
    Actor receiver = actors.actor("receiver");
    Step<Long> receiving = receiver.startCall(() -> received(there()));
    receiving.awaitBlocked();
    assertThat(awaitWait(receiver).wants()).isEqualTo("a frame");
    here().send(number(1), soon());
    assertThat(receiving.result()).isEqualTo(1);
  }

  @ContractTest
  default void closeSendWakesASenderHereAndSendsTheRest(Actors actors) throws Exception {
    Flood flood = new Flood(this);
    Step<?> sending = flood.start(actors.actor("sender"));
    sending.awaitBlocked();
    here().closeSend();
    sending.failure(TransportClosedException.class);
    flood.assertAllReceived();
    assertThat(there().receive(soon())).isNull();
  }

  @ContractTest
  default void closeWakesAllWhoWaitHere(Actors actors) throws Exception {
    Step<?> sending = new Flood(this).start(actors.actor("sender"));
    Step<?> behindIt = new Flood(this).start(actors.actor("sender behind"));
    Step<?> receiving = actors.actor("receiver").start(() -> here().receive(Deadline.none()));
    Step<?> behind = actors.actor("receiver behind").start(() -> here().receive(Deadline.none()));
    for (Step<?> step : List.of(sending, behindIt, receiving, behind)) {
      step.awaitBlocked();
    }
    Step<?> closing = actors.actor("closer").start(here()::close);
    for (Step<?> step : List.of(sending, behindIt, receiving, behind)) {
      step.failure(TransportClosedException.class);
    }
    closing.result();
    here().close();
    assertThat(here().isClosed()).isTrue();
    assertThatThrownBy(() -> here().receive(soon())).isInstanceOf(TransportClosedException.class);
    assertThatThrownBy(() -> here().flush()).isInstanceOf(TransportClosedException.class);
  }

  @ContractTest
  default void closeIsSeenOverThereAfterWhatWasSent(Actors actors) throws Exception {
    here().send(number(1), soon());
    here().send(number(2), soon());
    actors.actor("closer").run(here()::close);
    assertThat(received(there())).isEqualTo(1);
    assertThat(received(there())).isEqualTo(2);
    assertThat(there().receive(soon())).isNull();
    Deadline limit = soon();
    assertThatThrownBy(
            () -> {
              while (!limit.isExpired()) { // over there it is seen a moment later
                there().send(number(3), limit);
              }
            })
        .isInstanceOf(PeerClosedException.class);
  }

  @ContractTest
  default void closeWakesAllWhoWaitOverThere(Actors actors) throws Exception {
    Step<?> sending = new Flood(this).start(actors.actor("sender"));
    Step<?> receiving =
        actors.actor("receiver").start(() -> assertThat(here().receive(Deadline.none())).isNull());
    sending.awaitBlocked();
    receiving.awaitBlocked();
    there().close();
    sending.failure(PeerClosedException.class);
    receiving.result();
  }

  @ContractTest
  default void bothCloseAtOnce(Actors actors) throws Exception {
    Step<?> one = actors.actor("one").start(here()::close);
    Step<?> two = actors.actor("two").start(there()::close);
    one.result();
    two.result();
    assertThatThrownBy(() -> here().receive(soon())).isInstanceOf(TransportClosedException.class);
    assertThatThrownBy(() -> there().receive(soon())).isInstanceOf(TransportClosedException.class);
  }
}
