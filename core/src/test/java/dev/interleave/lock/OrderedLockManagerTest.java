// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.lock.LockHolder.Mode;
import dev.interleave.lock.OrderedLockManager.OutOfOrder;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import dev.interleave.testing.contract.Waiting;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop"}) // who fails fails the test
class OrderedLockManagerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(20);

  private final OrderedLockManager<Integer> locks =
      OrderedLockManager.<Integer>builder().name("accounts").recordOneIn(1).build();

  @AfterEach
  void nothingIsLeft() {
    assertThat(locks.stats().keys()).isZero();
    assertThat(locks.isUnused()).isTrue();
  }

  private boolean isFree(int key) {
    return locks.holders(key).isEmpty();
  }

  // ------------------------------------------------------------------ many keys

  @Test
  void keysAreHeldWhileTheGuardIsOpen() {
    try (var g = locks.acquire(List.of(3, 1, 2))) {
      assertThat(locks.heldKeys()).containsExactly(1, 2, 3);
      assertThat(locks.stats().keys()).isEqualTo(3);
    }
    assertThat(locks.heldKeys()).isEmpty();
  }

  @Test
  void duplicatesAreDropped() {
    try (var g = locks.acquire(List.of(5, 1000, 5, 1000, 5))) {
      assertThat(locks.heldKeys()).containsExactly(5, 1000);
      assertThat(locks.holders(5)).singleElement().extracting(LockHolder::holds).isEqualTo(1L);
    }
  }

  @Test
  void twoEqualKeysAreOne() {
    try (var g = locks.acquire(List.of(1000, Integer.parseInt("1000")))) {
      assertThat(locks.heldKeys()).containsExactly(1000);
    }
  }

  @Test
  void noKeysAtAllAreFine() throws Exception {
    locks.acquire(List.of()).close();
    locks.acquire(Set.of(), Deadline.after(Duration.ZERO)).close();
    locks.acquire(Map.of()).close();
  }

  @Test
  @SuppressWarnings("NullAway") // that is the test
  void nullsAreRefusedAndNothingIsHeld() {
    assertThatNullPointerException().isThrownBy(() -> locks.acquire(Arrays.asList(1, null)));
    assertThatNullPointerException().isThrownBy(() -> locks.acquire(List.of(1), null));
    assertThatNullPointerException().isThrownBy(() -> locks.lock(null));
    assertThatNullPointerException().isThrownBy(() -> locks.readWriteLock(null));
    assertThatNullPointerException().isThrownBy(() -> locks.holders(null));
    Map<Integer, Mode> noMode = new HashMap<>();
    noMode.put(1, null);
    assertThatNullPointerException()
        .isThrownBy(() -> locks.acquire(noMode))
        .withMessageContaining("mode of 1");
  }

  @Test
  void theGuardIsIdempotent() {
    Guard outer = locks.acquire(List.of(1));
    Guard inner = locks.acquire(List.of(1));
    inner.close();
    inner.close();
    assertThat(locks.heldKeys()).containsExactly(1);
    outer.close();
  }

  @ParameterizedTest
  @EnumSource
  void theGuardBelongsToItsThread(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor owner = actors.actor("owner");
      Actor thief = actors.actor("thief");
      Guard guard = owner.call(() -> locks.acquire(List.of(1, 2)));
      assertThat(thief.start(guard::close).failure(IllegalMonitorStateException.class))
          .hasMessageContainingAll("\"thief\"", "\"owner\"", "accounts");
      assertThat(isFree(1)).isFalse();
      owner.run(guard::close);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoUnlocksWhatAnotherHoldsIsToldBothNames(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor owner = actors.actor("owner");
      Lock lock = locks.lock(1);
      owner.run(lock::lock);
      assertThat(
              actors.actor("thief").start(lock::unlock).failure(IllegalMonitorStateException.class))
          .hasMessageContainingAll("\"thief\"", "\"owner\"", "accounts[1]");
      owner.run(lock::unlock);
    }
  }

  @Test
  void aKeyReleasedBehindTheGuardsBackIsToldAndTheOthersAreReleased() {
    Guard guard = locks.acquire(List.of(1, 2, 3));
    locks.lock(2).unlock();
    assertThatExceptionOfType(IllegalMonitorStateException.class)
        .isThrownBy(guard::close)
        .withMessageContaining("accounts[2]");
    assertThatCode(guard::close).doesNotThrowAnyException();
  }

  @Test
  void guardsMayBeClosedInAnyOrder() {
    Guard one = locks.acquire(List.of(1, 2));
    Guard two = locks.acquire(List.of(2, 3));
    one.close();
    assertThat(locks.heldKeys()).containsExactly(2, 3);
    two.close();
  }

  /** Whoever waits for the smallest gets in when all are free: the largest was released first. */
  @ParameterizedTest
  @EnumSource
  void releasedInReverse(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor owner = actors.actor("owner");
      Guard guard = owner.call(() -> locks.acquire(List.of(1, 2, 3)));
      Step<Boolean> waiting =
          actors
              .actor("waiter")
              .startCall(() -> {
                locks.lock(1).lock();
                boolean othersFree = isFree(2) && isFree(3);
                locks.lock(1).unlock();
                return othersFree;
              });
      waiting.awaitBlocked();
      owner.run(guard::close);
      assertThat(waiting.result()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void disjointKeysDoNotMeet(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE);
        var g = locks.acquire(List.of(1, 3))) {
      actors.actor("other").run(() -> locks.acquire(List.of(0, 2, 4)).close());
    }
  }

  // ------------------------------------------------------------------ all or none

  @ParameterizedTest
  @EnumSource
  void aTimeoutGivesBackAllAndNamesKeyAndHolder(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor owner = actors.actor("owner");
      Guard guard = owner.call(() -> locks.acquire(List.of(2)));
      LockTimeoutException e =
          actors
              .actor("waiter")
              .start(() -> locks.acquire(List.of(3, 2, 1), Deadline.after(SHORT)))
              .failure(LockTimeoutException.class);
      assertThat(e)
          .hasMessageContainingAll("accounts[2]", "WRITE by", "\"owner\"", "Timed out after PT");
      assertThat(e.holders()).singleElement().extracting(LockHolder::threadName).isEqualTo("owner");
      assertThat(isFree(1)).isTrue();
      assertThat(locks.stats().timeouts()).isOne();
      owner.run(guard::close);
    }
  }

  /**
   * The first of two keys is released when half of the time is over: with a time for each of them
   * it would take one and a half times as long, however often one tries. A thread may be late once.
   */
  @ParameterizedTest
  @EnumSource
  void theDeadlineIsForAllKeysTogether(ThreadKind kind) throws Exception {
    Duration time = Duration.ofMillis(200);
    List<Duration> all = new ArrayList<>();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor owner = actors.actor("owner");
      Actor waiter = actors.actor("waiter");
      do {
        Guard first = owner.call(() -> locks.acquire(List.of(1)));
        Guard second = owner.call(() -> locks.acquire(List.of(2)));
        long start = System.nanoTime();
        Deadline half = Deadline.after(time.dividedBy(2));
        Step<Duration> waiting =
            waiter.startCall(() -> {
              assertThatExceptionOfType(LockTimeoutException.class)
                  .isThrownBy(() -> locks.acquire(List.of(1, 2), Deadline.after(time)));
              return Duration.ofNanos(System.nanoTime() - start);
            });
        Waiting.until(half::isExpired, PATIENCE, locks::toString);
        owner.run(first::close);
        all.add(waiting.result());
        assertThat(isFree(1)).isTrue();
        owner.run(second::close);
      } while (all.getLast().compareTo(time.multipliedBy(3).dividedBy(2)) >= 0 && all.size() < 20);
    }
    assertThat(all).allSatisfy(one -> assertThat(one).isGreaterThanOrEqualTo(time));
    assertThat(all).anySatisfy(one -> assertThat(one).isLessThan(Duration.ofMillis(300)));
  }

  @Test
  void withADeadlineThatHasPassedFreeKeysAreAcquired() throws Exception {
    try (var g = locks.acquire(List.of(1, 2), Deadline.after(Duration.ZERO))) {
      assertThat(locks.heldKeys()).containsExactly(1, 2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anInterruptGivesBackAll(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor owner = actors.actor("owner");
      Actor waiter = actors.actor("waiter");
      Guard guard = owner.call(() -> locks.acquire(List.of(2)));
      for (Deadline deadline : List.of(Deadline.none(), Deadline.after(PATIENCE))) {
        Step<?> waiting = waiter.start(() -> locks.acquire(List.of(3, 2, 1), deadline));
        waiting.awaitBlocked();
        assertThat(isFree(1)).isFalse();
        waiter.interrupt();
        waiting.failure(InterruptedException.class);
        assertThat(isFree(1)).isTrue();
      }
      assertThat(locks.stats().interrupts()).isEqualTo(2);
      owner.run(guard::close);
    }
  }

  @ParameterizedTest
  @EnumSource
  void acquireWithoutDeadlineKeepsTheInterruptForLater(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor owner = actors.actor("owner");
      Actor waiter = actors.actor("waiter");
      Guard guard = owner.call(() -> locks.acquire(List.of(2)));
      Step<?> waiting = waiter.start(() -> locks.acquire(List.of(1, 2)).close());
      waiting.awaitBlocked();
      waiter.interrupt();
      owner.run(guard::close);
      assertThat(waiting.endedInterrupted()).isTrue();
    }
  }

  @Test
  void whatTheComparatorThrowsLeavesNothingHeld() {
    OrderedLockManager<Integer> picky =
        OrderedLockManager.ordered((a, b) -> {
          if (a == 3 || b == 3) {
            throw new UnsupportedOperationException("3");
          }
          return Integer.compare(a, b);
        });
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> picky.acquire(List.of(1, 2, 3)));
    assertThat(picky.isUnused()).isTrue();
    try (var g = picky.acquire(List.of(1))) {
      assertThatExceptionOfType(UnsupportedOperationException.class)
          .isThrownBy(() -> picky.lock(3).lock());
      assertThat(picky.heldKeys()).containsExactly(1);
    }
    assertThat(picky.isUnused()).isTrue();
  }

  /** A key whose {@code equals} fails once others are looked up. */
  private record Grumpy(int n) implements Comparable<Grumpy> {
    @Override
    public boolean equals(Object o) {
      if (n == 9) {
        throw new IllegalStateException("grumpy");
      }
      return o instanceof Grumpy other && other.n == n;
    }

    @Override
    public int hashCode() {
      return 1;
    }

    @Override
    public int compareTo(Grumpy other) {
      return Integer.compare(n, other.n);
    }
  }

  @Test
  void whatEqualsThrowsInTheMiddleGivesBackAll() {
    OrderedLockManager<Grumpy> grumpy = OrderedLockManager.natural();
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> grumpy.acquire(List.of(new Grumpy(1), new Grumpy(9))))
        .withMessage("grumpy");
    assertThat(grumpy.isUnused()).isTrue();
  }

  // ------------------------------------------------------------------ nesting and order

  @Test
  void whatIsHeldIsHadAgainWhateverElseIsHeld() throws Exception {
    try (var g = locks.acquire(List.of(1, 5))) {
      locks.lock(1).lock();
      try (var h = locks.acquire(List.of(1, 5, 6), Deadline.none())) {
        assertThat(locks.heldKeys()).containsExactly(1, 5, 6);
      }
      assertThat(locks.lock(1).tryLock(1, TimeUnit.NANOSECONDS)).isTrue();
      locks.lock(1).unlock();
      locks.lock(1).unlock();
      assertThat(locks.heldKeys()).containsExactly(1, 5);
    }
  }

  private Guard holdSeven() {
    return locks.acquire(List.of(7));
  }

  @Test
  void aSmallerKeyIsRefusedWithBothSites() {
    try (var g = holdSeven()) {
      assertThatExceptionOfType(LockOrderException.class)
          .isThrownBy(() -> locks.acquire(List.of(3, 8)))
          .satisfies(e -> {
            assertThat(e)
                .hasMessageContainingAll(
                    "accounts[3]",
                    "accounts[7]",
                    "OrderedLockManagerTest.holdSeven(OrderedLockManagerTest.java:",
                    "OrderedLockManagerTest.lambda$");
            assertThat(e.held()).isEqualTo("accounts[7]");
            assertThat(e.wanted()).isEqualTo("accounts[3]");
            assertThat(Objects.requireNonNull(e.getCause()).getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("holdSeven"));
          });
      assertThat(locks.heldKeys()).containsExactly(7);
      assertThat(locks.stats().outOfOrder()).isOne();
    }
  }

  @Test
  void everyFormThatMayWaitIsChecked() {
    Lock smaller = locks.lock(3);
    try (var g = holdSeven()) {
      for (ThrowingCallable form :
          List.<ThrowingCallable>of(
              smaller::lock,
              smaller::lockInterruptibly,
              () -> smaller.tryLock(1, TimeUnit.DAYS),
              () -> locks.readWriteLock(3).readLock().lock(),
              () -> locks.acquire(List.of(3)),
              () -> locks.acquire(Map.of(3, Mode.READ)),
              () -> locks.acquire(List.of(3), Deadline.after(Duration.ZERO)))) {
        assertThatExceptionOfType(LockOrderException.class).isThrownBy(form);
      }
      assertThat(locks.heldKeys()).containsExactly(7);
    }
  }

  @Test
  void tryLockNeverWaitsAndMayComeInAnyOrder() {
    Lock smaller = locks.lock(3);
    try (var g = holdSeven()) {
      assertThat(smaller.tryLock()).isTrue();
      assertThat(locks.heldKeys()).containsExactly(3, 7);
      assertThatExceptionOfType(LockOrderException.class)
          .isThrownBy(() -> locks.lock(5).lock()); // larger than the last, but not the largest
      try (var h = locks.acquire(List.of(8))) {
        assertThat(locks.heldKeys()).containsExactly(3, 7, 8);
      }
      smaller.unlock();
    }
  }

  @Test
  void afterALargerKeyIsReleasedASmallerOneIsFine() {
    Guard seven = holdSeven();
    try (var nine = locks.acquire(List.of(9))) {
      assertThat(locks.heldKeys()).containsExactly(7, 9);
    }
    try (var eight = locks.acquire(List.of(8))) {
      seven.close();
      assertThatExceptionOfType(LockOrderException.class).isThrownBy(() -> locks.lock(7).lock());
    }
    locks.acquire(List.of(7)).close();
  }

  @Test
  void anotherManagerAndAnotherThreadAreNoMatter() throws Exception {
    OrderedLockManager<Integer> other = OrderedLockManager.natural();
    try (Actors actors = new Actors(ThreadKind.VIRTUAL, PATIENCE);
        var g = holdSeven()) {
      other.acquire(List.of(3)).close();
      actors.actor("other").run(() -> locks.acquire(List.of(3)).close());
    }
  }

  @Test
  void reportedItGoesOn() {
    List<LockOrderException> told = new ArrayList<>();
    OrderedLockManager<Integer> lenient =
        OrderedLockManager.<Integer>builder()
            .outOfOrder(OutOfOrder.REPORT)
            .listener(told::add)
            .build();
    try (var g = lenient.acquire(List.of(7))) {
      try (var h = lenient.acquire(List.of(3, 4))) {
        assertThat(lenient.heldKeys()).containsExactly(3, 4, 7);
        assertThat(told).singleElement().extracting(LockOrderException::wanted).isNotNull();
      }
      lenient.lock(5).lock();
      lenient.lock(5).unlock();
    }
    assertThat(told).hasSize(2);
    assertThat(lenient.isUnused()).isTrue();
  }

  @Test
  void whatTheListenerThrowsTheAcquisitionThrows() {
    OrderedLockManager<Integer> strict =
        OrderedLockManager.<Integer>builder()
            .outOfOrder(OutOfOrder.REPORT)
            .listener(e -> {
              throw new UnsupportedOperationException(e);
            })
            .build();
    try (var g = strict.acquire(List.of(7))) {
      assertThatExceptionOfType(UnsupportedOperationException.class)
          .isThrownBy(() -> strict.acquire(List.of(3)));
      assertThat(strict.heldKeys()).containsExactly(7);
    }
    assertThat(strict.isUnused()).isTrue();
  }

  /** The place is missed once; then it is recorded for a while. */
  @Test
  void theSecondTimeTheSiteIsKnown() {
    OrderedLockManager<Integer> rare =
        OrderedLockManager.<Integer>builder().recordOneIn(Integer.MAX_VALUE).build();
    try (var g = rare.acquire(List.of(7))) {
      assertThatExceptionOfType(LockOrderException.class)
          .isThrownBy(() -> rare.lock(3).lock())
          .withMessageContaining("a place that was not recorded")
          .withNoCause();
    }
    try (var g = rare.acquire(List.of(7))) {
      assertThatExceptionOfType(LockOrderException.class)
          .isThrownBy(() -> rare.lock(3).lock())
          .withMessageContaining("acquired at " + getClass().getName() + ".theSecondTime");
    }
  }

  // ------------------------------------------------------------------ comparators and keys

  @Test
  void differentKeysThatCompareAsEqualAreRefused() {
    OrderedLockManager<String> names = OrderedLockManager.ordered(String.CASE_INSENSITIVE_ORDER);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> names.acquire(List.of("a", "B", "A")))
        .withMessageContainingAll("a and A", "compare as 0");
    try (var g = names.acquire(List.of("a", "b"))) {
      assertThatExceptionOfType(LockOrderException.class)
          .isThrownBy(() -> names.lock("B").lock())
          .withMessageContaining("does not say which comes first");
      names.lock("b").lock();
      names.lock("b").unlock();
    }
    assertThat(names.isUnused()).isTrue();
  }

  @Test
  void keysAreThoseOfEqualsNotOfTheOrder() {
    OrderedLockManager<BigDecimal> amounts = OrderedLockManager.natural();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> amounts.acquire(List.of(new BigDecimal("1.0"), new BigDecimal("1.00"))));
    assertThat(amounts.isUnused()).isTrue();
  }

  /** A comparator that says of equal keys that one comes first must not make a thread hang. */
  @Test
  void equalKeysWithAnOrderAreStillOne() {
    OrderedLockManager<Integer> odd = OrderedLockManager.ordered((unused, unusedToo) -> -1);
    try (var g = odd.acquire(List.of(1))) {
      odd.lock(1).lock();
      odd.lock(1).unlock();
      assertThat(odd.heldKeys()).containsExactly(1);
    }
    assertThat(odd.isUnused()).isTrue();
  }

  /** A key that can change, as none should. */
  private static final class Mutable implements Comparable<Mutable> {
    int value;

    Mutable(int value) {
      this.value = value;
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof Mutable other && other.value == value;
    }

    @Override
    public int hashCode() {
      return value;
    }

    @Override
    public int compareTo(Mutable other) {
      return Integer.compare(value, other.value);
    }
  }

  @Test
  void aKeyThatChangesLeavesNothingBehind() {
    OrderedLockManager<Mutable> mutable = OrderedLockManager.natural();
    Mutable key = new Mutable(1);
    Mutable larger = new Mutable(9);
    try (var g = mutable.acquire(List.of(key, larger))) {
      key.value = 2;
    }
    assertThat(mutable.isUnused()).isTrue();

    Lock lock = mutable.lock(key);
    lock.lock();
    try (var above = mutable.acquire(List.of(larger))) {
      key.value = 3;
      lock.unlock(); // it is not the largest, so it is looked up
    }
    assertThat(mutable.isUnused()).isTrue();
  }

  /** An entry has the key of who made it, which another may still hold by its own. */
  @ParameterizedTest
  @EnumSource
  void aKeyThatAnotherHasChangedIsReleasedByOnesOwn(ThreadKind kind) throws Exception {
    OrderedLockManager<Mutable> mutable = OrderedLockManager.natural();
    Mutable first = new Mutable(1);
    Mutable mine = new Mutable(1);
    Lock lock = mutable.lock(mine);
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor maker = actors.actor("maker");
      Guard guard = maker.call(() -> mutable.acquire(List.of(first)));
      Actor owner = actors.actor("owner");
      Step<?> waiting = owner.start(lock::lock);
      waiting.awaitBlocked();
      maker.run(guard::close);
      waiting.result();
      first.value = 2;
      Actor third = actors.actor("third");
      Guard another = third.call(() -> mutable.acquire(List.of(new Mutable(1))));
      Guard above = owner.call(() -> mutable.acquire(List.of(new Mutable(9))));
      assertThat(owner.call(mutable::heldKeys)).contains(mine);
      owner.run(lock::unlock); // it is not the largest, so it is looked up
      assertThat(mutable.holders(new Mutable(1)))
          .singleElement()
          .extracting(LockHolder::thread)
          .isEqualTo(third.thread());
      owner.run(above::close);
      third.run(another::close);
    }
    assertThat(mutable.isUnused()).isTrue();
  }

  /** One that its holder has changed, though the entry has the key of another. */
  @ParameterizedTest
  @EnumSource
  void onesOwnKeyThatChangedIsReleasedFromTheEntryOfAnother(ThreadKind kind) throws Exception {
    OrderedLockManager<Mutable> mutable = OrderedLockManager.natural();
    Mutable mine = new Mutable(1);
    Lock lock = mutable.lock(mine);
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor maker = actors.actor("maker");
      Guard guard = maker.call(() -> mutable.acquire(List.of(new Mutable(1))));
      Actor owner = actors.actor("owner");
      Step<?> waiting = owner.start(lock::lock);
      waiting.awaitBlocked();
      maker.run(guard::close);
      waiting.result();
      Guard above = owner.call(() -> mutable.acquire(List.of(new Mutable(9))));
      mine.value = 3;
      owner.run(lock::unlock);
      owner.run(above::close);
    }
    assertThat(mutable.isUnused()).isTrue();
  }

  @Test
  void anyOrderWillDo() {
    OrderedLockManager<Integer> down = OrderedLockManager.ordered(Comparator.reverseOrder());
    try (var g = down.acquire(List.of(1, 3, 2))) {
      assertThat(down.heldKeys()).containsExactly(3, 2, 1);
      assertThatExceptionOfType(LockOrderException.class).isThrownBy(() -> down.lock(4).lock());
      down.acquire(List.of(0)).close();
    }
  }

  @Test
  void aHundredThousandKeysAtOnce() {
    List<Integer> many = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      many.add(i * 31 % 100_000);
    }
    try (var g = locks.acquire(many)) {
      assertThat(locks.stats().keys()).isEqualTo(100_000);
    }
  }

  // ------------------------------------------------------------------ reading and writing

  @ParameterizedTest
  @EnumSource
  void readersShareAndWritersDoNot(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor one = actors.actor("one");
      Guard reads = one.call(() -> locks.acquire(Map.of(1, Mode.READ, 2, Mode.WRITE)));
      Actor two = actors.actor("two");
      two.run(() -> locks.acquire(Map.of(1, Mode.READ)).close());
      assertThat(
              two.start(() -> locks.acquire(Map.of(1, Mode.WRITE), Deadline.after(SHORT)))
                  .failure(LockTimeoutException.class))
          .hasMessageContainingAll("write accounts[1]", "READ by", "\"one\"");
      two.start(() -> locks.acquire(Map.of(2, Mode.READ), Deadline.after(SHORT)))
          .failure(LockTimeoutException.class);
      one.run(reads::close);
    }
  }

  @Test
  void upgradesAreRefusedBeforeAnythingIsAcquired() {
    try (var g = locks.acquire(Map.of(5, Mode.READ))) {
      assertThatExceptionOfType(LockUpgradeException.class)
          .isThrownBy(() -> locks.acquire(List.of(5, 6)))
          .withMessageContaining("accounts[5]");
      assertThat(locks.heldKeys()).containsExactly(5);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theWriterMayGoOnReading(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor owner = actors.actor("owner");
      Guard write = owner.call(() -> locks.acquire(Map.of(1, Mode.WRITE)));
      Guard read = owner.call(() -> locks.acquire(Map.of(1, Mode.READ)));
      Step<?> reader =
          actors.actor("reader").start(() -> locks.acquire(Map.of(1, Mode.READ)).close());
      reader.awaitBlocked();
      owner.run(write::close);
      reader.result();
      assertThat(locks.holders(1))
          .singleElement()
          .extracting(LockHolder::mode)
          .isEqualTo(Mode.READ);
      owner.run(read::close);
    }
  }

  @Test
  void bothSidesOfOneKeyAreOneLock() {
    ReadWriteLock one = locks.readWriteLock(1);
    one.writeLock().lock();
    assertThatExceptionOfType(IllegalMonitorStateException.class)
        .isThrownBy(() -> one.readLock().unlock());
    locks.lock(1).unlock();
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> one.readLock().newCondition())
        .withMessageContaining("accounts[1]");
  }

  // ------------------------------------------------------------------ conditions

  /** While all wait for the condition, nobody holds the key, and it has no entry. */
  @ParameterizedTest
  @EnumSource
  void theEntryVanishesWhileItsConditionIsAwaited(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Lock lock = locks.lock(1);
      Condition changed = lock.newCondition();
      Actor waiter = actors.actor("waiter");
      Step<?> waiting =
          waiter.start(() -> {
            try (var g = locks.acquire(List.of(0, 1))) {
              locks.lock(1).lock(); // held twice
              changed.await();
              assertThat(locks.heldKeys()).containsExactly(0, 1);
              locks.lock(1).unlock();
            }
          });
      waiting.awaitBlocked();
      assertThat(locks.stats().keys()).isOne();
      assertThat(isFree(1)).isTrue();
      lock.lock();
      changed.signal();
      lock.unlock();
      waiting.result();
    }
  }

  @Test
  void awaitingWithALargerKeyHeldIsOutOfOrder() {
    Lock lock = locks.lock(1);
    Condition changed = lock.newCondition();
    try (var g = locks.acquire(List.of(1, 2))) {
      assertThatExceptionOfType(LockOrderException.class)
          .isThrownBy(() -> {
            boolean unused = changed.await(1, TimeUnit.DAYS);
          });
      assertThat(locks.heldKeys()).containsExactly(1, 2);
    }
  }

  // ------------------------------------------------------------------ builder and reports

  @Test
  @SuppressWarnings("NullAway") // that is the test
  void allThatIsWrongIsToldAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            OrderedLockManager.<Integer>builder()
                .name(" ")
                .outOfOrder(OutOfOrder.REPORT)
                .recordOneIn(-1)
                .build())
        .withMessageContainingAll("name is blank: \" \"", "REPORT", "recordOneIn is negative: -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            OrderedLockManager.<Integer>builder()
                .name(null)
                .outOfOrder(null)
                .listener(null)
                .build())
        .withMessageContainingAll("name is null", "outOfOrder is null", "listener is null");
    assertThatNullPointerException().isThrownBy(() -> OrderedLockManager.ordered(null));
  }

  @Test
  void allCanBeSeen() {
    assertThat(OrderedLockManager.natural().name()).startsWith("ordered-");
    assertThat(locks).hasToString("OrderedLockManager[accounts, 0 keys in use]");
    assertThat(locks.lock(1)).hasToString("lock of accounts[1], free");
    try (var g = locks.acquire(List.of(1, 2))) {
      assertThat(locks).hasToString("OrderedLockManager[accounts, 2 keys in use]");
      assertThat(locks.lock(1).toString())
          .contains("accounts[1], held for [WRITE by", Thread.currentThread().getName());
      assertThat(locks.stats().waits()).isZero();
    }
  }
}
