// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.interleave.lock.LockHolder.Mode;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The table of the keys in use, by itself. */
class KeyTableTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final KeyTable<String> table = new KeyTable<>();

  /** An entry of the calling thread. */
  private static <K> KeyLock<K> entry(KeyTable<K> table, K key, int hash) {
    KeyLock<K> entry = new KeyLock<>(key, hash, table.mutexOf(hash));
    entry.heldBy(new KeyHold<>(new HeldKeys<>(Thread.currentThread()), entry), Mode.WRITE);
    return entry;
  }

  /** A new entry of the calling thread, put in. */
  private static <K> KeyLock<K> put(KeyTable<K> table, K key, int hash) {
    KeyLock<K> entry = entry(table, key, hash);
    assertThat(table.putOrJoin(entry)).isSameAs(entry);
    return entry;
  }

  private static <K> void takeOut(KeyTable<K> table, KeyLock<K> entry) {
    if (!table.takeOutAlone(entry)) {
      entry.leave(table);
    }
  }

  private List<KeyLock<String>> put(int count, IntUnaryOperator hash) {
    List<KeyLock<String>> entries = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      entries.add(put(table, "key-" + n, hash.applyAsInt(n)));
    }
    return entries;
  }

  @Test
  void whoIsAloneTakesItsEntryOut() {
    KeyLock<String> entry = put(1, n -> n).getFirst();
    assertThat(table.size()).isOne();
    assertThat(table.get("key-0", 0)).isSameAs(entry);
    assertThat(table.get("key-0", 1)).isNull();
    assertThat(table.get("another", 0)).isNull();
    assertThat(table.takeOutAlone(entry)).isTrue();
    assertThat(table.size()).isZero();
    assertThat(table.get("key-0", 0)).isNull();
  }

  @Test
  void theLastOfSeveralTakesItOut() {
    KeyLock<String> entry = put(1, n -> n).getFirst();
    assertThat(table.putOrJoin(entry(table, "key-0", 0))).isSameAs(entry);
    assertThat(table.putOrJoin(entry(table, "key-0", 0))).isSameAs(entry);
    assertThat(table.size()).isOne();
    assertThat(table.takeOutAlone(entry)).isFalse();
    entry.leave(table);
    entry.leave(table);
    assertThat(table.get("key-0", 0)).isSameAs(entry);
    entry.leave(table);
    assertThat(table.get("key-0", 0)).isNull();
    assertThat(table.size()).isZero();
  }

  /** Whatever the order in which they go, those left are found. */
  @Test
  void keysOfOneHashCodeDoNotPushEachOtherOut() {
    List<KeyLock<String>> entries = put(40, n -> 7);
    int bins = table.bins();
    Collections.shuffle(entries, new Random(1));
    while (!entries.isEmpty()) {
      assertThat(table.size()).isEqualTo(entries.size());
      for (KeyLock<String> entry : entries) {
        assertThat(table.get(entry.key, 7)).isSameAs(entry);
      }
      KeyLock<String> gone = entries.removeLast();
      takeOut(table, gone);
      assertThat(table.get(gone.key, 7)).isNull();
    }
    assertThat(table.size()).isZero();
    assertThat(table.bins()).as("more bins would not help").isEqualTo(bins);
  }

  @Test
  void growsWithWhatIsInIt() {
    int before = table.bins();
    List<KeyLock<String>> entries = put(50_000, n -> n * 31);
    assertThat(table.bins()).isGreaterThan(before).isBetween(1 << 13, 1 << 17);
    assertThat(table.size()).isEqualTo(entries.size());
    for (KeyLock<String> entry : entries) {
      assertThat(table.get(entry.key, entry.hash)).isSameAs(entry);
    }
    Collections.shuffle(entries, new Random(1));
    entries.forEach(entry -> takeOut(table, entry));
    assertThat(table.size()).isZero();
  }

  /** Hash codes that are all in one bin if they are multiplied by a number that is known. */
  @Test
  void chosenHashCodesAreSpread() {
    int inverse = BigInteger.valueOf(0x9E3779B9L).modInverse(BigInteger.TWO.pow(32)).intValue();
    long bins = IntStream.range(0, 1_000).map(n -> table.binOf(n * inverse)).distinct().count();
    assertThat(bins).isGreaterThan(table.bins() / 4);
    bins = IntStream.range(0, 1_000).map(n -> table.binOf(n << 22)).distinct().count();
    assertThat(bins).isGreaterThan(table.bins() / 4);
  }

  /** Many keys of one hash code, once, must not keep the table small for ever. */
  @Test
  void growsAfterABurstOfOneHashCode() {
    put(1_000, n -> 7).forEach(entry -> takeOut(table, entry));
    assertThat(table.size()).isZero();
    put(50_000, n -> n * 31);
    assertThat(table.bins()).isBetween(1 << 13, 1 << 17);
  }

  /** Keys that are the same to the table come and go while others make it grow. */
  @Test
  void nothingIsLostWhileItGrows() throws Exception {
    int rounds = 20;
    int keys = 2_000;
    for (int round = 0; round < rounds; round++) {
      KeyTable<String> growing = new KeyTable<>();
      try (Actors actors = new Actors(ThreadKind.PLATFORM, PATIENCE)) {
        var one = actors.actor("one").start(() -> comeAndGo(growing, "one", keys));
        var other = actors.actor("other").start(() -> comeAndGo(growing, "other", keys));
        one.result();
        other.result();
      }
      assertThat(growing.size()).isZero();
      assertThat(growing.bins()).isGreaterThan(256);
    }
  }

  @SuppressWarnings("ReferenceEquality") // this one, or another
  private static void comeAndGo(KeyTable<String> table, String name, int keys) {
    List<KeyLock<String>> stay = new ArrayList<>();
    for (int n = 0; n < keys; n++) {
      stay.add(put(table, name + n, n));
      KeyLock<String> passing = entry(table, name, 12345);
      // Or the one before, which has been left, and stays while the other thread compares its key.
      KeyLock<String> there = table.putOrJoin(passing);
      assertThat(there.isOf(name)).isTrue();
      assertThat(table.get(name, 12345)).isSameAs(there);
      if (there == passing) {
        takeOut(table, passing);
      } else {
        there.leave(table);
      }
    }
    stay.forEach(lock -> takeOut(table, lock));
  }

  /** Keys are compared without a lock: what they do there keeps nobody from its own. */
  @Test
  void keysAreComparedWithNoLockHeld() {
    KeyTable<Watching> watched = new KeyTable<>();
    ReentrantLock mutex = watched.mutexOf(7);
    List<Boolean> held = new ArrayList<>();
    for (int n = 0; n < 3; n++) {
      Watching key = new Watching(n, mutex, held);
      watched.putOrJoin(new KeyLock<>(key, 7, mutex));
      assertThat(watched.get(new Watching(n, mutex, held), 7)).isNotNull();
    }
    assertThat(held).isNotEmpty().containsOnly(false);
  }

  /** While it compares, others come and go in the same bin; it does not compare again for that. */
  @Test
  void whoComparesSlowlyIsNotHeldUpByOthersOfItsBin() {
    KeyTable<Comparing> compared = new KeyTable<>();
    int beside =
        IntStream.range(8, Integer.MAX_VALUE)
            .filter(hash -> compared.binOf(hash) == compared.binOf(7))
            .findFirst()
            .orElseThrow();
    List<Integer> seen = new ArrayList<>();
    KeyLock<Comparing> other = put(compared, new Comparing(1, seen, () -> {}), 7);
    Comparing key =
        new Comparing(
            2,
            seen,
            () -> {
              put(compared, new Comparing(3, seen, () -> {}), beside).leave(compared);
            });
    KeyLock<Comparing> mine = put(compared, key, 7);
    assertThat(seen).containsExactly(1);
    mine.leave(compared);
    other.leave(compared);
    assertThat(compared.size()).isZero();
  }

  /** Keys of the same hash code come meanwhile: only those that are new are compared. */
  @Test
  void whoComparesSlowlyComparesEachOtherKeyOnce() {
    KeyTable<Comparing> compared = new KeyTable<>();
    List<Integer> seen = new ArrayList<>();
    KeyLock<Comparing> first = put(compared, new Comparing(1, seen, () -> {}), 7);
    KeyLock<Comparing> second = entry(compared, new Comparing(2, new ArrayList<>(), () -> {}), 7);
    Comparing key =
        new Comparing(
            3,
            seen,
            () -> {
              if (compared.size() == 1) {
                assertThat(compared.putOrJoin(second)).isSameAs(second);
              }
            });
    KeyLock<Comparing> mine = put(compared, key, 7);
    assertThat(seen).containsExactly(1, 2);
    List.of(mine, second, first).forEach(lock -> lock.leave(compared));
    assertThat(compared.size()).isZero();
  }

  /** The equal key is released while it is compared: its entry stays, and is joined. */
  @Test
  void anEntryDoesNotLeaveWhileItIsCompared() {
    KeyTable<Comparing> compared = new KeyTable<>();
    List<Integer> seen = new ArrayList<>();
    KeyLock<Comparing> held = put(compared, new Comparing(1, seen, () -> {}), 7);
    Comparing key =
        new Comparing(
            1,
            seen,
            () -> {
              assertThat(compared.takeOutAlone(held)).isFalse();
              held.leave(compared);
            });
    assertThat(compared.putOrJoin(entry(compared, key, 7))).isSameAs(held);
    assertThat(seen).containsExactly(1);
    held.leave(compared);
    assertThat(compared.size()).isZero();
  }

  /** What is thrown in the midst of it leaves nothing counted. */
  @Test
  void whoseEqualsThrowsLeavesNothingBehind() {
    KeyTable<Comparing> compared = new KeyTable<>();
    List<Integer> seen = new ArrayList<>();
    KeyLock<Comparing> held = put(compared, new Comparing(1, seen, () -> {}), 7);
    Comparing key =
        new Comparing(
            2,
            seen,
            () -> {
              throw new IllegalStateException("not to be compared");
            });
    assertThatIllegalStateException().isThrownBy(() -> compared.putOrJoin(entry(compared, key, 7)));
    held.leave(compared);
    assertThat(compared.size()).isZero();
  }

  /**
   * Threads that do nothing but put in new keys of its hash code, and compare as fast as the one
   * that comes: one comparison of each at a time.
   */
  @Test
  void aStreamOfKeysOfItsHashCodeHoldsItUpForSoManyOnly() throws Exception {
    KeyTable<Comparing> compared = new KeyTable<>();
    int streams = 4;
    Phaser pace = new Phaser(1 + streams);
    AtomicInteger keys = new AtomicInteger();
    AtomicBoolean through = new AtomicBoolean();
    List<KeyLock<Comparing>> before = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      before.add(put(compared, next(keys, new ArrayList<>(), () -> {}), 7));
    }
    List<Integer> seen = new ArrayList<>();
    try (Actors actors = new Actors(ThreadKind.PLATFORM, PATIENCE)) {
      List<Step<?>> all = new ArrayList<>();
      for (int i = 0; i < streams; i++) {
        all.add(
            actors
                .actor("stream " + i)
                .start(() -> {
                  while (!through.get()) {
                    Comparing key = next(keys, new ArrayList<>(), pace::arriveAndAwaitAdvance);
                    takeOut(compared, put(compared, key, 7));
                  }
                  pace.arriveAndDeregister();
                }));
      }
      all.add(
          actors
              .actor("comes")
              .start(() -> {
                Comparing key = next(keys, seen, pace::arriveAndAwaitAdvance);
                KeyLock<Comparing> entry = put(compared, key, 7);
                through.set(true);
                pace.arriveAndDeregister();
                takeOut(compared, entry);
              }));
      for (Step<?> each : all) {
        each.result();
      }
    }
    assertThat(seen)
        .doesNotHaveDuplicates()
        .hasSizeBetween(before.size(), before.size() + 2 * streams + 2); // a step may overlap
    before.forEach(entry -> takeOut(compared, entry));
    assertThat(compared.size()).isZero();
  }

  private static Comparing next(AtomicInteger keys, List<Integer> seen, Runnable meanwhile) {
    return new Comparing(keys.incrementAndGet(), seen, meanwhile);
  }

  /** A key that does something whenever it is compared, and writes down with which. */
  @SuppressWarnings("EqualsUnsafeCast") // there are no others
  private static final class Comparing {
    private static final int TOO_OFTEN = 100;

    private final int n;
    private final List<Integer> seen;
    private final Runnable meanwhile;

    Comparing(int n, List<Integer> seen, Runnable meanwhile) {
      this.n = n;
      this.seen = seen;
      this.meanwhile = meanwhile;
    }

    @Override
    public boolean equals(Object o) {
      int other = ((Comparing) o).n;
      seen.add(other);
      assertThat(seen).hasSizeLessThan(TOO_OFTEN);
      meanwhile.run();
      return other == n;
    }

    @Override
    public int hashCode() {
      return n;
    }
  }

  /** A key that sees whether the mutex is held when it is compared. */
  private static final class Watching {
    private final int n;
    private final ReentrantLock mutex;
    private final List<Boolean> held;

    Watching(int n, ReentrantLock mutex, List<Boolean> held) {
      this.n = n;
      this.mutex = mutex;
      this.held = held;
    }

    @Override
    public boolean equals(Object o) {
      held.add(mutex.isLocked());
      return o instanceof Watching other && other.n == n;
    }

    @Override
    public int hashCode() {
      return 7;
    }
  }
}
