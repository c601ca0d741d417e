// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.StopReport;
import dev.interleave.ipc.transport.NoListenerException;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.pool.PoolStats;
import dev.interleave.testing.contract.Waiting;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
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

    void failWithoutAMessage();

    void breakDown();
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

    @Override
    public void failWithoutAMessage() {
      throw new IllegalStateException("");
    }

    @Override
    public void breakDown() {
      throw new StackOverflowError();
    }
  }

  /** Work of one kind or another, by a worker that says who it is. */
  interface Tasks {
    String status();

    String run(String type, String id);
  }

  /** Waits until it is let go, and then notes what runs, in order. */
  private final class Worker implements Tasks {
    final List<String> ran = Collections.synchronizedList(new ArrayList<>());
    private final String name;

    Worker(String name) {
      this.name = name;
    }

    @Override
    public String status() {
      ran.add("status");
      return name;
    }

    @Override
    public String run(String type, String id) {
      if (type.equals("wait")) {
        long unused = new Account().slow(1);
      } else if (!type.equals("compute")) {
        throw new IllegalArgumentException("unknown type: " + type);
      }
      ran.add(id);
      return id + " by " + name;
    }
  }

  private RpcServer.Builder worker(Tasks tasks) {
    return RpcServer.builder(Transport.memory("worker-" + RpcContract.NAMES.incrementAndGet()))
        .lookup(MethodHandles.lookup())
        .register(Tasks.class, tasks)
        .workers(1);
  }

  /**
   * Whether one call runs, and so many are in line behind it; to have been received is not enough.
   */
  private static boolean oneRunsBefore(RpcServer office, int others) {
    PoolStats workers = office.stats().pool();
    return workers.active() == 1 && workers.queued() == others;
  }

  private static CallOptions lane(int lane) {
    return CallOptions.unset().withTimeout(PATIENCE).withPriority(lane);
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

  /** C22: a failure with an empty message was taken for a success. */
  @Test
  void c22AFailureWithoutAMessageIsAFailure() {
    assertThatThrownBy(bank::failWithoutAMessage)
        .isInstanceOfSatisfying(
            RemoteException.class,
            e -> {
              assertThat(e.isA(IllegalStateException.class)).isTrue();
              assertThat(e.remoteMessage()).hasValue("");
            });
  }

  /** C22: what is no exception but an error ended the server's thread, and the service with it. */
  @Test
  void c22AnErrorDoesNotEndTheServer() {
    for (int i = 0; i < 5; i++) { // there are two workers
      assertThatThrownBy(bank::breakDown)
          .isInstanceOfSatisfying(
              RemoteException.class, e -> assertThat(e.isA(StackOverflowError.class)).isTrue());
    }
    assertThat(bank.deposit(3)).isEqualTo(3);
  }

  /** C22: a call before the start or after the stop waited until its time was up. */
  @Test
  void c22WithoutAServerThereIsAnErrorAtOnce() {
    Transport nobody = Transport.memory("nobody-" + RpcContract.NAMES.incrementAndGet());
    assertThatThrownBy(() -> RpcClient.connect(nobody)).isInstanceOf(NoListenerException.class);
    server.close();
    assertThatThrownBy(() -> RpcClient.connect(server.transport()))
        .isInstanceOf(NoListenerException.class);
  }

  /** C22: a request whose caller had given up was executed nevertheless. */
  @Test
  void c22WhatNobodyWaitsForIsNotExecuted() throws Exception {
    List<FutureTask<Long>> held = List.of(start(() -> bank.slow(1)), start(() -> bank.slow(2)));
    assertThat(bothRun.await(30, TimeUnit.SECONDS)).as("both workers are busy").isTrue();
    CompletableFuture<?> waiting =
        client.callAsync(
            "Bank",
            RpcMethod.of("deposit", long.class, long.class),
            CallOptions.unset().withTimeout(PATIENCE),
            100L);
    Waiting.until(() -> server.stats().inFlight() == 3, PATIENCE, () -> "it does not arrive");
    assertThat(waiting.cancel(true)).isTrue();
    Waiting.until(() -> server.stats().cancelled() == 1, PATIENCE, () -> "not cancelled");
    letGo.countDown();
    for (FutureTask<Long> call : held) {
      assertThat(call.get(30, TimeUnit.SECONDS)).isPositive();
    }
    assertThat(bank.balance()).isZero();
  }

  /** C22: a request whose time was up was executed nevertheless. */
  @Test
  void c22ARequestThatTimedOutInTheLineIsNotExecuted() throws Exception {
    List<FutureTask<Long>> held = List.of(start(() -> bank.slow(1)), start(() -> bank.slow(2)));
    assertThat(bothRun.await(30, TimeUnit.SECONDS)).as("both workers are busy").isTrue();
    Bank hasty = client.proxy(Bank.class, Duration.ofMillis(5));
    assertThatThrownBy(() -> hasty.deposit(100)).isInstanceOf(CallTimeoutException.class);
    Waiting.until(
        () -> server.stats().expired() + server.stats().cancelled() == 1,
        PATIENCE,
        () -> "it stays in line");
    letGo.countDown();
    for (FutureTask<Long> call : held) {
      assertThat(call.get(30, TimeUnit.SECONDS)).isPositive();
    }
    assertThat(bank.balance()).isZero();
    // The server alone does so, too, if no cancel comes: see RpcContract.
    assertThat(client.stats().timedOut()).isEqualTo(1);
  }

  /** C22: of a failure there were no class and no stack, but a text. */
  @Test
  void c22AFailureKeepsItsStack() {
    assertThatThrownBy(bank::failWithoutAMessage)
        .isInstanceOfSatisfying(
            RemoteException.class,
            e -> {
              StackTraceElement thrown = e.getStackTrace()[0];
              assertThat(thrown.getClassName()).isEqualTo(Account.class.getName());
              assertThat(thrown.getMethodName()).isEqualTo("failWithoutAMessage");
              assertThat(thrown.getClassLoaderName()).isEqualTo("remote:" + server.name());
              assertThat(thrown.getLineNumber()).isPositive();
              assertThat(e.getStackTrace())
                  .as("behind it the caller's own")
                  .anyMatch(frame ->
                      frame.getClassName().equals(getClass().getName())
                          && frame.getMethodName().contains("c22AFailureKeepsItsStack"));
            });
  }

  /** C22: what waited was not bounded. */
  @Test
  void c22WhatWaitsIsBounded() throws Exception {
    Worker worker = new Worker("w");
    try (RpcServer busy = worker(worker).queueCapacity(2).start();
        RpcClient caller = RpcClient.connect(busy.transport())) {
      Tasks tasks = caller.proxy(Tasks.class, PATIENCE);
      List<FutureTask<String>> accepted = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        accepted.add(start(() -> tasks.run("wait", "a")));
        int arrived = i + 1;
        Waiting.until(
            () -> busy.stats().inFlight() == arrived && busy.stats().pool().active() == 1,
            PATIENCE,
            () -> "it does not arrive");
      }
      assertThatThrownBy(() -> tasks.run("compute", "b"))
          .isInstanceOf(CallRejectedException.class)
          .hasMessageContaining("full");
      letGo.countDown();
      for (FutureTask<String> call : accepted) {
        assertThat(call.get(30, TimeUnit.SECONDS)).isEqualTo("a by w");
      }
    }
  }

  /** C23: a slow factorial held up everybody. */
  @Test
  void c23ASlowCallDelaysNobody() throws Exception {
    FutureTask<Long> slow = start(() -> bank.slow(1));
    Waiting.until(() -> bothRun.getCount() == 1, PATIENCE, () -> "it does not begin");
    assertThat(bank.deposit(5)).isEqualTo(5);
    assertThat(slow.isDone()).isFalse();
    letGo.countDown();
    assertThat(slow.get(30, TimeUnit.SECONDS)).isEqualTo(1);
  }

  /** D19: of a task that failed, or of an unknown type, there was no result at all. */
  @Test
  void d19EveryTaskHasOneOutcome() throws Exception {
    Worker worker = new Worker("w");
    try (RpcServer office = worker(worker).start();
        RpcClient caller = RpcClient.connect(office.transport())) {
      Tasks tasks = caller.proxy(Tasks.class, PATIENCE);
      int failed = 0;
      for (int i = 0; i < 20; i++) {
        try {
          assertThat(tasks.run(i % 4 == 3 ? "mixed" : "compute", "t" + i))
              .isEqualTo("t" + i + " by w");
        } catch (RemoteException e) {
          assertThat(e.remoteMessage()).hasValue("unknown type: mixed");
          failed++;
        }
      }
      assertThat(failed).isEqualTo(5);
      assertThat(worker.ran).hasSize(15).doesNotHaveDuplicates();
      assertThat(office.stats().ok()).isEqualTo(15);
      assertThat(office.stats().failed()).isEqualTo(5);
    }
  }

  /**
   * D19: all workers took their orders from one queue, so whoever came first answered for another
   * one; and it was looked at between tasks only, behind all that waited.
   */
  @Test
  void d19WhoIsAskedAnswersAndBeforeWhatWaits() throws Exception {
    Worker one = new Worker("one");
    Worker two = new Worker("two");
    try (RpcServer first = worker(one).aging(Duration.ofMinutes(1)).start();
        RpcServer second = worker(two).start();
        RpcClient toFirst = RpcClient.connect(first.transport());
        RpcClient toSecond = RpcClient.connect(second.transport())) {
      assertThat(toSecond.proxy(Tasks.class, PATIENCE).status()).isEqualTo("two");
      Tasks tasks = toFirst.proxy(Tasks.class, PATIENCE);
      List<FutureTask<String>> calls = new ArrayList<>();
      for (String id : List.of("a", "b", "c")) {
        calls.add(start(() -> tasks.run(id.equals("a") ? "wait" : "compute", id)));
        int arrived = calls.size();
        Waiting.until(
            () -> oneRunsBefore(first, arrived - 1), PATIENCE, () -> "it does not arrive");
      }
      calls.add(start(toFirst.proxy(Tasks.class, lane(0))::status));
      Waiting.until(() -> oneRunsBefore(first, 3), PATIENCE, () -> "it does not arrive");
      letGo.countDown();
      assertThat(calls.getLast().get(30, TimeUnit.SECONDS)).isEqualTo("one");
      for (FutureTask<String> call : calls) {
        assertThat(call.get(30, TimeUnit.SECONDS)).isNotNull();
      }
      assertThat(one.ran).containsExactly("a", "status", "b", "c");
    }
  }

  /** D19, D20: a stop dropped what was still in the queue. */
  @Test
  void d19AStopLetsWhatWaitsEnd() throws Exception {
    Worker worker = new Worker("w");
    try (RpcServer office = worker(worker).start();
        RpcClient caller = RpcClient.connect(office.transport())) {
      Tasks tasks = caller.proxy(Tasks.class, PATIENCE);
      List<FutureTask<String>> calls = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        calls.add(start(() -> tasks.run("wait", "x")));
      }
      Waiting.until(() -> office.stats().inFlight() == 4, PATIENCE, () -> "not all are there");
      FutureTask<StopReport> closing = start(() -> office.close(PATIENCE));
      Waiting.until(() -> office.stats().pool().shutdown(), PATIENCE, () -> "it does not close");
      letGo.countDown();
      for (FutureTask<String> call : calls) {
        assertThat(call.get(30, TimeUnit.SECONDS)).isEqualTo("x by w");
      }
      assertThat(closing.get(30, TimeUnit.SECONDS).isClean()).isTrue();
    }
  }

  /** D20, F20: what was called a priority queue was first in, first out. */
  @Test
  void d20UrgentTasksOvertakeAndEqualOnesDoNot() throws Exception {
    Worker worker = new Worker("w");
    try (RpcServer office = worker(worker).aging(Duration.ofMinutes(1)).start();
        RpcClient caller = RpcClient.connect(office.transport())) {
      List<FutureTask<String>> calls = new ArrayList<>();
      calls.add(start(() -> caller.proxy(Tasks.class, PATIENCE).run("wait", "pause")));
      for (String id : List.of("3 low1", "1 high1", "2 mid1", "1 high2", "3 low2", "2 mid2")) {
        int arrived = calls.size();
        Waiting.until(
            () -> oneRunsBefore(office, arrived - 1), PATIENCE, () -> "it does not arrive");
        Tasks tasks = caller.proxy(Tasks.class, lane(id.charAt(0) - '0'));
        calls.add(start(() -> tasks.run("compute", id)));
      }
      Waiting.until(() -> oneRunsBefore(office, 6), PATIENCE, () -> "not all are there");
      letGo.countDown();
      for (FutureTask<String> call : calls) {
        assertThat(call.get(30, TimeUnit.SECONDS)).isNotNull();
      }
      assertThat(worker.ran)
          .containsExactly("pause", "1 high1", "1 high2", "2 mid1", "2 mid2", "3 low1", "3 low2");
    }
  }

  /** D20: a task of low priority could wait for ever. */
  @Test
  void d20WhoHasWaitedLongEnoughIsNotOvertaken() throws Exception {
    Worker worker = new Worker("w");
    try (RpcServer office = worker(worker).aging(Duration.ofNanos(1)).start();
        RpcClient caller = RpcClient.connect(office.transport())) {
      List<FutureTask<String>> calls = new ArrayList<>();
      calls.add(start(() -> caller.proxy(Tasks.class, PATIENCE).run("wait", "pause")));
      for (int lane : new int[] {9, 0}) { // the second comes more than nine nanoseconds later
        int arrived = calls.size();
        Waiting.until(
            () -> oneRunsBefore(office, arrived - 1), PATIENCE, () -> "it does not arrive");
        Tasks tasks = caller.proxy(Tasks.class, lane(lane));
        calls.add(start(() -> tasks.run("compute", "lane " + lane)));
      }
      Waiting.until(() -> oneRunsBefore(office, 2), PATIENCE, () -> "not all are there");
      letGo.countDown();
      for (FutureTask<String> call : calls) {
        assertThat(call.get(30, TimeUnit.SECONDS)).isNotNull();
      }
      assertThat(worker.ran).containsExactly("pause", "lane 9", "lane 0");
    }
  }

  /** D21: a reply that came after its time was taken for that to the next request. */
  @Test
  void d21ALateReplyIsNotTakenForTheNext() throws Exception {
    CompletableFuture<?> given =
        client.callAsync(
            "Bank",
            RpcMethod.of("slow", long.class, int.class),
            CallOptions.unset().withTimeout(PATIENCE),
            77);
    Waiting.until(() -> bothRun.getCount() == 1, PATIENCE, () -> "it does not begin");
    FutureTask<Long> other = start(() -> bank.slow(88));
    assertThat(bothRun.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(given.complete(null)).as("nobody waits for it any more").isTrue();
    letGo.countDown();
    assertThat(other.get(30, TimeUnit.SECONDS)).isEqualTo(88);
    assertThat(bank.deposit(1)).isEqualTo(1);
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
