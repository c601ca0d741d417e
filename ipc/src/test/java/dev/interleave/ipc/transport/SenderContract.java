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
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;

/** Who waits for room, and what ends that. */
interface SenderContract extends ConnectedEnds {
  @ContractTest
  default void aSenderThatFindsNoRoomWaitsAndLosesNothing(Actors actors) throws Exception {
    Flood flood = new Flood(this);
    Actor sender = actors.actor("sender");
    Step<?> sending = flood.start(sender);
    Wait wait = awaitWait(sender);
    assertThat(wait.resource().name()).isEqualTo(here().name());
    assertThat(wait.wants()).isEqualTo("room");
    assertThat(wait.exit()).isEqualTo(Wait.Exit.INTERRUPT);
    assertThat(wait.resource().owners(wait).need()).isEqualTo(Owners.Need.ANYONE);
    sending.awaitBlocked();
    flood.enough.set(true);
    long next = 0;
    while (!sending.isDone() || next < flood.sent.get()) {
      try {
        ByteBuffer frame = there().receive(Deadline.after(Duration.ofMillis(1)));
        assertThat(Objects.requireNonNull(frame).getLong()).isEqualTo(next++);
      } catch (TransportTimeoutException nothingYet) {
        // perhaps the sender is just about to be done
      }
    }
    sending.result();
    assertWorks();
  }

  @ContractTest
  default void aSenderThatIsOutOfTimeOrInterruptedHasSentNothing(Actors actors) throws Exception {
    Flood flood = new Flood(this);
    Actor sender = actors.actor("sender");
    flood.start(sender, TransportContract::passed).failure(TransportTimeoutException.class);
    flood
        .start(sender, () -> Deadline.after(Duration.ofMillis(2)))
        .failure(TransportTimeoutException.class);
    while (here().trySend(Flood.padded(flood.sent.get()))) {
      flood.sent.incrementAndGet();
    }
    Step<?> sending = flood.start(sender);
    sending.awaitBlocked();
    Step<?> flushing = actors.actor("flusher").start(() -> here().flush()); // waits for nobody
    flushing.result();
    sender.interrupt();
    sending.failure(InterruptedException.class);
    assertThat(Waits.of(sender.thread())).isNull();
    flood.assertAllReceived();
    assertWorks();
  }

  @ContractTest
  default void whatWasNotSentIsAsItWas(Actors actors) throws Exception {
    ByteBuffer frame = Flood.padded(1);
    Actor sender = actors.actor("sender");
    Step<?> full =
        sender.start(() -> {
          while (here().trySend(frame)) {
            frame.rewind();
          }
        });
    full.result();
    assertThat(frame.position()).isZero();
    sender
        .start(() -> {
          while (true) {
            here().send(frame, passed());
            frame.rewind();
          }
        })
        .failure(TransportTimeoutException.class);
    assertThat(frame.position()).isZero();
  }

  @ContractTest
  default void whatIsFullInOneDirectionIsFreeInTheOther(Actors actors) throws Exception {
    new Flood(this)
        .start(actors.actor("sender"), TransportContract::passed)
        .failure(TransportTimeoutException.class);
    Actor other = actors.actor("other");
    other.run(() -> there().send(number(1), soon()));
    assertThat(received(here())).isEqualTo(1);
  }
}
