// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.ipc.channel.FaultyConnection.Rates;
import dev.interleave.ipc.transport.ChildJvm;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.Listener;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Exactly once and in order between two real processes, over connections that lose, damage, double
 * and reorder what is sent, and break again and again; and until one of the two is killed.
 */
@Tag("kit")
class ReliableTwoProcessesTest {
  private static final boolean THOROUGH = Boolean.getBoolean("interleave.thorough");
  private static final int MESSAGES = THOROUGH ? 100_000 : 4_000;
  private static final int KILLS = THOROUGH ? 20 : 2;
  private static final int MOMENTS = 2_000;
  private static final double RATE = 0.01;
  private static final int THOROUGH_MINUTES = 10;
  private static final long SEED = Long.getLong("interleave.seed", 20260711L);

  @TempDir private Path folder;

  private static int back(int messages) {
    return messages / 10;
  }

  /** Each connection breaks after some hundred frames, and spoils others before. */
  private static Connector spoiling(Connector real, long seed) {
    Random lives = new Random(seed);
    AtomicLong seeds = new AtomicLong(seed);
    return deadline -> {
      int frames = 200 + lives.nextInt(200);
      Connection mortal = new BreakingConnection(real.connect(deadline), frames);
      return new FaultyConnection(mortal, Rates.each(RATE), seeds.incrementAndGet());
    };
  }

  private static ReliableChannel.Builder lively(String name, Connector connector) {
    return ReliableChannel.builder(name, connector)
        .retransmit(Duration.ofMillis(2), Duration.ofMillis(100))
        .reconnect(Duration.ofMillis(1), Duration.ofMillis(20));
  }

  // ------------------------------------------------------------------ in the child

  /** Sends numbers, for ever or so many, and receives a tenth of them. */
  public static void main(String[] args) throws Exception {
    Connector connector =
        spoiling(ChildJvm.transport(args[0], args[1])::connect, Long.parseLong(args[3]));
    Random random = new Random(SEED);
    try (ReliableChannel channel =
        lively("child", connector)
            .linger(EndpointContract.PATIENCE)
            .open(EndpointContract.soon())) {
      if (args[2].equals("endless")) {
        for (int i = 0; ; i++) {
          channel.send(Numbers.frame(i, random));
        }
      }
      int messages = Integer.parseInt(args[2]);
      try (Actors actors = new Actors(ThreadKind.PLATFORM, Duration.ofMinutes(THOROUGH_MINUTES))) {
        Step<?> sending =
            actors
                .actor("sends")
                .start(() -> {
                  Numbers.send(channel, messages, random);
                  channel.closeSend();
                });
        assertThat(Numbers.receive(channel)).isEqualTo(back(messages));
        sending.result();
        channel.awaitAcknowledged(EndpointContract.soon());
      }
      assertThat(channel.stats().sent()).isEqualTo(messages);
      assertThat(channel.reliability().reconnects()).isGreaterThan(5);
      System.out.println("done");
    }
  }

  // ------------------------------------------------------------------ in this process

  private String path() {
    return folder.resolve("s").toString();
  }

  private Listener listen(String kind) throws Exception {
    return ChildJvm.transport(kind, kind.equals("tcp") ? "0" : path()).listen();
  }

  private ChildJvm child(String kind, Listener listener, String messages, long seed)
      throws Exception {
    String address = kind.equals("tcp") ? ChildJvm.port(listener) : path();
    return new ChildJvm(
        ReliableTwoProcessesTest.class, kind, address, messages, Long.toString(seed));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "unix"})
  @Timeout(value = THOROUGH_MINUTES, unit = TimeUnit.MINUTES)
  void throughFaultsAndBreaksEachMessageComesOnceAndInOrder(String kind, TestReporter reporter)
      throws Exception {
    try (Listener listener = listen(kind);
        ChildJvm child = child(kind, listener, Integer.toString(MESSAGES), SEED);
        ReliableChannel channel =
            lively("parent", spoiling(listener::accept, -SEED)).open(EndpointContract.soon());
        Actors actors = new Actors(ThreadKind.PLATFORM, Duration.ofMinutes(THOROUGH_MINUTES))) {
      Step<?> sending =
          actors
              .actor("sends")
              .start(() -> {
                Numbers.send(channel, back(MESSAGES), new Random(SEED));
                channel.closeSend();
              });
      assertThat(Numbers.receive(channel)).isEqualTo(MESSAGES);
      sending.result();
      channel.awaitAcknowledged(EndpointContract.soon());
      child.awaitLine("done");
      assertThat(child.awaitExit()).isZero();
      ReliableStats stats = channel.reliability();
      reporter.publishEntry(MESSAGES + " messages over " + kind, stats.toString());
      assertThat(channel.stats().received()).isEqualTo(MESSAGES);
      assertThat(stats.unacknowledged()).isZero();
      assertThat(stats.repeated()).isPositive();
      assertThat(stats.duplicates()).isPositive();
      assertThat(stats.outOfOrder()).isPositive();
      assertThat(stats.damaged()).isPositive();
      assertThat(stats.reconnects()).isGreaterThan(5);
    }
  }

  /** What had come is received first; and there is another channel with another process. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "unix"})
  @Timeout(value = THOROUGH_MINUTES, unit = TimeUnit.MINUTES)
  void whenTheOtherProcessIsKilledAllCallsFailAndSayWhy(String kind) throws Exception {
    Random random = new Random(SEED);
    for (int round = 0; round < KILLS; round++) {
      int after = random.nextInt(MOMENTS);
      try (Listener listener = listen(kind);
          ChildJvm child = child(kind, listener, "endless", SEED + round)) {
        if (round % 2 == 0) {
          Duration patience = Duration.ofSeconds(2);
          ReliableChannel.Builder impatient =
              survivor(listener)
                  .heartbeat(Duration.ofMillis(200))
                  .silence(Duration.ofSeconds(1))
                  .giveUpAfter(patience);
          kill(
              impatient, after, child::kill, "nothing was heard of the other side for " + patience);
        } else {
          AtomicReference<@Nullable ChildJvm> next = new AtomicReference<>();
          try {
            kill(
                survivor(listener),
                after,
                () -> {
                  child.close();
                  next.set(child(kind, listener, "endless", SEED));
                },
                "begun anew");
          } finally {
            try (ChildJvm unused = next.get()) {} // it lives, and is of no more use
          }
        }
      }
    }
  }

  private static ReliableChannel.Builder survivor(Listener listener) {
    return lively("survivor", spoiling(listener::accept, -SEED)).linger(Duration.ZERO);
  }

  private interface Killing {
    void kill() throws Exception;
  }

  private static void kill(
      ReliableChannel.Builder builder, int after, Killing killing, String expected)
      throws Exception {
    try (ReliableChannel survivor = builder.open(EndpointContract.soon());
        Actors actors = new Actors(ThreadKind.PLATFORM, EndpointContract.PATIENCE)) {
      Step<?> sending =
          actors
              .actor("sends")
              .start(() -> {
                while (true) {
                  survivor.send(ByteBuffer.allocate(100)); // until there is no more room
                }
              });
      Step<?> receiving =
          actors
              .actor("receives")
              .start(() -> {
                for (int due = 0; ; due++) {
                  if (due == after) {
                    killing.kill();
                  }
                  assertThat(Numbers.receive(survivor, due)).isTrue();
                }
              });
      assertThat(receiving.failure(ChannelFailedException.class)).hasMessageContaining(expected);
      assertThat(sending.failure(ChannelFailedException.class)).hasMessageContaining(expected);
      assertThat(survivor.isClosed()).isTrue();
    }
  }
}
