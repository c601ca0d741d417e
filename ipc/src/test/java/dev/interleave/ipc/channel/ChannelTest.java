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
    assertThatThrownBy(() -> sender.send("c", passed()))
        .isInstanceOf(ChannelClosedException.class);
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
      AtomicInteger accepted = new AtomicInteger();
      AtomicInteger received = new AtomicInteger();
      try (Actors actors = new Actors(kind, PATIENCE)) {
        Step<?> sending =
            actors
                .actor("sender")
                .start(() -> {
                  try {
                    for (int i = 0; i < 1000; i++) {
                      racing.sender().send(i, soon());
                      accepted.incrementAndGet();
                    }
                  } catch (BrokenChannelException expected) {
                    assertThat(racing.sender().isClosed()).isTrue();
                  }
                });
        Step<?> receiving =
            actors
                .actor("receiver")
                .start(() -> {
                  try {
                    while (racing.receiver().receive(soon()) != null) {
                      received.incrementAndGet();
                    }
                  } catch (ChannelClosedException expected) {
                    assertThat(racing.receiver().isClosed()).isTrue();
                  }
                });
        Step<?> closing = actors.actor("closer").start(racing.receiver()::close);
        sending.result();
        racing.sender().close();
        receiving.result();
        closing.result();
      }
      ChannelStats stats = racing.receiver().stats();
      assertThat(stats.received() + stats.discarded()).isEqualTo(accepted.get());
      assertThat(stats.received()).isEqualTo(received.get());
    }
  }

  @Test
  void argumentsAreChecked() {
    assertThatThrownBy(() -> Channel.create(" ", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("capacity")
        .hasMessageContaining("name");
  }
}
