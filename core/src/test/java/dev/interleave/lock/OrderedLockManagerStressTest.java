// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.diagnose.Waits;
import dev.interleave.lock.LockHolder.Mode;
import dev.interleave.testing.Stress;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Races for keys: never two holders, nothing lost, nothing left. */
class OrderedLockManagerStressTest {
  private static final boolean THOROUGH = Boolean.getBoolean("interleave.thorough");
  private static final Duration PATIENCE = Duration.ofMinutes(THOROUGH ? 10 : 2);
  private static final Duration TIME = Duration.ofMillis(THOROUGH ? 5_000 : 500);
  private static final int ACQUISITIONS = THOROUGH ? 1_000_000 : 50_000;
  private static final int THREADS = 8;
  private static final int KEYS = 16;
  private static final int WRITER = 1 << 16;

  private final OrderedLockManager<Integer> locks = OrderedLockManager.natural();

  /** Plain fields: a second holder at the same time would lose writes. */
  private final long[] values = new long[KEYS];

  /** Who is in: readers count ones, a writer is a large number. */
  private final AtomicIntegerArray in = new AtomicIntegerArray(KEYS);

  private final AtomicLong writes = new AtomicLong();

  private void enter(Map<Integer, Mode> keys) {
    keys.forEach((key, mode) -> {
      int now = in.addAndGet(key, mode == Mode.WRITE ? WRITER : 1);
      assertThat(now).isIn(mode == Mode.WRITE ? List.of(WRITER) : List.of(1, 2, 3, 4, 5, 6, 7, 8));
      if (mode == Mode.WRITE) {
        values[key]++;
        writes.incrementAndGet();
      }
    });
  }

  private void exit(Map<Integer, Mode> keys) {
    keys.forEach((key, mode) -> in.addAndGet(key, mode == Mode.WRITE ? -WRITER : -1));
  }

  private static Map<Integer, Mode> some(SplittableRandom random) {
    Map<Integer, Mode> keys = new HashMap<>();
    int n = 1 + random.nextInt(4);
    for (int i = 0; i < n; i++) {
      keys.put(random.nextInt(KEYS), random.nextInt(4) == 0 ? Mode.READ : Mode.WRITE);
    }
    return keys;
  }

  /** One acquisition of some kind; whether it got what it wanted. */
  private boolean acquire(SplittableRandom random) throws InterruptedException {
    Map<Integer, Mode> keys = some(random);
    try (Guard g = guard(keys, random)) {
      enter(keys);
      if (random.nextInt(8) == 0) {
        LockSupport.parkNanos(1); // so that others come to wait
      }
      if (random.nextInt(8) == 0) {
        try (Guard again = locks.acquire(keys)) {
          assertThat(locks.heldKeys()).containsExactlyInAnyOrderElementsOf(keys.keySet());
        }
      }
      exit(keys);
      return true;
    } catch (LockTimeoutException e) {
      assertThat(locks.heldKeys()).isEmpty();
      return false;
    } catch (InterruptedException e) {
      assertThat(locks.heldKeys()).isEmpty();
      throw e;
    }
  }

  private Guard guard(Map<Integer, Mode> keys, SplittableRandom random)
      throws InterruptedException {
    return switch (random.nextInt(4)) {
      case 0 -> locks.acquire(keys, Deadline.none());
      case 1 -> locks.acquire(keys, Deadline.after(Duration.ofNanos(random.nextInt(200_000))));
      default -> locks.acquire(keys);
    };
  }

  private void assertNothingLeft() {
    assertThat(locks.stats().keys()).isZero();
    assertThat(locks.isUnused()).isTrue();
    long sum = 0;
    for (long value : values) {
      sum += value;
    }
    assertThat(sum).isEqualTo(writes.get());
    assertThat(locks.stats().outOfOrder()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void randomOrderedAcquisitions(ThreadKind kind) throws Exception {
    AtomicInteger left = new AtomicInteger(ACQUISITIONS);
    AtomicLong acquired = new AtomicLong();
    List<Thread> all = new ArrayList<>();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      List<Actor> racers = actors.actors(THREADS, "racer");
      racers.forEach(racer -> all.add(racer.thread()));
      List<Step<Long>> steps = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        SplittableRandom random = new SplittableRandom(42 + i);
        steps.add(
            racers
                .get(i)
                .startCall(() -> {
                  long interrupts = 0;
                  while (left.getAndDecrement() > 0) {
                    if (random.nextInt(50) == 0) {
                      all.get(random.nextInt(THREADS)).interrupt();
                    }
                    try {
                      if (acquire(random)) {
                        acquired.incrementAndGet();
                      }
                    } catch (InterruptedException e) {
                      interrupts++;
                    }
                  }
                  return interrupts;
                }));
      }
      long interrupts = 0;
      for (Step<Long> step : steps) {
        interrupts += step.result();
      }
      assertThat(interrupts).isPositive();
    }
    assertThat(acquired.get()).isGreaterThan(ACQUISITIONS / 2);
    assertThat(locks.stats().timeouts()).isPositive();
    assertNothingLeft();
    assertThat(Waits.all()).noneMatch(wait -> all.contains(wait.thread()));
  }

  /** More threads than slots: those who find theirs taken go through the map. */
  @ParameterizedTest
  @EnumSource
  void manyThreadsThatHoldAtOnce(ThreadKind kind) throws Exception {
    int crowd = kind == ThreadKind.VIRTUAL ? 2_000 : 100;
    OrderedLockManager<Integer> wide = OrderedLockManager.natural();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      List<Actor> holders = actors.actors(crowd, "holder");
      List<Step<Guard>> guards = new ArrayList<>();
      for (int i = 0; i < crowd; i++) {
        int key = 2 * i;
        guards.add(holders.get(i).startCall(() -> wide.acquire(List.of(key, key + 1))));
      }
      for (Step<Guard> guard : guards) {
        guard.result();
      }
      assertThat(wide.stats().keys()).isEqualTo(2L * crowd);
      List<Step<?>> ends = new ArrayList<>();
      for (int i = 0; i < crowd; i++) {
        int key = 2 * i;
        Guard guard = guards.get(i).result();
        ends.add(
            holders
                .get(i)
                .start(() -> {
                  assertThat(wide.heldKeys()).containsExactly(key, key + 1);
                  guard.close();
                }));
      }
      for (Step<?> end : ends) {
        end.result();
      }
    }
    assertThat(wide.isUnused()).isTrue();
  }

  /** A counter behind the lock of a key whose entry comes and goes. */
  private static final class Counter {
    final OrderedLockManager<String> locks = OrderedLockManager.natural();
    int plain;

    void increment() {
      Lock lock = locks.lock("key");
      lock.lock();
      try {
        plain++;
      } finally {
        lock.unlock();
      }
    }

    boolean incrementInTime() throws InterruptedException {
      Lock lock = locks.lock("key");
      if (!lock.tryLock(1, TimeUnit.NANOSECONDS)) {
        return false;
      }
      try {
        plain++;
      } finally {
        lock.unlock();
      }
      return true;
    }
  }

  @ParameterizedTest
  @EnumSource
  void neverTwoLocksForOneKey(ThreadKind kind) throws Exception {
    Stress.on(Counter::new)
        .actor("a", Counter::increment)
        .actor("b", Counter::increment)
        .actor("c", Counter::increment)
        .invariant("nothing is left", counter -> counter.locks.isUnused())
        .arbiter(counter -> counter.plain)
        .expect(3, "all counted")
        .threads(kind)
        .run(TIME)
        .assertHolds();
  }

  /** Who gives up leaves as the last, or is in the way of nobody. */
  @ParameterizedTest
  @EnumSource
  void whoGivesUpLeavesNothing(ThreadKind kind) throws Exception {
    Stress.on(Counter::new)
        .actor("a", Counter::increment)
        .actorReturning("gives up", Counter::incrementInTime)
        .invariant("nothing is left", counter -> counter.locks.isUnused())
        .arbiter(counter -> counter.plain)
        .expect(Stress.outcome(true, 2), "both counted")
        .expect(Stress.outcome(false, 1), "one gave up")
        .threads(kind)
        .run(TIME)
        .assertHolds();
  }

  /** Two keys the two ways round: nobody waits for ever, and nobody sees one without the other. */
  private static final class Pair {
    final OrderedLockManager<Integer> locks = OrderedLockManager.natural();
    int one;
    int two;

    boolean moved(int first, int second) {
      try (Guard g = locks.acquire(List.of(first, second))) {
        boolean same = one == two;
        one++;
        Stress.sync("between");
        two++;
        return same;
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void bothWaysRound(ThreadKind kind) throws Exception {
    Stress.on(Pair::new)
        .actorReturning("forth", pair -> pair.moved(1, 2))
        .actorReturning("back", pair -> pair.moved(2, 1))
        .invariant("nothing is left", pair -> pair.locks.isUnused())
        .arbiter(pair -> pair.one + pair.two)
        .expect(Stress.outcome(true, true, 4), "one after the other")
        .threads(kind)
        .run(TIME)
        .assertHolds();
  }
}
