// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import static dev.interleave.ipc.transport.TransportContract.number;
import static dev.interleave.ipc.transport.TransportContract.received;
import static dev.interleave.ipc.transport.TransportContract.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * A provider that says it was interrupted, or leaves the interrupt behind, in a thread of the
 * transport's own. Nobody else knows these threads, so nobody has asked them to end.
 */
class JmsInterruptsTest extends OverBroker {
  private static IllegalStateException interrupted() {
    Thread.currentThread().interrupt();
    return new IllegalStateException("mine", new InterruptedException());
  }

  /**
   * Fails the first send of the thread that made this, so that the one of the conversation takes
   * over.
   */
  private static final class HandingOver {
    final Thread from = Thread.currentThread();
    private final AtomicBoolean done = new AtomicBoolean();

    boolean isIn() {
      return Thread.currentThread() == from;
    }

    void once() throws JMSException {
      if (isIn() && done.compareAndSet(false, true)) {
        throw new JMSException("take over");
      }
    }
  }

  @Test
  void aSendOfTheConversationsThreadIsTriedOnceMore() throws Exception {
    FaultyFactory provider = new FaultyFactory(broker.factory());
    Ends ends = faulty(provider);
    HandingOver handingOver = new HandingOver();
    AtomicBoolean claimed = new AtomicBoolean();
    AtomicBoolean stayed = new AtomicBoolean();
    provider.sending =
        (to, message) -> {
          handingOver.once();
          if (!handingOver.isIn() && claimed.compareAndSet(false, true)) {
            throw interrupted();
          }
          stayed.compareAndSet(false, Thread.currentThread().isInterrupted());
          to.send(message);
        };
    ends.here().send(number(1), soon());
    assertThat(received(ends.there())).isEqualTo(1);
    assertThat(claimed.get()).isTrue();
    assertThat(stayed.get()).as("the interrupt stayed in the thread").isFalse();
    ends.assertWork();
  }

  @Test
  void aFarewellIsTriedOnceMoreToo() throws Exception {
    FaultyFactory provider = new FaultyFactory(broker.factory());
    Ends ends = faulty(provider);
    HandingOver handingOver = new HandingOver();
    AtomicBoolean claimed = new AtomicBoolean();
    provider.sending =
        (to, message) -> {
          if (!handingOver.isIn() && claimed.compareAndSet(false, true)) {
            throw interrupted();
          }
          to.send(message);
        };
    ends.here().close();
    assertThat(claimed.get()).isTrue();
    assertThatThrownBy(
            () -> {
              while (true) {
                ends.there().send(ByteBuffer.allocate(1000), soon()); // until it knows
              }
            })
        .isInstanceOf(PeerClosedException.class);
    assertThat(ends.here().stats().bytesDiscarded()).isZero();
  }

  @Test
  void aConversationWhoseProviderClaimsItForEverEndsAndSaysSo() throws Exception {
    FaultyFactory provider = new FaultyFactory(broker.factory());
    Ends ends = faulty(provider);
    HandingOver handingOver = new HandingOver();
    provider.sending =
        (to, message) -> {
          handingOver.once();
          throw interrupted();
        };
    ends.here().send(number(1), soon()); // as to a peer that is just dying
    assertThatThrownBy(() -> ends.here().receive(soon()))
        .isInstanceOf(PeerDiedException.class)
        .hasMessageContaining("mine");
  }

  /** As does a provider that closes what it has, and has no chance to. */
  private static void interruptListener() {
    if (Thread.currentThread().getName().startsWith("interleave listener")) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aListenerListensOn() throws Exception {
    FaultyFactory provider = new FaultyFactory(broker.factory());
    AtomicInteger calls = new AtomicInteger();
    provider.closed = JmsInterruptsTest::interruptListener;
    provider.receiving =
        from -> {
          if (calls.getAndIncrement() == 0) {
            throw interrupted();
          }
          return from.receive();
        };
    Listener listener = closed(transport(provider.factory()).listen());
    until(() -> calls.get() > 1, "it asks again");
    connect(transport(options()), listener).assertWork();
  }

  /** It comes to light where the thread waits next: for a place, as the backlog is full. */
  @Test
  void anInterruptThatAProviderLeavesBehindEndsNoListener() throws Exception {
    FaultyFactory provider = new FaultyFactory(broker.factory());
    provider.closed = JmsInterruptsTest::interruptListener;
    TransportOptions one = options().backlog(1).build();
    Listener listener = closed(new JmsTransport(provider.factory(), queue, one).listen());
    for (int i = 0; i < 3; i++) {
      connect(transport(options()), listener).assertWork();
    }
  }
}
