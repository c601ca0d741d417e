// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.rpc;

import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.ipc.rpc.RpcClient;
import dev.interleave.ipc.rpc.RpcClientStats;
import dev.interleave.ipc.rpc.RpcServer;
import dev.interleave.pool.PoolStats;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Three senders, nine hundred messages: none is lost, none comes twice, none overtakes. */
public final class NineHundredMessages implements Example {
  private static final int SENDERS = 3;
  private static final int EACH = 300;

  /** Made by the tour. */
  public NineHundredMessages() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new NineHundredMessages());
  }

  @Override
  public String shows() {
    return "900 messages of three senders to two receivers, over shared memory: each is"
        + " acknowledged, in order, and what it took is measured.";
  }

  @Override
  public List<Class<?>> sources() {
    return List.of(getClass(), Over.class, Place.class);
  }

  /** Takes a message; returns when it has it. */
  public interface Inbox {
    void take(int sender, int number, String text);
  }

  /** Refuses what is not the next message of its sender. */
  private static final class Checking implements Inbox {
    final AtomicIntegerArray next = new AtomicIntegerArray(SENDERS);

    @Override
    public void take(int sender, int number, String text) {
      if (!next.compareAndSet(sender, number, number + 1)) {
        throw new IllegalStateException(number + " came instead of " + next.get(sender));
      }
    }
  }

  @Override
  public String run(PrintStream out) throws Exception {
    Checking inbox = new Checking();
    long start = System.nanoTime();
    try (Place place = new Place();
        RpcServer receivers =
            RpcServer.builder(Over.SHARED_MEMORY.at(place))
                .register(Inbox.class, inbox)
                .workers(2)
                .start();
        RpcClient client = RpcClient.connect(receivers.transport());
        Crew crew = new Crew()) {
      Inbox far = client.proxy(Inbox.class, Duration.ofSeconds(30));
      for (int i = 0; i < SENDERS; i++) {
        int sender = i;
        crew.platform(
            "sender-" + i,
            () -> {
              for (int number = 0; number < EACH; number++) {
                far.take(sender, number, "message " + number + " of sender " + sender);
              }
            });
      }
      crew.join();
      long millis = (System.nanoTime() - start) / 1_000_000;
      for (int sender = 0; sender < SENDERS; sender++) {
        Expect.equal("messages of " + sender, EACH, inbox.next.get(sender));
      }
      RpcClientStats stats = client.stats();
      Expect.equal("acknowledged", (long) SENDERS * EACH, stats.ok());
      Expect.equal("failed or lost", 0L, stats.failed() + stats.lost() + stats.timedOut());
      Expect.equal("taken", stats.ok(), receivers.stats().ok());
      PoolStats.Times times = stats.latency().values().iterator().next();
      out.printf(
          "%d messages in %d ms; half of them within %d µs, 99 of 100 within %d µs%n",
          stats.ok(), millis, times.p50().toNanos() / 1000, times.p99().toNanos() / 1000);
    }
    return "900 messages of 3 senders: all taken, each once, and each sender's in order";
  }
}
