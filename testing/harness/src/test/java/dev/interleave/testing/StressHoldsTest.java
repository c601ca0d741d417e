// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Types of the JDK hold, blocking ones too, on both kinds of thread. */
class StressHoldsTest {
  private static final Duration TIME = Duration.ofMillis(500);

  @ParameterizedTest
  @EnumSource
  void atomicLong(ThreadKind kind) throws Exception {
    holds(
        Stress.on(AtomicLong::new)
            .actor("a", AtomicLong::incrementAndGet)
            .actor("b", AtomicLong::incrementAndGet)
            .arbiter(AtomicLong::get)
            .expect(2, "both counted")
            .threads(kind));
  }

  @ParameterizedTest
  @EnumSource
  void concurrentHashMap(ThreadKind kind) throws Exception {
    holds(
        Stress.on(ConcurrentHashMap<String, Integer>::new)
            .actorReturning("a", map -> map.putIfAbsent("key", 1))
            .actorReturning("b", map -> map.putIfAbsent("key", 2))
            .arbiter(map -> map.get("key"))
            .expect(Stress.outcome(null, 1, 1), "a was first")
            .expect(Stress.outcome(2, null, 2), "b was first")
            .threads(kind));
  }

  /** The capacity makes the producer wait for the consumer, and the other way round. */
  @ParameterizedTest
  @EnumSource
  void arrayBlockingQueue(ThreadKind kind) throws Exception {
    holds(
        Stress.on(() -> new ArrayBlockingQueue<Integer>(1))
            .actor(
                "producer",
                queue -> {
                  queue.put(1);
                  queue.put(2);
                  queue.put(3);
                })
            .actorReturning(
                "consumer", queue -> 100 * queue.take() + 10 * queue.take() + queue.take())
            .invariant("empty", ArrayBlockingQueue::isEmpty)
            .expect(123, "in order")
            .threads(kind));
  }

  @ParameterizedTest
  @EnumSource
  void interruptedConsumerLosesNoItem(ThreadKind kind) throws Exception {
    holds(
        Stress.on(() -> new ArrayBlockingQueue<Integer>(1))
            .actor("producer", queue -> queue.offer(1))
            .actorReturning("consumer", queue -> queue.poll(1, TimeUnit.DAYS))
            .arbiter(ArrayBlockingQueue::size)
            .perturb(Perturbation.values())
            .expect(Stress.outcome(1, 0), "taken")
            .expect(
                Stress.outcome(new Stress.Thrown("consumer", InterruptedException.class), 1),
                "interrupted, and still there")
            .threads(kind));
  }

  @ParameterizedTest
  @EnumSource
  void reentrantLock(ThreadKind kind) throws Exception {
    holds(
        Stress.on(LockedCounter::new)
            .actor("a", LockedCounter::increment)
            .actor("b", LockedCounter::increment)
            .actor("c", LockedCounter::increment)
            .arbiter(counter -> counter.value)
            .invariant("unlocked", counter -> !counter.lock.isLocked())
            .expect(3, "all counted")
            .threads(kind));
  }

  /**
   * One spins until the other waits, wakes it, and soon spins for it again. JDK 21 may leave whom
   * it has woken to the carrier that it spins on.
   */
  @ParameterizedTest
  @EnumSource
  void actorThatSpinsForWhomItHasWoken(ThreadKind kind) throws Exception {
    holds(
        Stress.on(() -> new Semaphore(0))
            .actor("acquires", Semaphore::acquire)
            .actor(
                "releases when the other waits",
                semaphore -> {
                  while (!semaphore.hasQueuedThreads()) {
                    Thread.onSpinWait();
                  }
                  semaphore.release();
                })
            .arbiter(Semaphore::availablePermits)
            .expect(0, "acquired")
            .threads(kind));
  }

  /** More actors than processors, each of which needs all the others. */
  @ParameterizedTest
  @EnumSource
  void allActorsOfARoundRunAtOnce(ThreadKind kind) throws Exception {
    int actors = Runtime.getRuntime().availableProcessors() + 3;
    Stress<CyclicBarrier> stress = Stress.on(() -> new CyclicBarrier(actors));
    for (int i = 0; i < actors; i++) {
      stress.actor("actor " + i, CyclicBarrier::await);
    }
    holds(stress.threads(kind));
  }

  private static void holds(Stress<?> stress) throws InterruptedException {
    StressReport report = stress.run(TIME);
    report.assertHolds();
    assertThat(report.rounds()).isGreaterThan(report.perturbedRounds());
    assertThat(report.perturbedRounds()).isPositive();
  }

  private static final class LockedCounter {
    private final ReentrantLock lock = new ReentrantLock();
    private int value;

    void increment() {
      lock.lock();
      try {
        int read = value;
        Stress.sync("read");
        value = read + 1;
      } finally {
        lock.unlock();
      }
    }
  }
}
