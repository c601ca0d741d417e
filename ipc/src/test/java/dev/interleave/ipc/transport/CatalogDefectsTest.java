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
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is wrong with the pipes of the handbook, by their numbers there, and is not wrong here. */
class CatalogDefectsTest {
  private static final AtomicInteger NAMES = new AtomicInteger();

  private Connection here;
  private Connection there;

  @BeforeEach
  void connect() throws Exception {
    Transport transport =
        Transport.memory("defects-" + NAMES.incrementAndGet(), TransportContract.OPTIONS);
    try (Listener listener = transport.listen()) {
      here = transport.connect(soon());
      there = listener.accept(soon());
    }
  }

  @AfterEach
  void close() {
    here.close();
    there.close();
  }

  /** C18: a close did not wake a receiver that waited without a limit. */
  @Test
  void c18CloseWakesAReceiver() throws Exception {
    try (Actors actors = new Actors(ThreadKind.PLATFORM, TransportContract.PATIENCE)) {
      Step<?> receiving = actors.actor("receiver").start(() -> here.receive(Deadline.none()));
      receiving.awaitBlocked();
      here.close();
      receiving.failure(TransportClosedException.class);
    }
  }

  /** C18, C25: the end, a timeout and an empty message could not be told apart. */
  @Test
  void c18TheEndATimeoutAndAnEmptyFrameAreThreeThings() throws Exception {
    assertThatThrownBy(() -> there.receive(passed())).isInstanceOf(TransportTimeoutException.class);
    here.send(ByteBuffer.allocate(0), soon());
    assertThat(there.receive(soon())).isEqualTo(ByteBuffer.allocate(0));
    here.closeSend();
    assertThat(there.receive(passed())).isNull();
  }

  /** C18: nothing was bounded. */
  @Test
  void c18WhatNobodyReceivesIsBounded() throws Exception {
    int sent = 0;
    while (here.trySend(ByteBuffer.allocate(1000))) {
      sent++;
    }
    assertThat(sent).isBetween(3, 4); // of what fits into 4096
  }

  /** C19: the other side was not told of a close. */
  @Test
  void c19TheOtherSideIsToldOfAClose() throws Exception {
    here.close();
    assertThat(there.receive(soon())).isNull();
    assertThatThrownBy(() -> there.send(number(1), soon())).isInstanceOf(PeerClosedException.class);
  }

  /** C25, C28: no time at all was taken for all the time in the world. */
  @Test
  void c25NoTimeIsNoTime() throws Exception {
    assertThatThrownBy(() -> here.receive(passed())).isInstanceOf(TransportTimeoutException.class);
    while (here.trySend(ByteBuffer.allocate(1000))) {
      // until it is full
    }
    assertThatThrownBy(() -> here.send(ByteBuffer.allocate(1000), passed()))
        .isInstanceOf(TransportTimeoutException.class);
  }

  /** C25: what was in the buffer was lost at the close, and an exception killed the receiver. */
  @Test
  void c25WhatWasSentArrivesAfterTheCloseAndAfterAnError() throws Exception {
    here.send(number(1), soon());
    here.send(number(2), soon());
    here.close();
    assertThatThrownBy(() ->
            there.receive(
                frame -> {
                  throw new IllegalStateException("cannot read it");
                },
                soon()))
        .hasMessage("cannot read it");
    assertThat(received(there)).isEqualTo(2);
    assertThat(there.receive(soon())).isNull();
  }

  /** C26: 900 messages of three senders; some were lost, and the receivers stopped by the clock. */
  @Test
  void c26NineHundredMessagesOfThreeSendersAllArriveInOrder() throws Exception {
    try (Actors actors = new Actors(ThreadKind.VIRTUAL, TransportContract.PATIENCE)) {
      List<Step<?>> sending = new ArrayList<>();
      for (Actor sender : actors.actors(3, "sender")) {
        int id = sending.size();
        sending.add(
            sender.start(() -> {
              for (int i = 0; i < 300; i++) {
                here.send(ByteBuffer.allocate(100).putInt(0, id).putInt(4, i));
              }
            }));
      }
      int[] next = new int[3];
      for (int n = 0; n < 900; n++) {
        assertThat(
                there.receive(
                    frame -> assertThat(frame.getInt(4)).isEqualTo(next[frame.getInt(0)]++),
                    soon()))
            .isTrue();
      }
      for (Step<?> step : sending) {
        step.result();
      }
      here.closeSend();
      assertThat(there.receive(soon())).isNull();
      assertThat(next).containsOnly(300);
    }
  }

  /**
   * C27, C28: the type of an error was lost when it was wrapped, and a timeout was no pipe error.
   */
  @Test
  void c27EveryErrorHasItsTypeAndOneParent() throws Exception {
    assertThatThrownBy(() -> here.receive(passed())).isInstanceOf(TransportException.class);
    here.close();
    assertThatThrownBy(() -> here.receive(passed()))
        .isInstanceOf(TransportException.class)
        .isInstanceOf(TransportClosedException.class)
        .hasMessageContaining(here.name());
  }

  /** C28: the checksum was of the object that was sent, and saw only the sender's own changes. */
  @Test
  void c28WhatIsSentIsACopy() throws Exception {
    ByteBuffer frame = number(5);
    here.send(frame, soon());
    frame.putLong(0, 6); // the caller's own again
    assertThat(received(there)).isEqualTo(5);
  }
}
