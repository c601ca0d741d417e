// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.lock.BiasedReadWriteLock;
import dev.interleave.lock.LockTimeoutException;
import dev.interleave.lock.WatchedLock;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is no deadlock is never taken for one, however busy and however slow it is. */
class OrderedLocksTest {
  private static final boolean THOROUGH = Boolean.getBoolean("interleave.thorough");
  private static final int ACQUISITIONS = THOROUGH ? 1_000_000 : 50_000;
  private static final int THREADS = 8;
  private static final int LOCKS = 16;
  private static final List<BiasedReadWriteLock.Preference> PREFERENCES =
      List.of(BiasedReadWriteLock.Preference.values());

  private final Queue<Deadlock> told = new ConcurrentLinkedQueue<>();
  private final DeadlockDetector detector =
      DeadlockDetector.builder().listener(told::add).period(Duration.ofMillis(1)).build();

  @AfterEach
  void nothingWasFound() {
    detector.close();
    assertThat(told).isEmpty();
    assertThat(detector.found()).isZero();
  }

  /** One way to take the lock with a number. */
  @FunctionalInterface
  private interface Taking {
    Guard take(int lock, SplittableRandom random) throws InterruptedException;
  }

  private static void takeInOrder(ThreadKind kind, Taking taking) throws Exception {
    try (Actors actors = new Actors(kind, Knot.PATIENCE.multipliedBy(4))) {
      List<Actor> all = actors.actors(THREADS, "orderly");
      List<dev.interleave.testing.contract.Step<?>> steps = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        SplittableRandom random = new SplittableRandom(i);
        steps.add(all.get(i).start(() -> takeInOrder(ACQUISITIONS / THREADS, random, taking)));
      }
      for (var step : steps) {
        step.result();
      }
    }
  }

  private static void takeInOrder(int acquisitions, SplittableRandom random, Taking taking)
      throws InterruptedException {
    Deque<Guard> held = new ArrayDeque<>();
    for (int done = 0; done < acquisitions; ) {
      int lock = random.nextInt(4);
      while (lock < LOCKS && done < acquisitions) {
        held.push(taking.take(lock, random));
        done++;
        if (random.nextInt(16) == 0) {
          Thread.onSpinWait();
        }
        lock += 1 + random.nextInt(6);
      }
      while (!held.isEmpty()) {
        held.pop().close();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void locksInOrder(ThreadKind kind) throws Exception {
    List<WatchedLock> locks =
        IntStream.range(0, LOCKS).mapToObj(i -> detector.lock("lock-" + i)).toList();
    takeInOrder(kind, (i, random) -> locks.get(i).lock(Deadline.none()));
  }

  /** Some read, some write, some with time, some take it twice. */
  @ParameterizedTest
  @EnumSource
  void readWriteLocksInOrder(ThreadKind kind) throws Exception {
    List<BiasedReadWriteLock> locks =
        IntStream.range(0, LOCKS)
            .mapToObj(i ->
                BiasedReadWriteLock.builder()
                    .name("rw-" + i)
                    .preference(PREFERENCES.get(i % 3))
                    .build())
            .toList();
    takeInOrder(
        kind,
        (i, random) -> {
          BiasedReadWriteLock lock = locks.get(i);
          return switch (random.nextInt(6)) {
            case 0 -> lock.write();
            case 1 -> lock.write(Deadline.none());
            case 2 -> lock.write(Deadline.after(Knot.PATIENCE));
            case 3 -> lock.read(Deadline.none());
            case 4 -> {
              Guard outer = lock.write();
              Guard inner = lock.read();
              yield () -> {
                outer.close(); // downgrades
                inner.close();
              };
            }
            default -> lock.read();
          };
        });
  }

  /** Timed waits that cross over: both will expire, and it is no deadlock until then. */
  @ParameterizedTest
  @EnumSource
  void timedWaitsThatExpire(ThreadKind kind) throws Exception {
    WatchedLock a = detector.lock("a");
    WatchedLock b = detector.lock("b");
    CountDownLatch both = new CountDownLatch(2);
    CountDownLatch over = new CountDownLatch(2);
    try (Actors actors = new Actors(kind, Knot.PATIENCE)) {
      var one = actors.actor("one").start(() -> cross(a, b, both, over));
      var two = actors.actor("two").start(() -> cross(b, a, both, over));
      LockTimeoutException first = one.failure(LockTimeoutException.class);
      LockTimeoutException second = two.failure(LockTimeoutException.class);
      assertThat(List.of(first.getMessage(), second.getMessage()))
          .anySatisfy(message -> assertThat(message).contains("held for [LOCK by"));
    }
  }

  private static void cross(
      WatchedLock first, WatchedLock second, CountDownLatch both, CountDownLatch over)
      throws InterruptedException {
    try (Guard mine = first.lock(Deadline.none())) {
      both.countDown();
      both.await();
      try (Guard other = second.lock(Deadline.after(Duration.ofMillis(50)))) {
        throw new AssertionError("both have the same lock: " + other);
      } finally {
        over.countDown();
        over.await(); // before the other one's is free
      }
    }
  }

  /** One thread holds long, others wait for it while they hold what more wait for. */
  @ParameterizedTest
  @EnumSource
  void slowHolderAndThoseBehind(ThreadKind kind) throws Exception {
    WatchedLock a = detector.lock("a");
    WatchedLock b = detector.lock("b");
    CountDownLatch over = new CountDownLatch(1);
    try (Actors actors = new Actors(kind, Knot.PATIENCE)) {
      Actor slow = actors.actor("slow");
      slow.run(a::lock);
      var working = slow.start(over::await);
      Actor second = actors.actor("second");
      second.run(b::lock);
      var waiting = second.start(a::lock);
      waiting.awaitBlocked();
      var third = actors.actor("third").start(b::lock);
      third.awaitBlocked();
      assertThat(detector.scan()).isEmpty();
      assertThat(Waits.of(second.thread())).isNotNull();
      over.countDown();
      working.result();
      slow.run(a::unlock);
      waiting.result();
      second.run(a::unlock);
      second.run(b::unlock);
      third.result();
    }
  }

  /** Whoever waits for a signal may get it from anybody: no cycle, although it looks like one. */
  @ParameterizedTest
  @EnumSource
  void waitForSignalIsNoDeadlock(ThreadKind kind) throws Exception {
    WatchedLock a = detector.lock("a");
    WatchedLock b = detector.lock("b");
    Condition ready = b.newCondition();
    try (Actors actors = new Actors(kind, Knot.PATIENCE)) {
      Actor one = actors.actor("one");
      one.run(a::lock);
      one.run(b::lock);
      var waiting = one.start(ready::await);
      waiting.awaitBlocked();
      Actor two = actors.actor("two");
      two.run(b::lock);
      two.run(b::unlock);
      var wanting = two.start(a::lock);
      wanting.awaitBlocked();
      assertThat(detector.scan()).isEmpty();
      Actor three = actors.actor("three");
      three.run(b::lock);
      three.run(ready::signal);
      three.run(b::unlock);
      waiting.result();
      one.run(b::unlock);
      one.run(a::unlock);
      wanting.result();
    }
  }
}
