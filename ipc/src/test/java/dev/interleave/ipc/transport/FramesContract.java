// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import static dev.interleave.ipc.transport.TransportContract.number;
import static dev.interleave.ipc.transport.TransportContract.passed;
import static dev.interleave.ipc.transport.TransportContract.pattern;
import static dev.interleave.ipc.transport.TransportContract.received;
import static dev.interleave.ipc.transport.TransportContract.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.Deadline;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ContractTest;
import dev.interleave.testing.contract.Step;
import java.nio.ByteBuffer;

/** Frames arrive whole and in order, as they were written, and are lent to handlers. */
interface FramesContract extends ConnectedEnds {
  @ContractTest
  default void framesOfEveryLengthArriveWholeAndInOrder(Actors actors) throws Exception {
    Step<?> sending =
        actors
            .actor("sender")
            .start(() -> {
              for (int length = 0; length <= here().maxFrame(); length++) {
                here().send(pattern(length));
              }
              here().closeSend();
            });
    for (int length = 0; length <= there().maxFrame(); length++) {
      assertThat(there().receive(soon())).isEqualTo(pattern(length));
    }
    assertThat(there().receive(soon())).isNull();
    sending.result();
  }

  @ContractTest
  default void directAndPartBuffersAreSentFromPositionToLimit(Actors actors) throws Exception {
    ByteBuffer part = ByteBuffer.allocateDirect(64);
    part.putLong(8, 42).position(8).limit(16);
    actors.actor("sender").run(() -> here().send(part, soon()));
    assertThat(part.hasRemaining()).isFalse();
    assertThat(received(there())).isEqualTo(42);
    ByteBuffer readOnly = number(43).asReadOnlyBuffer();
    actors.actor("other").run(() -> here().send(readOnly, soon()));
    assertThat(received(there())).isEqualTo(43);
  }

  @ContractTest
  default void theHandlerGetsTheFrameReadOnly(Actors actors) throws Exception {
    here().send(number(7), soon());
    actors
        .actor("receiver")
        .run(() ->
            there()
                .receive(
                    frame -> {
                      assertThat(frame.isReadOnly()).isTrue();
                      assertThat(frame.position()).isZero();
                      assertThat(frame.capacity()).isEqualTo(8);
                      assertThat(frame.getLong()).isEqualTo(7);
                    },
                    soon()));
  }

  @ContractTest
  default void aFrameThatIsTooLongIsRefusedAndNothingElse(Actors actors) throws Exception {
    ByteBuffer frame = ByteBuffer.allocate(here().maxFrame() + 1);
    Actor sender = actors.actor("sender");
    sender.start(() -> here().send(frame)).failure(FrameTooLargeException.class);
    sender.start(() -> here().trySend(frame)).failure(FrameTooLargeException.class);
    assertThat(frame.remaining()).isEqualTo(here().maxFrame() + 1);
    assertWorks();
  }

  @ContractTest
  default void whatWasWrittenIsSentByFlushAndByClose(Actors actors) throws Exception {
    Actor sender = actors.actor("sender");
    sender.run(() -> {
      here().write(number(1), soon());
      here().write(number(2), soon());
      here().flush();
    });
    assertThat(received(there())).isEqualTo(1);
    assertThat(received(there())).isEqualTo(2);
    sender.run(() -> {
      here().write(number(3), soon());
      here().closeSend();
    });
    assertThat(received(there())).isEqualTo(3);
    assertThat(there().receive(soon())).isNull();
  }

  @ContractTest
  default void aFrameCanBeWrittenWhereItWillLie(Actors actors) throws Exception {
    Actor sender = actors.actor("sender");
    Step<?> sending =
        sender.start(() -> {
          for (int length = 0; length <= here().maxFrame(); length++) {
            ByteBuffer frame = pattern(length);
            here().send(here().maxFrame(), room -> room.put(frame), Deadline.none());
          }
        });
    for (int length = 0; length <= there().maxFrame(); length++) {
      assertThat(there().receive(soon())).isEqualTo(pattern(length));
    }
    sending.result();
    sender
        .start(() -> here().send(here().maxFrame() + 1, room -> {}, soon()))
        .failure(FrameTooLargeException.class);
    sender.start(() -> here().send(-1, room -> {}, soon())).failure(IllegalArgumentException.class);
  }

  @ContractTest
  default void whatTheFillerThrowsIsThrownAndNothingIsSent(Actors actors) throws Exception {
    Actor sender = actors.actor("sender");
    IllegalArgumentException mine = new IllegalArgumentException("mine");
    for (int i = 0; i < 10; i++) { // once around the ring
      Step<?> step =
          sender.start(() ->
              here()
                  .send(
                      1000,
                      room -> {
                        room.putLong(-1);
                        throw mine;
                      },
                      soon()));
      assertThat(step.failure(IllegalArgumentException.class)).isSameAs(mine);
      sender.run(() -> here().send(1000, room -> room.put(pattern(900)), soon()));
      assertThat(there().receive(soon())).isEqualTo(pattern(900));
    }
    assertThat(here().stats().framesSent()).isEqualTo(10);
  }

  @ContractTest
  default void aFillerCanCloseButNotSend(Actors actors) throws Exception {
    Step<?> step =
        actors
            .actor("sender")
            .start(() ->
                here()
                    .send(
                        100,
                        room -> {
                          ByteBuffer frame = number(1);
                          assertThatThrownBy(() -> here().send(frame))
                              .isInstanceOf(IllegalStateException.class);
                          assertThatThrownBy(() -> here().trySend(frame))
                              .isInstanceOf(IllegalStateException.class);
                          assertThatThrownBy(here()::flush)
                              .isInstanceOf(IllegalStateException.class);
                          assertThatThrownBy(here()::closeSend)
                              .isInstanceOf(IllegalStateException.class);
                          room.putLong(2);
                          here().close();
                        },
                        soon()));
    step.failure(TransportClosedException.class);
    assertThat(there().receive(soon())).isNull();
  }

  @ContractTest
  default void whatTheHandlerThrowsIsThrownAndTheFrameIsReceived(Actors actors) throws Exception {
    here().send(number(1), soon());
    here().send(number(2), soon());
    IllegalArgumentException mine = new IllegalArgumentException("mine");
    Step<?> step =
        actors
            .actor("receiver")
            .start(() ->
                there()
                    .receive(
                        frame -> {
                          throw mine;
                        },
                        soon()));
    assertThat(step.failure(IllegalArgumentException.class)).isSameAs(mine);
    assertThat(received(there())).isEqualTo(2);
  }

  @ContractTest
  default void aHandlerCannotReceiveButCanSend(Actors actors) throws Exception {
    here().send(number(1), soon());
    actors
        .actor("receiver")
        .run(() ->
            there()
                .receive(
                    frame -> {
                      assertThatThrownBy(() -> there().receive(passed()))
                          .isInstanceOf(IllegalStateException.class);
                      assertThatThrownBy(() -> there().tryReceive(f -> {}))
                          .isInstanceOf(IllegalStateException.class);
                      try {
                        assertThat(there().trySend(number(frame.getLong() + 1))).isTrue();
                      } catch (TransportException e) {
                        throw new AssertionError(e);
                      }
                    },
                    soon()));
    assertThat(received(here())).isEqualTo(2);
  }
}
