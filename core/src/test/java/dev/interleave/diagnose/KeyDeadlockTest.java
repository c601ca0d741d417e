// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.diagnose.DeadlockDetector.OnDeadlock;
import dev.interleave.diagnose.Knot.Part;
import dev.interleave.diagnose.Knot.Take;
import dev.interleave.lock.LockOrderException;
import dev.interleave.lock.OrderedLockManager;
import dev.interleave.lock.WatchedLock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Lock;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Keys are ordered within one manager. Over two of them, or with other locks in between, they can
 * deadlock like all else; then that is found, one thread is the victim, and no key stays behind.
 */
class KeyDeadlockTest {
  private static final int ROUNDS = Boolean.getBoolean("interleave.thorough") ? 1_000 : 25;

  private final OrderedLockManager<String> accounts =
      OrderedLockManager.<String>builder().name("accounts").recordOneIn(1).build();
  private final OrderedLockManager<Integer> orders =
      OrderedLockManager.<Integer>builder().name("orders").build();

  @AfterEach
  void noKeyIsLeft() {
    assertThat(accounts.stats().keys()).isZero();
    assertThat(orders.stats().keys()).isZero();
  }

  static Stream<Arguments> kindsAndPolicies() {
    return Arrays.stream(Knot.Threads.values())
        .flatMap(kinds ->
            Stream.of(OnDeadlock.FAIL_REQUESTER, OnDeadlock.INTERRUPT_VICTIM)
                .map(policy -> Arguments.of(kinds, policy)));
  }

  private static Take taking(Lock lock) {
    return () -> {
      lock.lock();
      return lock::unlock;
    };
  }

  private static Take takingInterruptibly(Lock lock) {
    return () -> {
      lock.lockInterruptibly();
      return lock::unlock;
    };
  }

  private static Take taking(OrderedLockManager<Integer> manager, Integer... keys) {
    return () -> manager.acquire(List.of(keys), Deadline.none());
  }

  /** Ties the knot over and over; each time exactly one thread is the victim. */
  private static Deadlock untie(Knot.Threads kinds, OnDeadlock policy, Part... parts)
      throws InterruptedException {
    Queue<Deadlock> told = new ConcurrentLinkedQueue<>();
    try (DeadlockDetector detector =
        DeadlockDetector.builder().onDeadlock(policy).listener(told::add).build()) {
      for (int round = 1; ; round++) {
        Deadlock found = new Knot(kinds, List.of(parts)).tie().untied().onlyVictims();
        int all = round;
        Eventually.eventually(() -> told.size() >= all); // the watch may be the finder
        assertThat(told).hasSize(round);
        assertThat(detector.found()).isEqualTo(round);
        assertThat(detector.scan()).isEmpty();
        if (round == ROUNDS) {
          return found;
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kindsAndPolicies")
  void twoManagersInOppositeOrders(Knot.Threads kinds, OnDeadlock policy) throws Exception {
    Deadlock found =
        untie(
            kinds,
            policy,
            new Part(taking(accounts.lock("ann")), taking(orders.lock(7))),
            new Part(taking(orders.lock(7)), taking(accounts.lock("ann"))));
    assertThat(found.threads()).hasSize(2);
    assertThat(found.toString())
        .contains("accounts[ann]", "orders[7]", "WRITE", "\"knot-0\"", "\"knot-1\"");
  }

  @ParameterizedTest
  @MethodSource("kindsAndPolicies")
  void interruptiblyToo(Knot.Threads kinds, OnDeadlock policy) throws Exception {
    Deadlock found =
        untie(
            kinds,
            policy,
            new Part(taking(accounts.lock("ann")), takingInterruptibly(orders.lock(7))),
            new Part(taking(orders, 6, 7), takingInterruptibly(accounts.lock("ann"))));
    assertThat(found.threads()).hasSize(2);
  }

  /** What {@code acquire} had got already it gives back, when the last key closes the ring. */
  @ParameterizedTest
  @MethodSource("kindsAndPolicies")
  void manyKeysAreGivenBackByTheVictim(Knot.Threads kinds, OnDeadlock policy) throws Exception {
    untie(
        kinds,
        policy,
        new Part(taking(accounts.lock("ann")), taking(orders, 1, 2, 9)),
        new Part(taking(orders, 9), taking(accounts.lock("ann"))));
  }

  @ParameterizedTest
  @MethodSource("kindsAndPolicies")
  void readersAndWriters(Knot.Threads kinds, OnDeadlock policy) throws Exception {
    var ann = accounts.readWriteLock("ann");
    var seven = orders.readWriteLock(7);
    Deadlock found =
        untie(
            kinds,
            policy,
            new Part(taking(ann.readLock()), taking(seven.writeLock())),
            new Part(taking(seven.readLock()), taking(ann.writeLock())));
    assertThat(found.threads()).hasSize(2);
    assertThat(found.toString()).contains("READ", "WRITE");
  }

  /** A writer needs both readers gone; one of them runs, the other one waits for the writer. */
  @ParameterizedTest
  @MethodSource("kindsAndPolicies")
  void aWriterBehindTwoReaders(Knot.Threads kinds, OnDeadlock policy) throws Exception {
    var ann = accounts.readWriteLock("ann");
    var seven = orders.readWriteLock(7);
    Deadlock found =
        untie(
            kinds,
            policy,
            new Part(taking(ann.readLock()), taking(seven.readLock())),
            new Part(taking(ann.readLock()), taking(orders.lock(8))), // goes on by itself
            new Part(taking(seven.writeLock()), taking(ann.writeLock())));
    assertThat(found.threads()).hasSize(2);
  }

  @ParameterizedTest
  @MethodSource("kindsAndPolicies")
  void aRingOverManagersAndAnotherLock(Knot.Threads kinds, OnDeadlock policy) throws Exception {
    WatchedLock log = new WatchedLock();
    Deadlock found =
        untie(
            kinds,
            policy,
            new Part(taking(log), taking(accounts.lock("ann"))),
            new Part(taking(accounts.lock("ann")), taking(orders.lock(7))),
            new Part(taking(orders.lock(7)), taking(log)));
    assertThat(found.threads()).hasSize(3);
    assertThat(log.isLocked()).isFalse();
  }

  /** Who lets keys be acquired out of order gets the deadlock, and has it found. */
  @ParameterizedTest
  @MethodSource("kindsAndPolicies")
  void keysOutOfOrder(Knot.Threads kinds, OnDeadlock policy) throws Exception {
    Queue<LockOrderException> disorder = new ConcurrentLinkedQueue<>();
    OrderedLockManager<Integer> lax =
        OrderedLockManager.<Integer>builder()
            .outOfOrder(OrderedLockManager.OutOfOrder.REPORT)
            .listener(disorder::add)
            .build();
    untie(
        kinds,
        policy,
        new Part(taking(lax.lock(1)), taking(lax.lock(2))),
        new Part(taking(lax.lock(2)), taking(lax.lock(1))));
    assertThat(disorder).hasSize(ROUNDS);
    assertThat(lax.stats().keys()).isZero();
  }

  /** In the order of managers and keys alike nothing is ever found. */
  @ParameterizedTest
  @EnumSource
  void inOrderNothingIsFound(Knot.Threads kinds) throws Exception {
    try (DeadlockDetector detector = DeadlockDetector.create()) {
      List<Part> parts = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        parts.add(new Part(taking(accounts.lock("a" + i)), taking(orders, 1, 2, 3)));
      }
      for (int round = 0; round < ROUNDS; round++) {
        Knot knot = new Knot(kinds, parts).tie().untied();
        assertThat(knot.served).hasSize(4);
      }
      assertThat(detector.found()).isZero();
    }
  }
}
