// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.ipc.transport.Transport;
import dev.interleave.testing.contract.Waiting;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was wrong with calls over queues in the handbook, by the numbers of its catalog. */
class RpcCatalogDefectsTest {
  private static final Duration PATIENCE = RpcContract.PATIENCE;

  interface Bank {
    long balance();

    long deposit(long amount);

    long slow(int number);

    CompletableFuture<Long> asking(int number);
  }

  private final CountDownLatch letGo = new CountDownLatch(1);
  private final AtomicLong balance = new AtomicLong();
  private final CountDownLatch bothRun = new CountDownLatch(2);

  private final class Account implements Bank {
    @Override
    public long balance() {
      return balance.get();
    }

    @Override
    public long deposit(long amount) {
      return balance.addAndGet(amount);
    }

    @Override
    public long slow(int number) {
      bothRun.countDown();
      try {
        letGo.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return number;
    }

    @Override
    public CompletableFuture<Long> asking(int number) {
      return CompletableFuture.failedFuture(new IllegalArgumentException("no " + number));
    }
  }

  private RpcServer server;
  private RpcClient client;
  private Bank bank;

  @BeforeEach
  void start() throws Exception {
    server =
        RpcServer.builder(Transport.memory("defects-" + RpcContract.NAMES.incrementAndGet()))
            .lookup(MethodHandles.lookup())
            .register(Bank.class, new Account())
            .workers(2)
            .start();
    client = RpcClient.connect(server.transport());
    bank = client.proxy(Bank.class, PATIENCE);
  }

  @AfterEach
  void close() {
    letGo.countDown();
    client.close();
    server.close();
  }

  private static <T> FutureTask<T> start(Callable<T> call) {
    FutureTask<T> task = new FutureTask<>(call);
    Thread.ofPlatform().daemon().name("caller").start(task);
    return task;
  }

  /** C22: one thread served one request after the other. */
  @Test
  void c22RequestsRunAtTheSameTime() throws Exception {
    FutureTask<Long> one = start(() -> bank.slow(1));
    FutureTask<Long> two = start(() -> bank.slow(2));
    assertThat(bothRun.await(30, TimeUnit.SECONDS)).as("both have begun").isTrue();
    letGo.countDown();
    assertThat(one.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(two.get(30, TimeUnit.SECONDS)).isEqualTo(2);
  }

  /** C22: a failure came as a plain exception with a text, whatever it was. */
  @Test
  void c22AFailureKeepsItsClassInAsynchronousCallsToo() {
    assertThatThrownBy(() -> bank.asking(7).get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            RemoteException.class,
            e -> assertThat(e.remoteClass()).isEqualTo(IllegalArgumentException.class.getName()));
  }

  /** C22: stopping the server left those who waited until their own time was up. */
  @Test
  void c22StoppingTheServerEndsEveryWait() throws Exception {
    List<FutureTask<Long>> held = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int number = i;
      held.add(start(() -> bank.slow(number)));
    }
    Waiting.until(() -> server.stats().inFlight() == 4, PATIENCE, () -> "not all are there");
    assertThat(bothRun.await(30, TimeUnit.SECONDS)).as("two run").isTrue();
    assertThat(server.close(Duration.ZERO).discarded()).as("two waited").isEqualTo(2);
    for (FutureTask<Long> call : held) {
      assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class);
    }
    assertThat(client.pending()).isEmpty();
  }

  /** C22: the entry of a call that timed out could stay in the table. */
  @Test
  void c22NoEntryStaysBehind() {
    Bank hasty = client.proxy(Bank.class, Duration.ofMillis(5));
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() -> hasty.slow(1)).isInstanceOf(RpcException.class);
    }
    assertThat(client.pending()).isEmpty();
    assertThat(client.stats().inFlight()).isZero();
  }

  /** D08, D21: a read, a change and a write were three calls, and updates were lost. */
  @Test
  void d08AMethodThatIsAtomicThereIsAtomicHere() throws Exception {
    List<FutureTask<Long>> tellers = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      tellers.add(
          start(() -> {
            for (int i = 0; i < 100; i++) {
              bank.deposit(1);
            }
            return bank.balance();
          }));
    }
    for (FutureTask<Long> teller : tellers) {
      assertThat(teller.get(30, TimeUnit.SECONDS)).isPositive();
    }
    assertThat(bank.balance()).isEqualTo(400);
  }

  /** D07: a worker that was gone was asked for ever. */
  @Test
  void d07AServerThatIsGoneIsAnErrorAtOnce() throws Exception {
    server.close(Duration.ZERO);
    Waiting.until(() -> !client.stats().connected(), PATIENCE, () -> "still connected");
    assertThatThrownBy(() -> bank.balance()).isInstanceOf(PeerLostException.class);
    assertThat(client.stats().lost()).isEqualTo(1);
  }

  /**
   * Cancel, deadline and reply at the same time: each call ends once, in one way, and both sides
   * have nothing left.
   */
  @Test
  void everyCallEndsOnceHoweverItsEndsRace() throws Exception {
    RpcMethod deposit = RpcMethod.of("deposit", long.class, long.class);
    int rounds = 2000;
    long replies = 0;
    for (int i = 0; i < rounds; i++) {
      CallOptions options =
          CallOptions.unset()
              .withTimeout(i % 3 == 0 ? Duration.ofNanos(20_000L * (i % 7 + 1)) : PATIENCE);
      CompletableFuture<?> call = client.callAsync("Bank", deposit, options, 1L);
      if (i % 3 == 1) {
        call.cancel(true);
      }
      try {
        assertThat(call.get(30, TimeUnit.SECONDS)).isNotNull();
        replies++;
      } catch (ExecutionException e) {
        assertThat(e).hasCauseInstanceOf(CallTimeoutException.class);
      } catch (CancellationException e) {
        assertThat(i % 3).isEqualTo(1);
      }
    }
    RpcClientStats stats = client.stats();
    assertThat(stats.ok() + stats.timedOut() + stats.cancelled()).isEqualTo(rounds);
    assertThat(stats.ok()).isGreaterThanOrEqualTo(replies);
    assertThat(stats.inFlight()).isZero();
    assertThat(stats.duplicateReplies() + stats.unknownReplies()).isZero();
    Waiting.until(() -> server.stats().inFlight() == 0, PATIENCE, () -> "requests are left");
    RpcServerStats there = server.stats();
    assertThat(there.ok() + there.cancelled() + there.expired() + there.timedOut())
        .isEqualTo(there.received());
  }
}
