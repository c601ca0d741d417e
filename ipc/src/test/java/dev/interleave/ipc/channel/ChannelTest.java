// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import static dev.interleave.ipc.channel.EndpointContract.PATIENCE;
import static dev.interleave.ipc.channel.EndpointContract.passed;
import static dev.interleave.ipc.channel.EndpointContract.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.Deadline;
import dev.interleave.buffer.BufferClosedException;
import dev.interleave.ipc.transport.Polled;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ContractTest;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a one-way channel does that is not in the contract of both ways. */
class ChannelTest {
  private final Channel<String> channel = Channel.create("orders", 2);
  private final Sender<String> sender = channel.sender();
  private final Receiver<String> receiver = channel.receiver();

  @Test
  void theEndsAreAlwaysTheSameAndHaveTheName() {
    assertThat(channel.sender()).isSameAs(sender);
    assertThat(channel.receiver()).isSameAs(receiver);
    assertThat(sender.name()).isEqualTo("orders");
    assertThat(receiver.name()).isEqualTo("orders");
    assertThat(channel).hasToString("Channel[orders, 0 of 2]");
    sender.close();
    receiver.close();
    assertThat(sender).hasToString("sender of orders, 0 of 2, ended, receives no more");
  }

  @Test
  void fullTimedOutEndedAndBrokenAreFourThings() throws Exception {
    sender.send("a");
    sender.send("b");
    assertThat(sender.trySend("c")).isFalse();
    assertThatThrownBy(() -> sender.send("c", passed()))
        .isInstanceOf(ChannelTimeoutException.class)
        .hasMessageContaining("orders");
    receiver.close();
    assertThatThrownBy(() -> sender.send("c", passed()))
        .isInstanceOf(BrokenChannelException.class)
        .hasMessageContaining("orders")
        .hasCauseInstanceOf(BufferClosedException.class);
    sender.close();
    assertThatThrownBy(() -> sender.send("c", passed())).isInstanceOf(ChannelClosedException.class);
  }

  @Test
  void aReceiverThatClosesDropsAndCounts() throws Exception {
    sender.send("a");
    sender.send("b");
    assertThat(receiver.receive(passed())).isEqualTo("a");
    assertThat(sender.isClosed()).isFalse();
    receiver.close();
    receiver.close();
    assertThat(receiver.stats()).isEqualTo(new ChannelStats(0, 1, 1, 0));
    assertThat(sender.stats()).isEqualTo(new ChannelStats(2, 0, 0, 0));
    assertThat(sender.isClosed()).isTrue();
    assertThat(receiver.isClosed()).isTrue();
    assertThatThrownBy(() -> receiver.receive(soon())).isInstanceOf(ChannelClosedException.class);
    assertThatThrownBy(() -> receiver.tryReceive(m -> {}))
        .isInstanceOf(ChannelClosedException.class);
  }

  @Test
  void theEndComesAfterTheLast() throws Exception {
    sender.send("a");
    sender.close();
    assertThat(receiver.isClosed()).isFalse();
    AtomicInteger got = new AtomicInteger();
    assertThat(receiver.tryReceive(m -> got.incrementAndGet())).isEqualTo(Polled.FRAME);
    assertThat(receiver.tryReceive(m -> got.incrementAndGet())).isEqualTo(Polled.END);
    assertThat(receiver.receive(Deadline.none())).isNull();
    assertThat(got).hasValue(1);
  }

  /** Whatever the timing, each accepted message is received or counted as dropped. */
  @ContractTest
  void noMessageIsLostUncounted(ThreadKind kind) throws Exception {
    for (int round = 0; round < 200; round++) {
      Channel<Integer> racing = Channel.create("racing", 4);
      int accepted;
      int received;
      try (Actors actors = new Actors(kind, PATIENCE)) {
        Step<Integer> sending = actors.actor("sender").startCall(() -> sendUntilOver(racing));
        Step<Integer> receiving = actors.actor("receiver").startCall(() -> takeUntilOver(racing));
        Step<?> closing = actors.actor("closer").start(racing.receiver()::close);
        accepted = sending.result();
        racing.sender().close();
        received = receiving.result();
        closing.result();
      }
      ChannelStats stats = racing.receiver().stats();
      assertThat(stats.received() + stats.discarded()).isEqualTo(accepted);
      assertThat(stats.received()).isEqualTo(received);
    }
  }

  private static int sendUntilOver(Channel<Integer> to) throws Exception {
    int sent = 0;
    try {
      while (sent < 1000) {
        to.sender().send(sent, soon());
        sent++;
      }
    } catch (BrokenChannelException over) {
      return sent;
    }
    return sent;
  }

  private static int takeUntilOver(Channel<Integer> from) throws Exception {
    int taken = 0;
    try {
      while (from.receiver().receive(soon()) != null) {
        taken++;
      }
    } catch (ChannelClosedException over) {
      return taken;
    }
    return taken;
  }

  @Test
  void argumentsAreChecked() {
    assertThatThrownBy(() -> Channel.create(" ", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("capacity")
        .hasMessageContaining("name");
  }
}
