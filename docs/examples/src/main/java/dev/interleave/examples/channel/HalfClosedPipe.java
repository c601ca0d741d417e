// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.channel;

import dev.interleave.Deadline;
import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.ipc.channel.ChannelClosedException;
import dev.interleave.ipc.channel.Endpoint;
import dev.interleave.ipc.channel.FrameChannel;
import dev.interleave.ipc.rpc.Codec;
import dev.interleave.ipc.rpc.Coder;
import dev.interleave.ipc.transport.Listener;
import dev.interleave.ipc.transport.Transport;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** As with sort: the answer can begin only when the question has ended. */
public final class HalfClosedPipe implements Example {
  private static final List<String> WORDS = List.of("pear", "fig", "apple", "plum", "date");
  private static final Coder<String> TEXT = Codec.compact().coder(String.class);

  /** Made by the tour. */
  public HalfClosedPipe() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new HalfClosedPipe());
  }

  @Override
  public String shows() {
    return "A pipe closed half by half: one side sends all it has and ends its direction, the other"
        + " sees the end, and answers. Who sends after its own end is told.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    Deadline deadline = Deadline.after(Duration.ofSeconds(30));
    Transport transport = Transport.memory("half-closed-pipe");
    List<String> sorted = new ArrayList<>();
    try (Listener listener = transport.listen();
        Endpoint<String, String> client =
            FrameChannel.over(transport.connect(deadline)).typed(TEXT, TEXT);
        Endpoint<String, String> server =
            FrameChannel.over(listener.accept(deadline)).typed(TEXT, TEXT);
        Crew crew = new Crew()) {
      crew.platform("sorts", () -> sort(server, deadline));
      for (String word : WORDS) {
        client.send(word, deadline);
      }
      client.closeSend();
      Expect.thrown(
          ChannelClosedException.class,
          () -> {
            client.send("too late", deadline);
            return "sent";
          });
      String word;
      while ((word = client.receive(deadline)) != null) {
        sorted.add(word);
      }
      crew.join();
    }
    out.println(sorted);
    Expect.equal("sorted", List.of("apple", "date", "fig", "pear", "plum"), sorted);
    return "5 words there, the end, 5 words back in order, and the end";
  }

  private static void sort(Endpoint<String, String> pipe, Deadline deadline) throws Exception {
    TreeSet<String> words = new TreeSet<>();
    String word;
    while ((word = pipe.receive(deadline)) != null) {
      words.add(word);
    }
    for (String next : words) {
      pipe.send(next, deadline);
    }
    pipe.closeSend();
  }
}
