// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.channel;

import dev.interleave.Deadline;
import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.ipc.channel.ChannelException;
import dev.interleave.ipc.channel.Letter;
import dev.interleave.ipc.channel.Router;
import dev.interleave.ipc.channel.RouterClient;
import dev.interleave.ipc.channel.RouterStats;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Three clients write to one another and to all, and nobody sleeps to be sure that all are there.
 */
public final class Chat implements Example {
  private static final List<String> CLIENTS = List.of("client1", "client2", "client3");

  /** To one each: 5 letters; to the 2 others: 2 letters, of 2 deliveries each. */
  private static final int DELIVERIES = 9;

  /** Made by the tour. */
  public Chat() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new Chat());
  }

  @Override
  public String shows() {
    return "Three clients of a router write to one another and to all: they begin when all are"
        + " registered, and whatever is sent is delivered, in one order for all.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    AtomicInteger got = new AtomicInteger();
    RouterStats stats;
    try (Router<String> chat = Router.<String>builder("chat").build();
        Crew crew = new Crew()) {
      for (String id : CLIENTS) {
        crew.virtual(id, () -> got.addAndGet(talk(chat, id, out)));
      }
      crew.join();
      stats = chat.stats();
    }
    Expect.equal("received", DELIVERIES, got.get());
    Expect.equal("dead letters", 0L, stats.dead());
    return stats.letters() + " letters, " + stats.deliveries() + " deliveries, none dead";
  }

  /** How many letters one client has received. */
  private static int talk(Router<String> chat, String id, PrintStream out) throws Exception {
    Deadline deadline = Deadline.after(Duration.ofSeconds(30));
    RouterClient<String> me = chat.register(id);
    chat.awaitRegistered(CLIENTS, deadline);
    switch (id) {
      case "client1" -> {
        say(me, List.of("client2", "client3"), deadline);
        Expect.equal("recipients", 2, me.broadcast("hello to all", deadline));
      }
      case "client2" -> {
        say(me, List.of("client1"), deadline);
        Expect.equal("recipients", 2, me.broadcast("hello to all", deadline));
      }
      default -> say(me, List.of("client1", "client2"), deadline);
    }
    long last = 0;
    for (int received = 0; received < DELIVERIES / CLIENTS.size(); received++) {
      Letter<String> letter = Expect.present("a letter", me.receive(deadline));
      out.println(letter.from() + " to " + id + ": " + letter.message());
      Expect.that("in the order of the router", letter.number() > last);
      last = letter.number();
    }
    return DELIVERIES / CLIENTS.size();
  }

  private static void say(RouterClient<String> me, List<String> to, Deadline deadline)
      throws ChannelException, InterruptedException {
    for (String other : to) {
      Expect.that("delivered", me.send(other, "hello " + other, deadline));
    }
  }
}
