// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.diagnose.DeadlockDetector.OnDeadlock;
import dev.interleave.diagnose.Knot.Part;
import dev.interleave.diagnose.Knot.Take;
import dev.interleave.diagnose.Knot.Threads;
import dev.interleave.lock.BiasedReadWriteLock;
import dev.interleave.lock.WatchedLock;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rings of locks on every kind of thread: found every time, broken at one place, and all end. */
class RingDeadlockTest {
  private static final int ROUNDS = Boolean.getBoolean("interleave.thorough") ? 1_000 : 40;

  private final Queue<Deadlock> told = new ConcurrentLinkedQueue<>();

  private DeadlockDetector detector(OnDeadlock policy) {
    return DeadlockDetector.builder().onDeadlock(policy).listener(told::add).build();
  }

  /** A ring of locks: thread i holds lock i and wants the next one. */
  private static List<Part> ring(DeadlockDetector detector, int size, boolean interruptible) {
    List<WatchedLock> locks =
        IntStream.range(0, size).mapToObj(i -> detector.lock("lock-" + i)).toList();
    return IntStream.range(0, size)
        .mapToObj(i ->
            new Part(
                take(locks.get(i), interruptible), take(locks.get((i + 1) % size), interruptible)))
        .toList();
  }

  private static Take take(WatchedLock lock, boolean interruptible) {
    return interruptible
        ? () -> lock.lock(Deadline.none())
        : () -> {
          lock.lock();
          return lock::unlock;
        };
  }

  static Stream<Arguments> breaking() {
    return Stream.of(OnDeadlock.FAIL_REQUESTER, OnDeadlock.INTERRUPT_VICTIM)
        .flatMap(policy ->
            Stream.of(Threads.values())
                .flatMap(
                    kind -> IntStream.of(2, 3).mapToObj(size -> Arguments.of(policy, kind, size))));
  }

  @ParameterizedTest
  @MethodSource("breaking")
  void eachIsFoundAndHasOneVictim(OnDeadlock policy, Threads kind, int size) throws Exception {
    try (DeadlockDetector detector = detector(policy)) {
      for (int round = 0; round < ROUNDS; round++) {
        Knot knot = new Knot(kind, ring(detector, size, round % 2 == 0)).tie().untied();
        checkReport(knot.onlyVictims(), knot, size);
        int all = round + 1;
        Eventually.eventually(() -> told.size() >= all); // the watch may be the finder
        assertThat(told).hasSize(all);
      }
      assertThat(detector.found()).isEqualTo(ROUNDS);
      assertThat(detector.scan()).isEmpty();
    }
  }

  private static void checkReport(Deadlock deadlock, Knot knot, int size) {
    assertThat(deadlock.threads()).hasSize(size);
    assertThat(deadlock.threads().stream().map(Blocked::thread).collect(Collectors.toSet()))
        .isEqualTo(Set.copyOf(knot.threads));
    for (Blocked blocked : deadlock.threads()) {
      int i = knot.threads.indexOf(blocked.thread());
      assertThat(blocked.resource()).isEqualTo("lock-" + (i + 1) % size);
      assertThat(blocked.owners().need()).isEqualTo(Owners.Need.ALL);
      assertThat(blocked.owners().list())
          .singleElement()
          .satisfies(
              owner -> assertThat(owner.thread()).isSameAs(knot.threads.get((i + 1) % size)));
      assertThat(blocked.stack()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 8, 13, 21, 34, 50})
  void longRingsToo(int size) throws Exception {
    for (Threads kind : Threads.values()) {
      for (OnDeadlock policy : List.of(OnDeadlock.FAIL_REQUESTER, OnDeadlock.INTERRUPT_VICTIM)) {
        try (DeadlockDetector detector = detector(policy)) {
          for (int round = 0; round < Math.max(1, ROUNDS / size / 5); round++) {
            Knot knot = new Knot(kind, ring(detector, size, round % 2 == 0)).tie().untied();
            checkReport(knot.onlyVictims(), knot, size);
          }
        }
      }
    }
  }

  /** Under REPORT all stay where they are, until somebody interrupts one. */
  @ParameterizedTest
  @EnumSource
  void reportedOneStaysAsItIs(Threads kind) throws Exception {
    try (DeadlockDetector detector = detector(OnDeadlock.REPORT)) {
      for (int round = 0; round < ROUNDS; round++) {
        Knot knot = new Knot(kind, ring(detector, 3, true)).tie();
        Eventually.eventually(() -> told.size() == 1);
        checkReport(told.remove(), knot, 3);
        Eventually.eventually(() -> !detector.scan().isEmpty()); // when the listener has returned
        List<Deadlock> scanned = detector.scan();
        assertThat(scanned).singleElement().satisfies(d -> checkReport(d, knot, 3));
        assertThat(knot.threads).allMatch(Thread::isAlive);
        knot.threads.get(1).interrupt();
        for (Thread thread : knot.threads) {
          assertThat(thread.join(Knot.PATIENCE)).isTrue();
        }
        assertThat(knot.victims()).isZero();
        assertThat(knot.failures).singleElement().isInstanceOf(InterruptedException.class);
        assertThat(knot.served).hasSize(2);
      }
      assertThat(told).as("told once each").isEmpty();
      assertThat(detector.found()).isEqualTo(ROUNDS);
    }
  }

  /** Each holds a read lock and wants to write what the next one reads: upgrades over several. */
  @ParameterizedTest
  @EnumSource
  void readersThatWantToWriteWhatOthersRead(Threads kind) throws Exception {
    for (OnDeadlock policy : List.of(OnDeadlock.FAIL_REQUESTER, OnDeadlock.INTERRUPT_VICTIM)) {
      try (DeadlockDetector detector = detector(policy)) {
        for (int round = 0; round < ROUNDS / 2; round++) {
          boolean interruptible = round % 2 == 0;
          List<BiasedReadWriteLock> locks = readWriteLocks(2 + round % 2, round % 4 < 2);
          List<Part> parts = new ArrayList<>();
          for (int i = 0; i < locks.size(); i++) {
            BiasedReadWriteLock own = locks.get(i);
            BiasedReadWriteLock next = locks.get((i + 1) % locks.size());
            parts.add(
                new Part(
                    own::read, interruptible ? () -> next.write(Deadline.none()) : next::write));
          }
          Knot knot = new Knot(kind, parts).tie().untied();
          assertThat(knot.onlyVictims().threads()).hasSize(locks.size());
        }
      }
    }
  }

  private static List<BiasedReadWriteLock> readWriteLocks(int size, boolean biased) {
    List<BiasedReadWriteLock> locks =
        IntStream.range(0, size)
            .mapToObj(i -> BiasedReadWriteLock.builder().name("rw-" + i).biased(biased).build())
            .toList();
    if (biased) { // readers come in by their slots
      for (BiasedReadWriteLock lock : locks) {
        for (int i = 0; i < 100; i++) {
          lock.read().close();
        }
        assertThat(lock.stats().biased()).isTrue();
      }
    }
    return locks;
  }

  /** A writer wants a lock that its reader's thread has, and the other way round. */
  @ParameterizedTest
  @EnumSource
  void readLockAgainstLock(Threads kind) throws Exception {
    for (OnDeadlock policy : List.of(OnDeadlock.FAIL_REQUESTER, OnDeadlock.INTERRUPT_VICTIM)) {
      try (DeadlockDetector detector = detector(policy)) {
        for (int round = 0; round < ROUNDS / 2; round++) {
          BiasedReadWriteLock table = readWriteLocks(1, round % 4 < 2).getFirst();
          WatchedLock log = detector.lock("log");
          boolean writes = round % 2 == 0;
          Take reading = () -> table.read(Deadline.none());
          Take writing = () -> table.write(Deadline.none());
          Knot knot =
              new Knot(
                      kind,
                      List.of(
                          new Part(writes ? reading : writing, take(log, true)),
                          new Part(take(log, true), writes ? writing : reading)))
                  .tie()
                  .untied();
          assertThat(knot.onlyVictims().threads()).hasSize(2);
        }
      }
    }
  }

  /** Of several readers only one is in the cycle: the others are live, and end. */
  @ParameterizedTest
  @EnumSource
  void oneOfManyReadersIsEnough(Threads kind) throws Exception {
    try (DeadlockDetector detector = detector(OnDeadlock.FAIL_REQUESTER)) {
      for (int round = 0; round < ROUNDS / 2; round++) {
        BiasedReadWriteLock table = readWriteLocks(1, round % 2 == 0).getFirst();
        WatchedLock log = detector.lock("log");
        WatchedLock free = detector.lock("free");
        Knot knot =
            new Knot(
                    kind,
                    List.of(
                        new Part(table::read, take(log, true)),
                        new Part(table::read, take(free, true)),
                        new Part(table::read, take(free, true)),
                        new Part(take(log, true), () -> table.write(Deadline.none()))))
                .tie()
                .untied();
        assertThat(knot.onlyVictims().threads()).hasSize(2);
      }
    }
  }

  /**
   * A reader behind a writer that waits for a reader that waits for the first one's lock. Under
   * READERS it passes the writer while that is patient; then there is no deadlock.
   */
  @ParameterizedTest
  @EnumSource
  void readerBehindPendingWriter(Threads kind) throws Exception {
    try (DeadlockDetector detector = detector(OnDeadlock.FAIL_REQUESTER)) {
      for (int round = 0; round < ROUNDS / 4; round++) {
        for (BiasedReadWriteLock.Preference preference : BiasedReadWriteLock.Preference.values()) {
          BiasedReadWriteLock table =
              BiasedReadWriteLock.builder().name("table").preference(preference).build();
          WatchedLock log = detector.lock("log");
          boolean queues = preference != BiasedReadWriteLock.Preference.READERS;
          boolean readerIsLast = round % 2 == 0 && queues;
          Take reading = () -> table.read(Deadline.none());
          Take nothing = () -> () -> {};
          List<Part> parts =
              List.of(
                  new Part(
                      reading,
                      () -> {
                        Eventually.eventually(() -> table.stats().waitingWriters() == 1);
                        if (queues && !readerIsLast) {
                          Eventually.eventually(() -> table.stats().waitingReaders() == 1);
                        }
                        return log.lock(Deadline.none());
                      }),
                  new Part(nothing, () -> table.write(Deadline.none())),
                  new Part(
                      take(log, true),
                      () -> {
                        Eventually.eventually(() -> table.stats().waitingWriters() == 1);
                        if (readerIsLast) {
                          Eventually.eventually(() -> log.stats().waiting() == 1);
                        }
                        return reading.take();
                      }));
          Knot knot = new Knot(kind, parts).tie().untied();
          if (queues) {
            assertThat(knot.onlyVictims().threads()).hasSize(3);
          } else {
            assertThat(knot.victims()).isLessThanOrEqualTo(1);
          }
        }
      }
    }
  }
}
