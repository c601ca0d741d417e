// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.buffer;

import dev.interleave.buffer.BoundedBuffer;
import dev.interleave.buffer.BufferClosedException;
import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The end of a stream is said by closing it, not by an item that means something else. */
public final class EndOfStream implements Example {
  private static final int CONSUMERS = 3;

  /** One of them looks like what is elsewhere put in to say that this is the end. */
  private static final List<String> ITEMS =
      List.of("process data", "STOP", "write file", "send request", "query database");

  /** Made by the tour. */
  public EndOfStream() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new EndOfStream());
  }

  @Override
  public String shows() {
    return "The end of a stream: one close ends all consumers once everything is taken, however"
        + " many they are, and however slow the producer. A failure comes through with its cause.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    ended(out);
    failed(out);
    discarded(out);
    return "5 items, 3 consumers, 1 close: all taken, all ended; an error with its cause; 2"
        + " returned";
  }

  private static void ended(PrintStream out) throws Exception {
    BoundedBuffer<String> buffer = BoundedBuffer.<String>builder(2).name("stream").build();
    AtomicInteger taken = new AtomicInteger();
    AtomicInteger ends = new AtomicInteger();
    try (Crew crew = new Crew()) {
      for (int i = 0; i < CONSUMERS; i++) {
        crew.virtual(
            "consumer-" + i,
            () -> {
              while (buffer.takeOrNull() != null) {
                taken.incrementAndGet();
              }
              ends.incrementAndGet();
            });
      }
      Expect.soon("all wait", () -> buffer.stats().blockedConsumers() == CONSUMERS);
      for (String item : ITEMS) {
        buffer.put(item); // a pause of any length between them would end nobody
      }
      buffer.close();
      crew.join();
    }
    out.printf("%d items taken, %d consumers ended%n", taken.get(), ends.get());
    Expect.equal("taken", ITEMS.size(), taken.get());
    Expect.equal("ended", CONSUMERS, ends.get());
  }

  private static void failed(PrintStream out) throws Exception {
    BoundedBuffer<String> buffer = BoundedBuffer.<String>builder(2).name("download").build();
    try (Crew crew = new Crew()) {
      crew.virtual(
          "consumer",
          () -> {
            Expect.equal("what came before the failure", "part 1", buffer.take());
            BufferClosedException end = Expect.thrown(BufferClosedException.class, buffer::take);
            out.println(end.getMessage() + ": " + end.getCause());
          });
      buffer.put("part 1");
      buffer.close(new IOException("connection reset"));
      crew.join();
    }
  }

  private static void discarded(PrintStream out) throws Exception {
    BoundedBuffer<String> buffer = BoundedBuffer.<String>builder(2).name("queue").build();
    buffer.put("never started");
    buffer.put("nor this");
    try (Crew crew = new Crew()) {
      crew.platform(
          "producer",
          () ->
              Expect.thrown(
                  BufferClosedException.class,
                  () -> {
                    buffer.put("still waiting for room");
                    return "accepted";
                  }));
      Expect.soon("the producer waits", () -> buffer.stats().blockedProducers() == 1);
      List<String> left = buffer.closeNow();
      out.println("given back: " + left);
      Expect.equal("given back", List.of("never started", "nor this"), left);
      crew.join();
    }
  }
}
