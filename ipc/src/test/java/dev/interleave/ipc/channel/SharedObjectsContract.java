// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.Deadline;
import dev.interleave.ipc.rpc.CallCancelledException;
import dev.interleave.ipc.rpc.CallTimeoutException;
import dev.interleave.ipc.rpc.Codec;
import dev.interleave.ipc.rpc.PeerLostException;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import dev.interleave.testing.contract.Waiting;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What shared objects keep over every kind of transport. */
abstract class SharedObjectsContract {
  static final AtomicInteger NAMES = new AtomicInteger();
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<AutoCloseable> open = new ArrayList<>();
  private SharedObjectsHost host;
  private SharedObjects objects;

  /** An address at which nobody listens. */
  abstract Transport transport();

  record Account(String owner, List<Long> bookings) {}

  @BeforeEach
  void start() throws Exception {
    start(SharedObjectsHost.builder(transport()));
  }

  private void start(SharedObjectsHost.Builder builder) throws Exception {
    host = builder.start();
    open.add(host);
    objects = another();
  }

  /** As another process would have. */
  private SharedObjects another() throws Exception {
    SharedObjects connected =
        SharedObjects.builder(host.transport())
            .codec(Codec.compact(MethodHandles.lookup()))
            .timeout(PATIENCE)
            .connect();
    open.add(connected);
    return connected;
  }

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  static void until(BooleanSupplier condition, String what) throws InterruptedException {
    Waiting.until(condition, PATIENCE, () -> "never: " + what);
  }

  private static Deadline soon() {
    return Deadline.after(PATIENCE);
  }

  // ------------------------------------------------------------------ each object

  @Test
  void aMapKeepsWhatIsPutForAllClients() throws Exception {
    SharedMap<String, Long> here = objects.map("m", String.class, Long.class);
    SharedMap<String, Long> there = another().map("m", String.class, Long.class);
    assertThat(here.get("a")).isNull();
    assertThat(here.put("a", 1L)).isNull();
    assertThat(there.put("a", 2L)).isEqualTo(1);
    assertThat(here.get("a")).isEqualTo(2);
    assertThat(here.putIfAbsent("a", 3L)).isEqualTo(2);
    assertThat(here.putIfAbsent("b", 4L)).isNull();
    assertThat(there.snapshot()).containsOnly(entry("a", 2), entry("b", 4));
    assertThat(there.size()).isEqualTo(2);
    assertThat(there.remove("a")).isEqualTo(2);
    assertThat(there.remove("a")).isNull();
    assertThat(here.clear()).isEqualTo(1);
    assertThat(here.snapshot()).isEmpty();
    assertThat(host.stats().bytes()).as("of the empty map alone").isLessThan(100);
  }

  private static Map.Entry<String, Long> entry(String key, long value) {
    return Map.entry(key, value);
  }

  @Test
  void aValueIsReplacedOnlyIfItHasThatVersion() {
    SharedMap<String, Long> map = objects.map("m", String.class, Long.class);
    map.put("a", 1L);
    VersionedValue<Long> first = requireNonNull(map.getVersioned("a"));
    assertThat(first.value()).isEqualTo(1);
    map.put("a", 2L);
    map.put("a", 1L);
    assertThat(map.replace("a", first.version(), 5L)).as("it only looks the same").isFalse();
    VersionedValue<Long> now = requireNonNull(map.getVersioned("a"));
    assertThat(map.replace("a", now.version(), 5L)).isTrue();
    assertThat(map.remove("a", now.version())).isFalse();
    assertThat(map.remove("a", requireNonNull(map.getVersioned("a")).version())).isTrue();
    assertThat(map.getVersioned("a")).isNull();
    assertThatThrownBy(() -> map.replace("a", 0, 1L)).hasMessageContaining("version 0");
  }

  @Test
  void aListKeepsItsOrder() throws Exception {
    SharedList<String> list = objects.list("l", String.class);
    assertThat(list.add("a")).isZero();
    assertThat(another().list("l", String.class).add("b")).isEqualTo(1);
    assertThat(list.set(0, "c")).isEqualTo("a");
    assertThat(list.snapshot()).containsExactly("c", "b");
    assertThat(list.takeFirst()).isEqualTo("c");
    assertThat(list.size()).isEqualTo(1);
    assertThat(list.clear()).isEqualTo(1);
    assertThat(list.takeFirst()).isNull();
    assertThatThrownBy(() -> list.set(0, "x"))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("place 0 of LIST l, which has 0");
  }

  @Test
  void aCounterThatOverflowsSaysSoAndStaysWhereItIs() {
    SharedCounter counter = objects.counter("c");
    assertThat(counter.increment()).isEqualTo(1);
    assertThat(counter.add(Long.MAX_VALUE - 1)).isEqualTo(Long.MAX_VALUE);
    assertThatThrownBy(counter::increment).isInstanceOf(ArithmeticException.class);
    assertThat(counter.get()).isEqualTo(Long.MAX_VALUE);
    assertThat(counter.decrement()).isEqualTo(Long.MAX_VALUE - 1);
  }

  @Test
  void aNamespaceHasValuesOfAllTypes() {
    SharedNamespace config = objects.namespace("config");
    SharedValue<Long> limit = config.value("limit", Long.class);
    assertThat(limit.get()).isNull();
    assertThat(limit.getVersioned()).isNull();
    assertThat(limit.set(5L)).isNull();
    assertThat(limit.update(soon(), old -> old == null ? 0 : old * 2)).isEqualTo(10);
    assertThat(limit.replace(requireNonNull(limit.getVersioned()).version(), 11L)).isTrue();
    config.value("owner", String.class).set("anna");
    config.counter("started").increment();
    assertThat(config.namespace("db").list("hosts", String.class).add("one")).isZero();
    assertThat(objects.counter("other").get()).isZero();
    assertThat(config.names()).containsExactly("db/hosts", "limit", "owner", "started");
    assertThat(objects.names()).contains("config/limit", "other");
  }

  @Test
  void anObjectHasOneKindAndOneType() {
    objects.map("m", String.class, Long.class);
    assertThatThrownBy(() -> objects.list("m", Long.class))
        .isInstanceOf(SharedObjectTypeException.class)
        .hasMessage("m is a MAP, no LIST");
    assertThatThrownBy(() -> objects.map("m", String.class, String.class))
        .isInstanceOf(SharedObjectTypeException.class)
        .hasMessageContaining("other types");
    assertThatThrownBy(() -> objects.counter(" ")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> objects.counter("x".repeat(300)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("300");
  }

  // ------------------------------------------------------------------ room

  @Test
  void whatHasNoRoomIsRefusedAndChangesNothing() throws Exception {
    close();
    start(SharedObjectsHost.builder(transport()).maxObjects(2).maxObjectBytes(500).maxBytes(950));
    SharedMap<String, byte[]> map = objects.map("m", String.class, byte[].class);
    map.put("a", new byte[300]);
    assertThatThrownBy(() -> map.put("b", new byte[300]))
        .isInstanceOf(SharedObjectFullException.class)
        .hasMessageContaining("MAP m would have more than 500 bytes");
    SharedMap<String, byte[]> other = objects.map("n", String.class, byte[].class);
    other.put("a", new byte[300]);
    assertThatThrownBy(() -> other.put("b", new byte[40]))
        .hasMessageContaining("all objects would have more than 950 bytes");
    assertThatThrownBy(() -> objects.counter("c"))
        .isInstanceOf(SharedObjectFullException.class)
        .hasMessageContaining("there are 2 objects");
    assertThat(map.snapshot().keySet()).containsExactly("a");
    long bytes = host.stats().bytes();
    assertThatThrownBy(() ->
            objects.atomically(
                soon(),
                tx -> {
                  tx.remove(map, "a");
                  tx.put(other, "a", new byte[10]);
                  tx.put(other, "c", new byte[10]);
                  tx.put(map, "c", new byte[600]);
                  return true;
                }))
        .isInstanceOf(SharedObjectFullException.class);
    assertThat(map.get("a")).as("the first step is undone").hasSize(300);
    assertThat(other.get("a")).hasSize(300);
    assertThat(other.get("c")).isNull();
    assertThat(host.stats().bytes()).isEqualTo(bytes);
    assertThat(host.stats().full()).isEqualTo(4);
    map.remove("a");
    map.put("b", new byte[300]);
  }

  @Test
  void theLargestObjectFitsIntoASnapshot() {
    SharedMap<Integer, byte[]> map = objects.map("m", Integer.class, byte[].class);
    int put = 0;
    try {
      while (true) {
        map.put(put, new byte[put % 100]);
        put++;
      }
    } catch (SharedObjectFullException e) {
      assertThat(map.snapshot()).hasSize(put);
    }
    assertThat(put).isGreaterThan(1_000);
  }

  @Test
  void wrongLimitsAreNamedAllAtOnce() {
    assertThatThrownBy(() ->
            SharedObjectsHost.builder(transport())
                .maxObjects(0)
                .maxBytes(-1)
                .maxObjectBytes(1 << 30)
                .workers(0)
                .name(" ")
                .start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxObjects is less than 1: 0")
        .hasMessageContaining("maxBytes is less than 1: -1")
        .hasMessageContaining("maxObjectBytes is not in 1 to")
        .hasMessageContaining("workers is less than 1: 0")
        .hasMessageContaining("name is blank");
  }

  // ------------------------------------------------------------------ transactions

  @Test
  void aTransactionReadsWhatItWillHaveDone() {
    SharedMap<String, Long> map = objects.map("m", String.class, Long.class);
    SharedCounter counter = objects.counter("c");
    SharedValue<String> value = objects.value("v", String.class);
    SharedList<Long> list = objects.list("l", Long.class);
    map.put("gone", 7L);
    String result =
        objects.atomically(
            soon(),
            tx -> {
              tx.put(map, "a", 1L);
              tx.put(map, "a", tx.require(map, "a") + 1);
              tx.remove(map, "gone");
              tx.add(counter, 2);
              tx.add(counter, tx.get(counter));
              tx.set(value, "x" + tx.get(value));
              tx.add(list, 5L);
              assertThat(tx.get(map, "gone")).isNull();
              assertThat(map.get("a")).as("not done yet").isNull();
              return tx.get(value);
            });
    assertThat(result).isEqualTo("xnull").isEqualTo(value.get());
    assertThat(map.snapshot()).containsOnly(entry("a", 2));
    assertThat(counter.get()).isEqualTo(4);
    assertThat(list.snapshot()).containsExactly(5L);
  }

  @Test
  void aTransactionBeginsAnewIfWhatItReadHasChanged() throws Exception {
    SharedMap<String, Long> map = objects.map("m", String.class, Long.class);
    SharedMap<String, Long> theirs = another().map("m", String.class, Long.class);
    map.put("a", 1L);
    List<Long> seen = new ArrayList<>();
    Long sum =
        map.compute(
            soon(),
            "a",
            old -> {
              seen.add(old);
              if (seen.size() == 1) {
                theirs.put("a", 10L);
              }
              return requireNonNull(old) + 1;
            });
    assertThat(sum).isEqualTo(11);
    assertThat(seen).containsExactly(1L, 10L);
    assertThat(host.stats().conflicts()).isEqualTo(1);
    assertThat(map.compute(soon(), "a", old -> null)).isNull();
    assertThat(map.size()).isZero();
  }

  @Test
  void anAbsentKeyThatIsThereNowIsAChange() throws Exception {
    SharedMap<String, Long> map = objects.map("m", String.class, Long.class);
    SharedMap<String, Long> theirs = another().map("m", String.class, Long.class);
    boolean[] second = new boolean[1];
    long found =
        objects.<Long>atomically(
            soon(),
            tx -> {
              Long there = tx.get(map, "a");
              if (!second[0]) {
                second[0] = true;
                theirs.put("a", 3L);
              }
              return there == null ? -1 : there;
            });
    assertThat(found).as("read-only ones are checked, too").isEqualTo(3);
  }

  @Test
  void aTransactionThatThrowsDoesNothing() throws Exception {
    SharedMap<String, Long> map = objects.map("m", String.class, Long.class);
    SharedTransaction[] kept = new SharedTransaction[1];
    assertThatThrownBy(() ->
            objects.atomically(
                soon(),
                tx -> {
                  kept[0] = tx;
                  tx.put(map, "a", 1L);
                  return tx.require(map, "b");
                }))
        .isInstanceOf(NoSuchElementException.class)
        .hasMessage("m has no b");
    assertThat(map.snapshot()).isEmpty();
    assertThatThrownBy(() -> kept[0].put(map, "a", 1L))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ended");
    SharedMap<String, Long> foreign = another().map("m", String.class, Long.class);
    assertThatThrownBy(() -> objects.atomically(soon(), tx -> tx.get(foreign, "a")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(objects.<String>atomically(Deadline.none(), tx -> "nothing")).isEqualTo("nothing");
  }

  @Test
  void aTransactionEndsAtItsDeadline() throws Exception {
    SharedMap<String, Long> map = objects.map("m", String.class, Long.class);
    SharedMap<String, Long> theirs = another().map("m", String.class, Long.class);
    Deadline deadline = Deadline.after(Duration.ofMillis(50));
    assertThatThrownBy(() ->
            objects.atomically(
                deadline,
                tx -> {
                  Long old = tx.get(map, "a");
                  theirs.put("a", old == null ? 1 : old + 1); // each time
                  tx.put(map, "a", -1L);
                  return true;
                }))
        .isInstanceOf(CallTimeoutException.class);
    assertThat(map.get("a")).isNotEqualTo(-1);
  }

  // ------------------------------------------------------------------ many clients

  private static final int CLIENTS = 4;

  private void all(Each each) throws Exception {
    List<SharedObjects> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(another());
    }
    CountDownLatch begin = new CountDownLatch(1);
    try (Actors actors = new Actors(ThreadKind.PLATFORM, PATIENCE)) {
      List<Step<?>> steps = new ArrayList<>();
      for (Actor actor : actors.actors(CLIENTS, "client")) {
        int number = steps.size();
        steps.add(
            actor.start(() -> {
              begin.await();
              each.run(clients.get(number), number);
            }));
      }
      begin.countDown();
      for (Step<?> step : steps) {
        step.result();
      }
    }
  }

  private interface Each {
    void run(SharedObjects objects, int number) throws Exception;
  }

  @Test
  void noUpdateOfManyClientsIsLost() throws Exception {
    int times = 200;
    all((mine, number) -> {
      SharedCounter counter = mine.counter("counter");
      SharedMap<String, Long> map = mine.map("map", String.class, Long.class);
      SharedList<Integer> list = mine.list("list", Integer.class);
      Set<Long> sums = new HashSet<>();
      for (int i = 0; i < times; i++) {
        sums.add(counter.increment());
        Long unused = map.compute(soon(), "n", old -> old == null ? 1 : old + 1);
        int unusedToo = list.add(number * times + i);
      }
      assertThat(sums).as("nobody else got these").hasSize(times);
    });
    assertThat(objects.counter("counter").get()).isEqualTo((long) CLIENTS * times);
    assertThat(objects.map("map", String.class, Long.class).get("n"))
        .isEqualTo((long) CLIENTS * times);
    assertThat(objects.list("list", Integer.class).snapshot())
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, CLIENTS * times).boxed().toList());
  }

  @Test
  void putIfAbsentHasOneWinner() throws Exception {
    AtomicInteger winners = new AtomicInteger();
    all((mine, number) -> {
      SharedMap<Integer, Integer> map = mine.map("map", Integer.class, Integer.class);
      for (int key = 0; key < 100; key++) {
        if (map.putIfAbsent(key, number) == null) {
          winners.incrementAndGet();
          assertThat(map.get(key)).isEqualTo(number);
        }
      }
    });
    assertThat(winners).hasValue(100);
  }

  /** D08: nothing was atomic but a single call, and nobody looked whether money was lost. */
  @Test
  void d08TheMoneyOfABankIsConservedWheneverSomebodyLooks() throws Exception {
    int accounts = 5;
    SharedMap<Integer, Long> bank = objects.map("bank", Integer.class, Long.class);
    for (int i = 0; i < accounts; i++) {
      bank.put(i, 1_000L);
    }
    AtomicInteger looks = new AtomicInteger();
    all((mine, number) -> {
      SharedMap<Integer, Long> map = mine.map("bank", Integer.class, Long.class);
      SharedCounter refused = mine.counter("refused");
      SharedCounter done = mine.counter("done");
      Random random = new Random(number);
      for (int i = 0; i < 100; i++) {
        if (number == 0) { // the auditor
          looks.incrementAndGet();
          assertThat(map.snapshot().values().stream().mapToLong(Long::longValue).sum())
              .isEqualTo(accounts * 1_000L);
          continue;
        }
        int from = random.nextInt(accounts);
        int to = (from + 1 + random.nextInt(accounts - 1)) % accounts;
        long amount = random.nextLong(1, 901);
        boolean unused =
            mine.atomically(
                soon(),
                tx -> {
                  long balance = tx.require(map, from);
                  if (balance < amount) {
                    tx.add(refused, 1);
                    return false;
                  }
                  tx.put(map, from, balance - amount);
                  tx.put(map, to, tx.require(map, to) + amount);
                  tx.add(done, 1);
                  return true;
                });
      }
    });
    assertThat(looks).hasValue(100);
    assertThat(bank.snapshot().values()).allMatch(balance -> balance >= 0);
    assertThat(objects.counter("done").get() + objects.counter("refused").get())
        .isEqualTo((CLIENTS - 1) * 100L);
  }

  // ------------------------------------------------------------------ the end

  @Test
  void theEndOfTheHostIsTheEndOfEveryCall() throws Exception {
    SharedCounter counter = objects.counter("c");
    host.close();
    until(
        () -> {
          try {
            long unused = counter.get();
            return false;
          } catch (PeerLostException e) {
            return true;
          }
        },
        "the client sees the end");
  }

  @Test
  void anInterruptedThreadIsToldAndStaysInterrupted() throws Exception {
    SharedCounter counter = objects.counter("c");
    try (Actors actors = new Actors(ThreadKind.PLATFORM, PATIENCE)) {
      Step<?> step =
          actors
              .actor("interrupted")
              .start(() -> {
                Thread.currentThread().interrupt();
                assertThatThrownBy(counter::get).isInstanceOf(CallCancelledException.class);
                assertThat(Thread.interrupted()).as("still interrupted").isTrue();
              });
      step.result();
    }
  }

  // ------------------------------------------------------------------ the catalog

  /** D08: a change of what was fetched was lost without a word. */
  @Test
  void d08WhatWasFetchedIsACopyThatCannotBeChanged() {
    SharedMap<String, Account> map = objects.map("m", String.class, Account.class);
    map.put("a", new Account("anna", List.of(1L)));
    Account fetched = requireNonNull(map.get("a"));
    assertThatThrownBy(() -> fetched.bookings().add(2L))
        .isInstanceOf(UnsupportedOperationException.class);
    Account unused =
        map.compute(
            soon(),
            "a",
            old -> {
              List<Long> bookings = new ArrayList<>(requireNonNull(old).bookings());
              bookings.add(2L);
              return new Account(old.owner(), bookings);
            });
    assertThat(map.get("a")).isEqualTo(new Account("anna", List.of(1L, 2L)));
  }

  /** F25: a count of 19 to 27 instead of 30, and up to 2 active workers after the last had gone. */
  @Test
  void f25ThirtyOfEverythingAndNobodyActive() throws Exception {
    int workers = 3;
    try (Actors actors = new Actors(ThreadKind.PLATFORM, PATIENCE)) {
      List<Step<?>> steps = new ArrayList<>();
      for (Actor actor : actors.actors(workers, "worker")) {
        int worker = steps.size();
        SharedObjects mine = another();
        steps.add(
            actor.start(() -> {
              SharedMap<String, Long> dict = mine.map("dict", String.class, Long.class);
              SharedList<Integer> values = mine.list("values", Integer.class);
              SharedList<String> list = mine.list("list", String.class);
              SharedCounter total = mine.namespace("ns").counter("total");
              SharedCounter active = mine.namespace("ns").counter("active");
              active.increment();
              for (int i = 0; i < 10; i++) {
                Long unused = dict.compute(soon(), "count", old -> old == null ? 1 : old + 1);
                values.add(worker * 100 + i);
                list.add("Worker-" + worker + "-Task-" + i);
                total.increment();
              }
              active.decrement();
            }));
      }
      for (Step<?> step : steps) {
        step.result();
      }
    }
    assertThat(objects.map("dict", String.class, Long.class).get("count")).isEqualTo(30);
    assertThat(objects.list("values", Integer.class).size()).isEqualTo(30);
    assertThat(objects.list("list", String.class).size()).isEqualTo(30);
    assertThat(objects.namespace("ns").counter("total").get()).isEqualTo(30);
    assertThat(objects.namespace("ns").counter("active").get()).isZero();
  }
}
