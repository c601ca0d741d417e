// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.StopReport;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.testing.contract.Waiting;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests that run on the threads that read them, and callers that read for each other. */
class RpcDirectTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final AtomicInteger NAMES = new AtomicInteger();

  interface Desk {
    String thread();

    long hold(int number) throws InterruptedException;

    void interruptSelf();

    void fail();

    CompletableFuture<Long> later();
  }

  private static final class Held implements Desk {
    final CountDownLatch begun = new CountDownLatch(1);
    final CountDownLatch letGo = new CountDownLatch(1);
    final CompletableFuture<Long> later = new CompletableFuture<>();
    final AtomicInteger runs = new AtomicInteger();

    @Override
    public String thread() {
      return Thread.currentThread().getName();
    }

    @Override
    public long hold(int number) throws InterruptedException {
      runs.incrementAndGet();
      begun.countDown();
      letGo.await();
      return number;
    }

    @Override
    public void interruptSelf() {
      Thread.currentThread().interrupt();
    }

    @Override
    public void fail() {
      throw new StackOverflowError("as if");
    }

    @Override
    public CompletableFuture<Long> later() {
      return later;
    }
  }

  private final Held held = new Held();
  private final List<AutoCloseable> open = new ArrayList<>();

  private RpcServer server() throws Exception {
    RpcServer server =
        RpcServer.builder(Transport.memory("direct-" + NAMES.incrementAndGet()))
            .name("desk")
            .lookup(MethodHandles.lookup())
            .register(Desk.class, held)
            .direct()
            .start();
    open.add(server);
    return server;
  }

  private RpcClient client(RpcServer server) throws Exception {
    RpcClient client = RpcClient.connect(server.transport());
    open.add(client);
    return client;
  }

  @AfterEach
  void close() throws Exception {
    held.letGo.countDown();
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private static <T> FutureTask<T> start(Callable<T> call) {
    FutureTask<T> task = new FutureTask<>(call);
    Thread.ofPlatform().daemon().name("caller").start(task);
    return task;
  }

  private static void until(BooleanSupplier condition, String what) throws InterruptedException {
    Waiting.until(condition, PATIENCE, () -> "never: " + what);
  }

  @Test
  void requestsRunOnTheThreadThatReads() throws Exception {
    RpcServer server = server();
    Desk desk = client(server).proxy(Desk.class, PATIENCE);
    assertThat(desk.thread()).isEqualTo("desk-reader-0").isEqualTo(desk.thread());
    assertThat(server.stats().pool().completed()).as("by the workers").isZero();
    assertThat(server.stats().ok()).isEqualTo(2);
  }

  @Test
  void whatAMethodLeavesBehindDoesNotEndTheConnection() throws Exception {
    Desk desk = client(server()).proxy(Desk.class, PATIENCE);
    desk.interruptSelf();
    assertThatThrownBy(desk::fail)
        .isInstanceOfSatisfying(
            RemoteException.class, e -> assertThat(e.isA(StackOverflowError.class)).isTrue());
    assertThat(desk.thread()).isEqualTo("desk-reader-0");
  }

  @Test
  void aRequestThatWaitedUnreadIsRunThoughItsTimeIsUp() throws Exception {
    RpcServer server = server();
    RpcClient client = client(server);
    FutureTask<Long> first = start(() -> client.proxy(Desk.class, PATIENCE).hold(1));
    held.begun.await();
    Desk hasty = client.proxy(Desk.class, Duration.ofMillis(500));
    assertThatThrownBy(() -> hasty.hold(2)).isInstanceOf(CallTimeoutException.class);
    held.letGo.countDown();
    assertThat(first.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    until(() -> server.stats().ignored() == 1, "its cancel came when there was nothing to cancel");
    until(() -> client.stats().lateReplies() == 1, "its reply is late");
    assertThat(held.runs).hasValue(2);
  }

  @Test
  void aReplyThatComesTooLateIsCountedAndTheConnectionWorksOn() throws Exception {
    RpcServer server = server();
    RpcClient client = client(server);
    Desk hasty = client.proxy(Desk.class, Duration.ofMillis(500));
    FutureTask<Long> late = start(() -> hasty.hold(1));
    held.begun.await();
    assertThatThrownBy(() -> late.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(CallTimeoutException.class);
    held.letGo.countDown();
    assertThat(client.proxy(Desk.class, PATIENCE).thread()).isEqualTo("desk-reader-0");
    until(() -> client.stats().lateReplies() == 1, "it is late");
    until(() -> server.stats().ignored() == 1, "the cancel came when there was nothing to cancel");
    assertThat(server.stats().cancelled()).isZero();
  }

  @Test
  void theFutureOfAnAsynchronousMethodIsCancelledAsEver() throws Exception {
    RpcServer server = server();
    Desk desk = client(server).proxy(Desk.class, PATIENCE);
    CompletableFuture<Long> later = desk.later();
    until(() -> server.stats().inFlight() == 1, "it is there");
    assertThat(later.cancel(true)).isTrue();
    until(held.later::isCancelled, "the future there is cancelled");
  }

  @Test
  void closingWaitsForWhatRunsAndThenInterruptsIt() throws Exception {
    RpcServer server = server();
    Desk desk = client(server).proxy(Desk.class, PATIENCE);
    FutureTask<Long> running = start(() -> desk.hold(1));
    held.begun.await();
    StopReport report = server.close(Duration.ZERO);
    assertThat(report.interrupted()).hasSize(1);
    assertThat(report.interrupted().getFirst().task()).contains("Desk.hold(I)");
    assertThat(report.interrupted().getFirst().thread()).isEqualTo("desk-reader-0");
    assertThat(report.abandoned()).isEmpty();
    assertThatThrownBy(() -> running.get(30, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfAny(RemoteException.class, PeerLostException.class);
  }

  @Test
  void closingLetsWhatRunsEnd() throws Exception {
    RpcServer server = server();
    Desk desk = client(server).proxy(Desk.class, PATIENCE);
    FutureTask<Long> running = start(() -> desk.hold(1));
    held.begun.await();
    FutureTask<StopReport> closing = start(() -> server.close(PATIENCE));
    until(() -> server.toString().contains("closing"), "it closes");
    held.letGo.countDown();
    assertThat(running.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    StopReport report = closing.get(30, TimeUnit.SECONDS);
    assertThat(report.isClean()).isTrue();
    assertThat(report.drained()).isEqualTo(1);
  }

  @Test
  void aCallerThatReadsServesTheOthers() throws Exception {
    Transport transport = Transport.memory("led-" + NAMES.incrementAndGet());
    RpcServer server =
        RpcServer.builder(transport)
            .lookup(MethodHandles.lookup())
            .register(Desk.class, held)
            .workers(2)
            .start();
    open.add(server);
    RpcClient client = client(server);
    Desk desk = client.proxy(Desk.class, PATIENCE);
    FutureTask<Long> leader = start(() -> desk.hold(1));
    held.begun.await();
    List<FutureTask<String>> followers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      followers.add(start(desk::thread));
    }
    CompletableFuture<Long> later = desk.later();
    held.later.complete(7L);
    for (FutureTask<String> follower : followers) {
      assertThat(follower.get(30, TimeUnit.SECONDS)).isNotNull();
    }
    assertThat(later.get(30, TimeUnit.SECONDS)).isEqualTo(7);
    held.letGo.countDown();
    assertThat(leader.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(client.pending()).isEmpty();
  }

  @Test
  void aVirtualThreadAndAPlatformThreadCallAtTheSameTime() throws Exception {
    Desk desk = client(server()).proxy(Desk.class, PATIENCE);
    List<FutureTask<Long>> tasks = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      FutureTask<Long> task =
          new FutureTask<>(() -> {
            long served = 0;
            for (int n = 0; n < 500; n++) {
              served += desk.thread().equals("desk-reader-0") ? 1 : 0;
            }
            return served;
          });
      tasks.add(task);
      (i % 2 == 0 ? Thread.ofPlatform().daemon() : Thread.ofVirtual()).start(task);
    }
    for (FutureTask<Long> task : tasks) {
      assertThat(task.get(30, TimeUnit.SECONDS)).isEqualTo(500);
    }
  }
}
