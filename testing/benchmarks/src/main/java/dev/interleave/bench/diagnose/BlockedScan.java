// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.diagnose;

import dev.interleave.bench.Programs;
import dev.interleave.diagnose.DeadlockDetector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How long it takes to look for deadlocks among {@value #THREADS} blocked virtual threads, none or
 * two of which are deadlocked.
 */
public final class BlockedScan {
  static final int THREADS = 10_000;

  private static final int CHAIN = 100;
  private static final int WARM_UP = 10;
  private static final int SCANS = 31;

  /** Who waits for whom. */
  enum Shape {
    /** All for one lock, whose holder is alive. */
    ONE_LOCK("all for one lock"),
    /** Each for a lock that the next one holds, and the last one for a holder that is alive. */
    CHAINS("in chains of " + CHAIN + ", each for the next one"),
    /** Two for each other, and all others for one of these. */
    DEADLOCK("two for each other, all others for one of these");

    private final String label;

    Shape(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  private final DeadlockDetector detector =
      DeadlockDetector.builder()
          .onDeadlock(DeadlockDetector.OnDeadlock.REPORT)
          .period(Duration.ZERO)
          .build();
  private final List<Thread> threads = new ArrayList<>(THREADS);

  private BlockedScan() {}

  /**
   * Prints how long the first scan took, and those after it.
   *
   * @param args the {@link Shape}
   */
  public static void main(String[] args) throws InterruptedException {
    Programs.report(new BlockedScan().run(Shape.valueOf(args[0])));
  }

  private Map<String, Double> run(Shape shape) throws InterruptedException {
    Lock last = detector.lock("held by a thread that is alive");
    last.lock();
    try {
      switch (shape) {
        case ONE_LOCK -> {
          for (int i = 0; i < THREADS; i++) {
            startAndAwait(new Waiter(new ReentrantLock(), new CountDownLatch(1), last));
          }
        }
        case CHAINS -> {
          for (int i = 0; i < THREADS / CHAIN; i++) {
            chain(last);
          }
        }
        case DEADLOCK -> {
          Lock a = detector.lock("a");
          Lock b = detector.lock("b");
          CountDownLatch bothHold = new CountDownLatch(2);
          start(new Waiter(a, bothHold, b));
          start(new Waiter(b, bothHold, a));
          while (detector.scan().isEmpty()) {
            Thread.onSpinWait();
          }
          for (int i = 2; i < THREADS; i++) {
            startAndAwait(new Waiter(new ReentrantLock(), new CountDownLatch(1), a));
          }
        }
      }
      return measure(shape == Shape.DEADLOCK ? 1 : 0);
    } finally {
      last.unlock();
      threads.forEach(Thread::interrupt);
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  /** From the end to the beginning, so that each finds the lock that it waits for taken. */
  private void chain(Lock last) {
    Lock next = last;
    for (int i = 0; i < CHAIN; i++) {
      Lock own = detector.lock("lock " + i);
      startAndAwait(new Waiter(own, new CountDownLatch(1), next));
      next = own;
    }
  }

  /** What a thread does: holds one lock and waits for another. */
  private record Waiter(Lock own, CountDownLatch held, Lock next) implements Runnable {
    @Override
    public void run() {
      own.lock();
      try {
        held.countDown();
        held.await();
        next.lockInterruptibly();
        next.unlock();
      } catch (InterruptedException e) {
        return; // it was measured
      } finally {
        own.unlock();
      }
    }
  }

  private Thread start(Waiter waiter) {
    Thread thread = Thread.startVirtualThread(waiter);
    threads.add(thread);
    return thread;
  }

  private void startAndAwait(Waiter waiter) {
    Thread thread = start(waiter);
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  private Map<String, Double> measure(int deadlocks) {
    double first = scan(deadlocks);
    for (int i = 0; i < WARM_UP; i++) {
      scan(deadlocks);
    }
    double[] millis = new double[SCANS];
    Arrays.setAll(millis, i -> scan(deadlocks));
    Arrays.sort(millis);
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("medianMillis", millis[SCANS / 2]);
    figures.put("maxMillis", millis[SCANS - 1]);
    figures.put("firstMillis", first);
    return figures;
  }

  private double scan(int deadlocks) {
    long start = System.nanoTime();
    int found = detector.scan().size();
    double millis = (System.nanoTime() - start) / 1e6;
    if (found != deadlocks) {
      throw new IllegalStateException("found " + found + " deadlocks of " + deadlocks);
    }
    return millis;
  }
}
