// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.interleave.lock.LockHolder.Mode;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ThreadKind;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The table of the keys in use, by itself. */
class KeyTableTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final KeyTable<String> table = new KeyTable<>();
  private final HeldKeys<String> me = new HeldKeys<>(Thread.currentThread());

  private KeyLock<String> entry(int n, IntUnaryOperator hash) {
    int code = hash.applyAsInt(n);
    KeyLock<String> entry = new KeyLock<>("key-" + n, code, table.mutexOf(code));
    entry.heldBy(new KeyHold<>(me, entry), Mode.WRITE);
    return entry;
  }

  private List<KeyLock<String>> put(int count, IntUnaryOperator hash) {
    List<KeyLock<String>> entries = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      KeyLock<String> entry = entry(n, hash);
      assertThat(table.putOrJoin(entry)).isSameAs(entry);
      entries.add(entry);
    }
    return entries;
  }

  private void takeOut(KeyLock<String> entry) {
    if (!table.takeOutAlone(entry)) {
      entry.leave(table);
    }
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
    assertThat(table.putOrJoin(entry(0, n -> n))).isSameAs(entry);
    assertThat(table.putOrJoin(entry(0, n -> n))).isSameAs(entry);
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
      takeOut(gone);
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
    entries.forEach(this::takeOut);
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
    put(1_000, n -> 7).forEach(this::takeOut);
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
    HeldKeys<String> me = new HeldKeys<>(Thread.currentThread());
    List<KeyLock<String>> stay = new ArrayList<>();
    for (int n = 0; n < keys; n++) {
      KeyLock<String> mine = held(table, me, name + n, n);
      assertThat(table.putOrJoin(mine)).isSameAs(mine);
      stay.add(mine);
      KeyLock<String> passing = held(table, me, name, 12345);
      // Or the one before, which has been left, and stays while the other thread compares its key.
      KeyLock<String> there = table.putOrJoin(passing);
      assertThat(there.isOf(name)).isTrue();
      assertThat(table.get(name, 12345)).isSameAs(there);
      if (there == passing) {
        leave(table, passing);
      } else {
        there.leave(table);
      }
    }
    stay.forEach(lock -> leave(table, lock));
  }

  private static KeyLock<String> held(
      KeyTable<String> table, HeldKeys<String> me, String key, int hash) {
    KeyLock<String> lock = new KeyLock<>(key, hash, table.mutexOf(hash));
    lock.heldBy(new KeyHold<>(me, lock), Mode.WRITE);
    return lock;
  }

  private static void leave(KeyTable<String> table, KeyLock<String> lock) {
    if (!table.takeOutAlone(lock)) {
      lock.leave(table);
    }
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
    KeyLock<Comparing> other = entry(compared, new Comparing(1, seen, () -> {}), 7);
    assertThat(compared.putOrJoin(other)).isSameAs(other);
    Comparing key =
        new Comparing(
            2,
            seen,
            () -> {
              KeyLock<Comparing> passing =
                  entry(compared, new Comparing(3, seen, () -> {}), beside);
              assertThat(compared.putOrJoin(passing)).isSameAs(passing);
              passing.leave(compared);
            });
    KeyLock<Comparing> mine = entry(compared, key, 7);
    assertThat(compared.putOrJoin(mine)).isSameAs(mine);
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
    KeyLock<Comparing> first = entry(compared, new Comparing(1, seen, () -> {}), 7);
    KeyLock<Comparing> second = entry(compared, new Comparing(2, new ArrayList<>(), () -> {}), 7);
    assertThat(compared.putOrJoin(first)).isSameAs(first);
    Comparing key =
        new Comparing(
            3,
            seen,
            () -> {
              if (compared.size() == 1) {
                assertThat(compared.putOrJoin(second)).isSameAs(second);
              }
            });
    KeyLock<Comparing> mine = entry(compared, key, 7);
    assertThat(compared.putOrJoin(mine)).isSameAs(mine);
    assertThat(seen).containsExactly(1, 2);
    List.of(mine, second, first).forEach(lock -> lock.leave(compared));
    assertThat(compared.size()).isZero();
  }

  /** The equal key is released while it is compared: its entry stays, and is joined. */
  @Test
  void anEntryDoesNotLeaveWhileItIsCompared() {
    KeyTable<Comparing> compared = new KeyTable<>();
    List<Integer> seen = new ArrayList<>();
    KeyLock<Comparing> held = entry(compared, new Comparing(1, seen, () -> {}), 7);
    assertThat(compared.putOrJoin(held)).isSameAs(held);
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
    KeyLock<Comparing> held = entry(compared, new Comparing(1, seen, () -> {}), 7);
    assertThat(compared.putOrJoin(held)).isSameAs(held);
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

  private static KeyLock<Comparing> entry(KeyTable<Comparing> table, Comparing key, int hash) {
    KeyLock<Comparing> entry = new KeyLock<>(key, hash, table.mutexOf(hash));
    entry.heldBy(new KeyHold<>(new HeldKeys<>(Thread.currentThread()), entry), Mode.WRITE);
    return entry;
  }

  /** A key that does something whenever it is compared, and writes down with which. */
  @SuppressWarnings("EqualsUnsafeCast") // there are no others
  private static final class Comparing {
    private static final int TOO_OFTEN = 10;

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
