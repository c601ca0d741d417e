// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.diagnose;

import dev.interleave.diagnose.DeadlockDetector;
import dev.interleave.diagnose.DeadlockException;
import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.lock.WatchedLock;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Workers that deadlock, of whom one starts again; and workers that cannot. */
public final class DeadlockAndRetry implements Example {
  private static final int SAFE_WORKERS = 3;
  private static final int SAFE_ROUNDS = 500;
  private final List<WatchedLock> locks = List.of(named("lock1"), named("lock2"), named("lock3"));

  /** Made by the tour. */
  public DeadlockAndRetry() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new DeadlockAndRetry());
  }

  @Override
  public String shows() {
    return "Two workers in opposite orders: exactly one is the victim, which releases what it holds"
        + " and nothing else, waits for the other one and starts again, and both get their"
        + " work done. Three workers in one order: nobody is ever accused.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    try (DeadlockDetector detector = DeadlockDetector.create()) {
      risky(out);
      safe(out);
      Expect.equal("deadlocks found", 1L, detector.found());
    }
    Expect.that("all locks are free", locks.stream().noneMatch(WatchedLock::isLocked));
    return "2 risky workers: 1 victim, 2 done; %d safe workers: 0 victims of %d rounds"
        .formatted(SAFE_WORKERS, SAFE_WORKERS * SAFE_ROUNDS);
  }

  private void risky(PrintStream out) throws InterruptedException {
    WatchedLock lock1 = locks.get(0);
    WatchedLock lock2 = locks.get(1);
    CountDownLatch bothHoldOne = new CountDownLatch(2);
    AtomicInteger victims = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    CountDownLatch oneDone = new CountDownLatch(1);
    try (Crew crew = new Crew()) {
      crew.platform("worker-1", () -> work(lock1, lock2, bothHoldOne, victims, done, oneDone));
      crew.virtual("worker-2", () -> work(lock2, lock1, bothHoldOne, victims, done, oneDone));
      crew.join();
    }
    out.printf("%d victim, %d done%n", victims.get(), done.get());
    Expect.equal("victims", 1, victims.get());
    Expect.equal("done", 2, done.get());
  }

  private static void work(
      WatchedLock first,
      WatchedLock second,
      CountDownLatch bothHoldOne,
      AtomicInteger victims,
      AtomicInteger done,
      CountDownLatch oneDone)
      throws InterruptedException {
    while (true) {
      first.lock();
      try {
        bothHoldOne.countDown();
        bothHoldOne.await(); // at the first attempt only
        second.lock();
        try {
          done.incrementAndGet();
          oneDone.countDown();
          return;
        } finally {
          second.unlock();
        }
      } catch (DeadlockException e) {
        victims.incrementAndGet();
        Expect.that("what it was refused it does not hold", second.holdCount() == 0);
      } finally {
        first.unlock();
      }
      oneDone.await(); // the other one first, or both would meet again
    }
  }

  /** Two of three locks each, whichever, but always in the order of their names. */
  private void safe(PrintStream out) throws InterruptedException {
    AtomicInteger rounds = new AtomicInteger();
    try (Crew crew = new Crew()) {
      for (int i = 0; i < SAFE_WORKERS; i++) {
        Random random = new Random(i);
        crew.platform(
            "safe-worker-" + i,
            () -> {
              for (int round = 0; round < SAFE_ROUNDS; round++) {
                inOrder(twoOfThree(random), rounds);
              }
            });
      }
      crew.join();
    }
    out.printf("%d rounds of %d safe workers, nobody accused%n", rounds.get(), SAFE_WORKERS);
    Expect.equal("rounds", SAFE_WORKERS * SAFE_ROUNDS, rounds.get());
  }

  private List<WatchedLock> twoOfThree(Random random) {
    List<WatchedLock> two = new ArrayList<>(locks);
    Collections.shuffle(two, random);
    two.remove(2);
    two.sort(Comparator.comparing(WatchedLock::name));
    return two;
  }

  private static WatchedLock named(String name) {
    return WatchedLock.builder().name(name).build(); // every detector watches it
  }

  private static void inOrder(List<WatchedLock> two, AtomicInteger rounds) {
    two.get(0).lock();
    try {
      two.get(1).lock();
      try {
        rounds.incrementAndGet();
      } finally {
        two.get(1).unlock();
      }
    } finally {
      two.get(0).unlock();
    }
  }
}
