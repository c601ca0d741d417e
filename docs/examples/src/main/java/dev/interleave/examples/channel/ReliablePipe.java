// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.channel;

import dev.interleave.Deadline;
import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.ipc.channel.Endpoint;
import dev.interleave.ipc.channel.ReliableChannel;
import dev.interleave.ipc.channel.ReliableStats;
import dev.interleave.ipc.rpc.Codec;
import dev.interleave.ipc.rpc.Coder;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.Listener;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.testing.FaultKind;
import dev.interleave.testing.Faults;
import java.io.PrintStream;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A pipe whose line loses one frame in a hundred, and damages another: 50 messages, 50 received.
 */
public final class ReliablePipe implements Example {
  private static final int ROUNDS = 10;
  private static final Coder<Payload> PAYLOADS =
      Codec.compact(MethodHandles.lookup()).coder(Payload.class);

  /** What is sent: five kinds. */
  private sealed interface Payload {
    record Text(String text) implements Payload {}

    record Entries(Map<String, Integer> entries) implements Payload {}

    record Items(List<Integer> items) implements Payload {}

    record Pair(String left, int right) implements Payload {}

    record Nested(Map<String, List<Payload>> parts) implements Payload {}
  }

  /** Made by the tour. */
  public ReliablePipe() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new ReliablePipe());
  }

  @Override
  public String shows() {
    return "A line that loses 1 % of the frames and damages 1 %, and a reliable channel over it:"
        + " each message is received once and in order, and the receiver waits for none in"
        + " vain.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    Deadline deadline = Deadline.after(Duration.ofSeconds(30));
    Faults faults =
        Faults.seeded(29)
            .lostFrames(0.01)
            .tornFrames(0.01)
            .once(FaultKind.LOST, "line", 7)
            .once(FaultKind.TORN, "line", 11)
            .build();
    Transport transport = Transport.memory("reliable-pipe");
    ReliableStats sender;
    ReliableStats receiver;
    try (Listener listener = transport.listen();
        ReliableChannel here =
            ReliableChannel.builder("here", d -> faulty(transport.connect(d), faults))
                .open(deadline);
        ReliableChannel there = ReliableChannel.builder("there", listener::accept).open(deadline);
        Crew crew = new Crew()) {
      Endpoint<Payload, Payload> to = here.typed(PAYLOADS, PAYLOADS);
      Endpoint<Payload, Payload> from = there.typed(PAYLOADS, PAYLOADS);
      crew.virtual(
          "sends",
          () -> {
            for (int round = 0; round < ROUNDS; round++) {
              for (Payload payload : payloads(round)) {
                to.send(payload, deadline);
              }
            }
            to.closeSend();
          });
      for (int round = 0; round < ROUNDS; round++) {
        for (Payload expected : payloads(round)) {
          Expect.equal("the next message", expected, from.receive(deadline));
        }
      }
      Expect.equal("the end", null, from.receive(deadline));
      crew.join();
      here.awaitAcknowledged(deadline);
      sender = here.reliability();
      receiver = there.reliability();
    }
    out.println(faults);
    out.println("here:  " + sender);
    out.println("there: " + receiver);
    Expect.that("something was repeated", sender.repeated() > 0);
    Expect.that("damage was seen", receiver.damaged() > 0);
    Expect.equal("not acknowledged", 0, sender.unacknowledged());
    return "50 messages of 5 kinds: each received once and in order; what was lost was sent again";
  }

  private static List<Payload> payloads(int round) {
    return List.of(
        new Payload.Text("message " + round),
        new Payload.Entries(Map.of("round", round, "next", round + 1)),
        new Payload.Items(List.of(round, round * 2, round * 3)),
        new Payload.Pair("round", round),
        new Payload.Nested(Map.of("pairs", List.of(new Payload.Pair("in it", round)))));
  }

  /** The line as it is, but for what is sent over it. */
  private static Connection faulty(Connection line, Faults faults) {
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, args) -> {
              try {
                if (method.getName().equals("send") && args[0] instanceof ByteBuffer frame) {
                  byte[] bytes = new byte[frame.remaining()];
                  frame.get(bytes);
                  faults
                      .<Exception>sink(
                          "line", rest -> line.send(ByteBuffer.wrap(rest), (Deadline) args[1]))
                      .accept(bytes);
                  return null;
                }
                return method.invoke(line, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
