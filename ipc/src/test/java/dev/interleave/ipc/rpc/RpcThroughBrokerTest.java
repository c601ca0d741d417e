// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.ipc.transport.Broker;
import dev.interleave.ipc.transport.JmsTransport;
import dev.interleave.testing.contract.Waiting;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls through a broker that goes and comes back, and to several servers. */
@Tag("kit")
class RpcThroughBrokerTest {
  private static final Duration PATIENCE = RpcContract.PATIENCE;
  private static final int CALLERS = 4;
  private static final int RESTARTS = 3;

  @TempDir private Path folder;
  private Broker broker;
  private final List<AutoCloseable> open = new ArrayList<>();

  interface Ledger {
    int book(int entry);

    /** Books, and does not return before it is let go. */
    int hold(int entry);

    String name();
  }

  /** Books entries, and counts how often each was booked. */
  private static final class Book implements Ledger {
    final Map<Integer, Integer> entries = new ConcurrentHashMap<>();
    final CountDownLatch begun = new CountDownLatch(2);
    final CountDownLatch letGo = new CountDownLatch(1);
    private final String name;

    Book(String name) {
      this.name = name;
    }

    @Override
    public int book(int entry) {
      entries.merge(entry, 1, Integer::sum);
      return entry * 2;
    }

    @Override
    public int hold(int entry) {
      int result = book(entry);
      begun.countDown();
      try {
        letGo.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted", e);
      }
      return result;
    }

    @Override
    public String name() {
      return name;
    }
  }

  @BeforeEach
  void startBroker() throws Exception {
    broker = Broker.tcp(folder);
  }

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
    broker.close();
  }

  private RpcServer serve(Book book) throws Exception {
    RpcServer server =
        RpcServer.builder(new JmsTransport(broker.factory(), "ledger"))
            .name(book.name())
            .codec(codec())
            .register(Ledger.class, book)
            .workers(2)
            .start();
    open.add(server);
    return server;
  }

  private RpcClient client() throws Exception {
    RpcClient client =
        RpcClient.builder(new JmsTransport(broker.factory(), "ledger"))
            .codec(codec())
            .reconnect(Duration.ofMillis(1), Duration.ofMillis(50), PATIENCE)
            .connect();
    open.add(client);
    return client;
  }

  private static Codec codec() {
    return Codec.compact(MethodHandles.lookup());
  }

  private static void until(BooleanSupplier condition, String what) throws InterruptedException {
    Waiting.until(condition, PATIENCE, () -> "never: " + what);
  }

  /** What callers in several threads have called for, until they have had enough. */
  private abstract static class Callers {
    final AtomicInteger next = new AtomicInteger();
    final AtomicInteger ended = new AtomicInteger();
    final AtomicBoolean enough = new AtomicBoolean();
    private final List<FutureTask<Void>> tasks = new ArrayList<>();

    abstract void call(int entry);

    void start() {
      for (int i = 0; i < CALLERS; i++) {
        FutureTask<Void> task =
            new FutureTask<>(() -> {
              while (!enough.get()) {
                call(next.getAndIncrement());
                ended.incrementAndGet();
              }
              return null;
            });
        tasks.add(task);
        Thread.ofPlatform().daemon().name("caller-" + i).start(task);
      }
    }

    void restart(Broker broker) throws Exception {
      for (int i = 0; i < RESTARTS; i++) {
        int before = ended.get();
        until(() -> ended.get() > before + 100, "calls come through");
        broker.stop();
        broker.start();
      }
      int before = ended.get();
      until(() -> ended.get() > before + 100, "calls come through after the last restart");
      enough.set(true);
      for (FutureTask<Void> task : tasks) {
        task.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void noReplyIsLostOrDoubledWhenTheBrokerGoesAndCallsHaveKeys() throws Exception {
    Book book = new Book("one");
    RpcServer server = serve(book);
    RpcClient client = client();
    Callers callers =
        new Callers() {
          @Override
          void call(int entry) {
            CallOptions options =
                CallOptions.unset().withTimeout(PATIENCE).withIdempotencyKey("entry-" + entry);
            assertThat(client.proxy(Ledger.class, options).book(entry)).isEqualTo(entry * 2);
          }
        };
    callers.start();
    callers.restart(broker);
    assertThat(book.entries).hasSize(callers.next.get());
    assertThat(book.entries.values()).as("how often each was booked").containsOnly(1);
    assertThat(client.stats().reconnects()).isPositive();
    assertThat(client.stats().ok()).isEqualTo(callers.next.get());
    assertThat(client.stats().duplicateReplies() + client.stats().unknownReplies()).isZero();
    assertThat(server.stats().accepted()).isGreaterThan(1);
  }

  /** Both run when the broker goes, for certain: they return only after that. */
  @Test
  void ofCallsThatRunWhenTheBrokerGoesThatWithAKeyIsRepeatedAndTheOtherFails() throws Exception {
    Book book = new Book("one");
    RpcServer server = serve(book);
    RpcClient client = client();
    CallOptions keyed =
        CallOptions.unset().withTimeout(PATIENCE).withIdempotencyKey("held over the restart");
    FutureTask<Integer> repeated =
        new FutureTask<>(() -> client.proxy(Ledger.class, keyed).hold(7));
    FutureTask<Integer> lost = new FutureTask<>(() -> client.proxy(Ledger.class, PATIENCE).hold(8));
    Thread.ofPlatform().daemon().name("has a key").start(repeated);
    Thread.ofPlatform().daemon().name("has none").start(lost);
    assertThat(book.begun.await(30, TimeUnit.SECONDS)).as("both run").isTrue();
    assertThat(client.stats().inFlight()).isEqualTo(2);
    assertThat(server.stats().inFlight()).isEqualTo(2);
    broker.stop();
    until(() -> !client.stats().connected(), "the client misses the broker");
    until(() -> server.stats().connections() == 0, "the server misses the client");
    assertThat(repeated).isNotDone();
    book.letGo.countDown(); // its reply finds no connection
    broker.start();
    assertThat(repeated.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(14);
    assertThatThrownBy(() -> lost.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(PeerLostException.class, e -> assertThat(e.mayHaveRun()).isTrue());
    assertThat(book.entries).isEqualTo(Map.of(7, 1, 8, 1));
    RpcClientStats stats = client.stats();
    assertThat(stats.repeated()).isPositive();
    assertThat(server.stats().repeated()).isPositive();
    assertThat(stats.ok()).isEqualTo(1);
    assertThat(stats.lost()).isEqualTo(1);
    assertThat(stats.duplicateReplies() + stats.unknownReplies() + stats.lateReplies()).isZero();
    assertThat(client.pending()).isEmpty();
  }

  @Test
  void withoutKeysACallFailsByNameAndRunsAtMostOnce() throws Exception {
    Book book = new Book("one");
    RpcServer unused = serve(book);
    RpcClient client = client();
    Set<Integer> replied = ConcurrentHashMap.newKeySet();
    Set<Integer> notRun = ConcurrentHashMap.newKeySet();
    Callers callers =
        new Callers() {
          @Override
          void call(int entry) {
            try {
              assertThat(client.proxy(Ledger.class, PATIENCE).book(entry)).isEqualTo(entry * 2);
              replied.add(entry);
            } catch (PeerLostException e) {
              if (!e.mayHaveRun()) {
                notRun.add(entry);
              }
            }
          }
        };
    callers.start();
    callers.restart(broker);
    assertThat(book.entries.values()).as("how often each was booked").containsOnly(1);
    assertThat(book.entries.keySet()).containsAll(replied);
    notRun.retainAll(book.entries.keySet());
    assertThat(notRun).as("what has run and is said not to have").isEmpty();
  }

  @Test
  void serversAtOneQueueShareTheClientsAndTakeOverFromEachOther() throws Exception {
    RpcServer one = serve(new Book("one"));
    RpcServer two = serve(new Book("two"));
    List<Ledger> ledgers = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < 6; i++) {
      Ledger ledger =
          client()
              .proxy(Ledger.class, CallOptions.unset().withTimeout(PATIENCE).withRetrySafe(true));
      ledgers.add(ledger);
      names.add(ledger.name());
    }
    assertThat(names).containsExactlyInAnyOrder("one", "two");
    assertThat(one.stats().connections() + two.stats().connections()).isEqualTo(6);
    one.close();
    for (Ledger ledger : ledgers) {
      until(() -> isAt(ledger, "two"), "its client has moved to the other server");
    }
    until(() -> two.stats().connections() == 6, "all are there");
  }

  private static boolean isAt(Ledger ledger, String server) {
    try {
      return ledger.name().equals(server);
    } catch (CallRejectedException e) { // the other one is still closing
      return false;
    }
  }
}
