// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import static dev.interleave.ipc.ActorWaits.awaitWait;
import static dev.interleave.ipc.transport.TransportContract.number;
import static dev.interleave.ipc.transport.TransportContract.passed;
import static dev.interleave.ipc.transport.TransportContract.received;
import static dev.interleave.ipc.transport.TransportContract.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Owners;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ContractTest;
import dev.interleave.testing.contract.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Who waits for a frame, or for its turn to, and what ends that. */
interface ReceiverContract extends ConnectedEnds {
  @ContractTest
  default void aReceiverWaitsAndIsSeenToWait(Actors actors) throws Exception {
    Actor receiver = actors.actor("receiver");
    Step<Long> receiving =
        receiver.startCall(
            () -> Objects.requireNonNull(there().receive(Deadline.none())).getLong());
    Wait wait = awaitWait(receiver);
    assertThat(wait.resource().name()).isEqualTo(there().name());
    assertThat(wait.wants()).isEqualTo("a frame");
    assertThat(wait.exit()).isEqualTo(Wait.Exit.INTERRUPT);
    assertThat(wait.resource().owners(wait).need()).isEqualTo(Owners.Need.ANYONE);
    receiving.awaitBlocked();
    here().send(number(1), soon());
    assertThat(receiving.result()).isEqualTo(1);
    assertThat(Waits.of(receiver.thread())).isNull();
  }

  @ContractTest
  default void aReceiverWaitsForItsTurn(Actors actors) throws Exception {
    Step<Long> first = actors.actor("first").startCall(() -> received(there()));
    first.awaitBlocked();
    Actor second = actors.actor("second");
    Step<Long> behind = second.startCall(() -> received(there()));
    assertThat(awaitWait(second).wants()).isEqualTo("its turn to receive");
    Step<?> impatient = actors.actor("impatient").start(() -> there().receive(passed()));
    impatient.failure(TransportTimeoutException.class);
    assertThat(there().tryReceive(f -> {})).isEqualTo(Polled.NOTHING);
    here().send(number(1), soon());
    assertThat(first.result()).isEqualTo(1);
    here().send(number(2), soon());
    assertThat(behind.result()).isEqualTo(2);
  }

  @ContractTest
  default void aReceiverIsOutOfTime(Actors actors) throws Exception {
    Actor receiver = actors.actor("receiver");
    receiver
        .start(() -> there().receive(Deadline.after(Duration.ofMillis(5))))
        .failure(TransportTimeoutException.class);
    receiver.start(() -> there().receive(passed())).failure(TransportTimeoutException.class);
    assertWorks();
  }

  @ContractTest
  default void anInterruptEndsTheReceiveAndNotTheConnection(Actors actors) throws Exception {
    Actor receiver = actors.actor("receiver");
    Step<?> receiving = receiver.start(() -> there().receive(Deadline.none()));
    receiving.awaitBlocked();
    receiver.interrupt();
    receiving.failure(InterruptedException.class);
    assertThat(Waits.of(receiver.thread())).isNull();
    Step<?> before =
        receiver.start(() -> {
          Thread.currentThread().interrupt();
          there().receive(soon());
        });
    before.failure(InterruptedException.class);
    assertWorks();
  }

  @ContractTest
  default void whoNeedNotWaitIsNotDisturbedByAnInterrupt(Actors actors) throws Exception {
    Actor actor = actors.actor("interrupted");
    Step<?> step =
        actor.start(() -> {
          Thread.currentThread().interrupt();
          here().send(number(1), Deadline.none());
          here().flush();
          assertThat(here().trySend(number(2))).isTrue();
          assertThat(Thread.currentThread().isInterrupted()).isTrue();
        });
    step.result();
    assertThat(received(there())).isEqualTo(1);
    assertThat(received(there())).isEqualTo(2);
    assertWorks();
  }

  @ContractTest
  default void tryReceiveTellsNothingFromTheEnd(Actors actors) throws Exception {
    Actor actor = actors.actor("receiver");
    List<Long> got = new ArrayList<>();
    FrameHandler handler = frame -> got.add(frame.getLong());
    assertThat(actor.call(() -> there().tryReceive(handler))).isEqualTo(Polled.NOTHING);
    here().send(number(1), soon());
    assertThat(actor.call(() -> untilPolled(handler))).isEqualTo(Polled.FRAME);
    here().closeSend();
    assertThat(actor.call(() -> untilPolled(handler))).isEqualTo(Polled.END);
    assertThat(actor.call(() -> there().tryReceive(handler))).isEqualTo(Polled.END);
    assertThat(got).containsExactly(1L);
  }

  private Polled untilPolled(FrameHandler handler) throws Exception {
    Deadline limit = soon();
    Polled found = Polled.NOTHING;
    while (found == Polled.NOTHING && !limit.isExpired()) {
      found = there().tryReceive(handler);
      Thread.onSpinWait();
    }
    return found;
  }
}
