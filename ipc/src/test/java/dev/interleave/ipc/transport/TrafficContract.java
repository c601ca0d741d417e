// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import static dev.interleave.ipc.transport.TransportContract.number;
import static dev.interleave.ipc.transport.TransportContract.received;
import static dev.interleave.ipc.transport.TransportContract.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ContractTest;
import dev.interleave.testing.contract.Step;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** Many threads at once, and what goes to and fro. */
interface TrafficContract extends ConnectedEnds {
  @ContractTest
  default void manySendersKeepTheirOrderAndLoseNothing(Actors actors) throws Exception {
    int senders = 4;
    int each = 2_000;
    List<Step<?>> steps = new ArrayList<>();
    for (Actor sender : actors.actors(senders, "sender")) {
      int id = steps.size();
      steps.add(
          sender.start(() -> {
            for (int i = 0; i < each; i++) {
              ByteBuffer frame =
                  ByteBuffer.allocate(8 + (i * 7 + id) % 90).putInt(0, id).putInt(4, i);
              if (i % 3 == 0) {
                here().write(frame, Deadline.none());
              } else if (i % 3 == 1 || !here().trySend(frame)) {
                here().send(frame);
              }
            }
            here().flush();
          }));
    }
    int[] next = new int[senders];
    for (int n = 0; n < senders * each; n++) {
      ByteBuffer frame = Objects.requireNonNull(there().receive(soon()));
      int id = frame.getInt();
      int i = frame.getInt();
      assertThat(i).as("of sender " + id).isEqualTo(next[id]++);
      assertThat(frame.remaining()).isEqualTo((i * 7 + id) % 90);
    }
    for (Step<?> step : steps) {
      step.result();
    }
    assertThat(there().stats().framesReceived()).isEqualTo(here().stats().framesSent());
    assertThat(there().stats().bytesReceived()).isEqualTo(here().stats().bytesSent());
  }

  @ContractTest
  default void manyReceiversGetEachFrameOnce(Actors actors) throws Exception {
    int frames = 4_000;
    Map<Long, Long> seen = new ConcurrentHashMap<>();
    List<Step<?>> steps = new ArrayList<>();
    for (Actor receiver : actors.actors(3, "receiver")) {
      steps.add(
          receiver.start(() -> {
            ByteBuffer frame;
            while ((frame = there().receive(Deadline.none())) != null) {
              seen.merge(frame.getLong(), 1L, Long::sum);
            }
          }));
    }
    for (long i = 0; i < frames; i++) {
      here().send(number(i), soon());
    }
    here().closeSend();
    for (Step<?> step : steps) {
      step.result();
    }
    assertThat(seen).hasSize(frames).allSatisfy((n, times) -> assertThat(times).isEqualTo(1));
  }

  @ContractTest
  default void callsAndAnswers(Actors actors) throws Exception {
    int calls = 2_000;
    Step<?> server =
        actors
            .actor("server")
            .start(() -> {
              ByteBuffer call;
              while ((call = there().receive(Deadline.none())) != null) {
                there().send(number(call.getLong() + 1));
              }
            });
    Step<?> client =
        actors
            .actor("client")
            .start(() -> {
              for (long i = 0; i < calls; i++) {
                here().send(number(i));
                assertThat(received(here())).isEqualTo(i + 1);
              }
              here().closeSend();
            });
    client.result();
    server.result();
  }

  @ContractTest
  @SuppressWarnings("ThreadPriorityCheck") // so that on few processors the others get on
  default void interruptsDoNotDisturbTheTraffic(Actors actors) throws Exception {
    int frames = 3_000;
    Actor sender = actors.actor("sender");
    Actor receiver = actors.actor("receiver");
    Step<?> sending =
        sender.start(() -> {
          for (long i = 0; i < frames; ) {
            try {
              here().send(Flood.padded(i));
              i++;
            } catch (InterruptedException nothingSent) {
              // once more
            }
          }
          here().closeSend();
        });
    Step<?> receiving =
        receiver.start(() -> {
          for (long i = 0; i < frames; ) {
            try {
              assertThat(Objects.requireNonNull(there().receive(Deadline.none())).getLong())
                  .isEqualTo(i);
              i++;
            } catch (InterruptedException nothingReceived) {
              // once more
            }
          }
        });
    while (!sending.isDone() || !receiving.isDone()) {
      sender.interrupt();
      receiver.interrupt();
      Thread.yield();
    }
    sending.result();
    receiving.result();
  }
}
