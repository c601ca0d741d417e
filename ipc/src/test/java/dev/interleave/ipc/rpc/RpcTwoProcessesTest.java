// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static dev.interleave.ipc.rpc.RpcChild.AN_HOUR;
import static dev.interleave.ipc.rpc.RpcChild.HELD;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.ipc.rpc.RpcChild.Work;
import dev.interleave.ipc.transport.Broker;
import dev.interleave.ipc.transport.ChildJvm;
import dev.interleave.ipc.transport.Listener;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Calls between two real processes, one of which is killed at any moment. No call has a deadline
 * that would end it: only the death of the other process does, which the system tells of at once,
 * and a broker not at all: there it is the silence of the other side, for the peer timeout.
 */
@Tag("kit")
class RpcTwoProcessesTest {
  private static final boolean THOROUGH = Boolean.getBoolean("interleave.thorough");

  private static final String TCP = "tcp";
  private static final String BROKER = "broker";

  /** Of servers, and again of clients, over each kind of transport. */
  private static int kills(String kind) {
    return switch (kind) {
      case BROKER -> THOROUGH ? 30 : 2;
      case TCP -> THOROUGH ? 50 : 2;
      default -> THOROUGH ? 50 : 3;
    };
  }

  /** Of how many calls one is the last. Those over a broker take longer. */
  private static int moments(String kind) {
    return kind.equals(BROKER) ? 500 : 3_000;
  }

  private static final int THOROUGH_MINUTES = 15;
  private static final long SEED = Long.getLong("interleave.seed", 20260711L);

  @TempDir private Path folder;
  private @Nullable Broker broker;

  @AfterEach
  void stopBroker() throws Exception {
    if (broker != null) {
      broker.close();
    }
  }

  /** Where to meet, in words that another process understands, too. */
  private record Place(String kind, String address) {
    Transport transport() {
      return ChildJvm.transport(kind, address);
    }

    ChildJvm child(String what) throws Exception {
      return new ChildJvm(RpcChild.class, what, kind, address);
    }
  }

  private Place place(String kind) throws Exception {
    if (kind.equals(TCP)) {
      try (Listener free = ChildJvm.transport(TCP, "0").listen()) {
        return new Place(TCP, ChildJvm.port(free)); // for who listens there next
      }
    }
    if (!kind.equals(BROKER)) {
      return new Place(kind, folder.resolve("s").toString());
    }
    Broker started = Broker.tcp(folder);
    broker = started;
    return new Place(started.url(), "calls");
  }

  /**
   * All pending calls of a client fail, those of blocked threads and those of futures, those that
   * run and those on the way; and another client, which lives on, finds the next server.
   */
  @ParameterizedTest
  @ValueSource(strings = {"shm", "unix", TCP, BROKER})
  @Timeout(value = THOROUGH_MINUTES, unit = TimeUnit.MINUTES)
  void theDeathOfTheServerFailsEveryPendingCall(String kind, TestReporter reporter)
      throws Exception {
    Random random = new Random(SEED);
    Place place = place(kind);
    Transport transport = place.transport();
    RpcClient survivor = null;
    long slowest = 0;
    try {
      for (int round = 0; round < kills(kind); round++) {
        try (ChildJvm server = place.child("serve")) {
          server.awaitLine("serves");
          RpcClient lasting = survivor;
          if (lasting == null) {
            Duration most = Duration.ofMillis(20);
            lasting =
                RpcClient.builder(transport)
                    .reconnect(most, most, AN_HOUR)
                    .name("survivor")
                    .connect();
            survivor = lasting;
          }
          // To be repeated, as it may not have missed the one before yet.
          CallOptions lastingly =
              CallOptions.unset().withTimeout(RpcContract.PATIENCE).withRetrySafe(true);
          assertThat(lasting.proxy(Work.class, lastingly).add(round, 1))
              .as("served by the next one")
              .isEqualTo(round + 1);
          slowest = Math.max(slowest, killServer(transport, server, random.nextInt(moments(kind))));
        }
      }
      assertThat(requireNonNull(survivor).stats().lost()).isZero();
    } finally {
      if (survivor != null) {
        survivor.close();
      }
    }
    reporter.publishEntry("slowest failure after the kill, " + kind, slowest / 1_000_000 + " ms");
  }

  /** Returns how long it took from the kill to the last failure. */
  private static long killServer(Transport transport, ChildJvm server, int after) throws Exception {
    try (RpcClient client = RpcClient.connect(transport);
        Actors actors = new Actors(ThreadKind.PLATFORM, RpcContract.PATIENCE)) {
      Work work = client.proxy(Work.class, AN_HOUR);
      List<Step<?>> blocked = new ArrayList<>();
      List<CompletableFuture<Long>> futures = new ArrayList<>();
      for (int i = 0; i < HELD; i++) {
        int number = i;
        blocked.add(actors.actor("holds-" + i).start(() -> work.hold(number)));
        blocked.add(
            actors
                .actor("adds-" + i)
                .start(() -> {
                  for (long n = 0; ; n++) {
                    assertThat(work.add(n, number)).isEqualTo(n + number);
                  }
                }));
        futures.add(work.never(i));
      }
      long[] killed = new long[1];
      blocked.add(
          actors
              .actor("kills")
              .start(() -> {
                for (long n = 0; ; n++) {
                  if (n == after) {
                    killed[0] = System.nanoTime();
                    server.kill();
                  }
                  assertThat(work.add(n, 1)).isEqualTo(n + 1);
                }
              }));
      for (Step<?> step : blocked) {
        assertThat(step.failure(PeerLostException.class)).isNotNull();
      }
      for (CompletableFuture<Long> future : futures) {
        assertThat(failure(future)).isInstanceOf(PeerLostException.class);
      }
      long ended = System.nanoTime();
      assertThat(client.pending()).isEmpty();
      assertThat(client.stats().inFlight()).isZero();
      return ended - killed[0];
    }
  }

  /** What both have left at the broker disturbs nobody who comes later. */
  @Test
  void aServerAndAClientThatDieTogetherHoldUpNobody() throws Exception {
    Place place = place(BROKER);
    try (ChildJvm server = place.child("serve");
        ChildJvm client = place.child("call")) {
      server.awaitLine("serves");
      client.awaitLine("calls");
      server.kill();
      client.kill();
      assertThat(server.awaitExit()).isNotZero();
      assertThat(client.awaitExit()).isNotZero();
    }
    Counting work = new Counting();
    try (RpcServer server = RpcChild.server(place.transport(), work).start();
        RpcClient client = RpcClient.connect(place.transport())) {
      assertThat(client.proxy(Work.class, RpcContract.PATIENCE).add(1, 2)).isEqualTo(3);
      assertThat(server.stats().connections()).isEqualTo(1);
    }
  }

  private static Throwable failure(CompletableFuture<?> future) throws Exception {
    try {
      throw new AssertionError("it succeeded: " + future.get(30, TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      return requireNonNull(e.getCause());
    }
  }

  /** Handlers of a client that is gone are interrupted; and the next client is served. */
  @ParameterizedTest
  @ValueSource(strings = {"shm", "unix", TCP, BROKER})
  @Timeout(value = THOROUGH_MINUTES, unit = TimeUnit.MINUTES)
  void theDeathOfAClientEndsItsRequests(String kind) throws Exception {
    Random random = new Random(SEED);
    Counting work = new Counting();
    Place place = place(kind);
    try (RpcServer server = RpcChild.server(place.transport(), work).start()) {
      for (int round = 0; round < kills(kind); round++) {
        CountDownLatch reached = new CountDownLatch(random.nextInt(moments(kind)) + 1);
        work.reached = reached;
        try (ChildJvm client = place.child("call")) {
          assertThat(reached.await(30, TimeUnit.SECONDS)).as("client %d calls", round).isTrue();
          client.kill();
          RpcContract.until(
              () -> server.stats().connections() == 0 && server.stats().inFlight() == 0,
              "everything of the client has ended");
          RpcContract.until(() -> work.held.get() == 0, "no handler waits any more");
          assertThat(client.awaitExit()).isNotZero();
        }
      }
      RpcServerStats stats = server.stats();
      assertThat(stats.accepted()).isEqualTo(kills(kind));
      assertThat(stats.broken() + stats.failed() + stats.bad() + stats.unknown()).isZero();
      assertThat(stats.received()).isEqualTo(stats.ok() + stats.cancelled());
    }
  }

  /** Knows how far a client has come, and how many of its handlers wait. */
  private static final class Counting implements Work {
    final AtomicInteger held = new AtomicInteger();
    volatile CountDownLatch reached = new CountDownLatch(0);

    @Override
    public long add(long a, long b) {
      reached.countDown();
      return a + b;
    }

    @Override
    public long hold(int number) {
      held.incrementAndGet();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        held.decrementAndGet();
        throw new IllegalStateException("interrupted", e);
      }
      return number;
    }

    @Override
    public CompletableFuture<Long> never(int number) {
      return new CompletableFuture<>();
    }
  }
}
