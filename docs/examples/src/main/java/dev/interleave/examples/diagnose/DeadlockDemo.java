// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.diagnose;

import dev.interleave.diagnose.Deadlock;
import dev.interleave.diagnose.DeadlockDetector;
import dev.interleave.diagnose.DeadlockException;
import dev.interleave.diagnose.Waits;
import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.lock.WatchedLock;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Two methods that take two locks in opposite orders, and two that do not. */
public final class DeadlockDemo implements Example {
  private final WatchedLock lock1 = named("lock1");
  private final WatchedLock lock2 = named("lock2");

  /** Made by the tour. */
  public DeadlockDemo() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new DeadlockDemo());
  }

  @Override
  public String shows() {
    return "A deadlock of a platform thread and a virtual one: whoever asks last is refused, with a"
        + " report, and both threads end. A thread that is only slow is not accused.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    int victims;
    try (DeadlockDetector detector = DeadlockDetector.create()) {
      victims = unsafe(detector, out);
      safe(detector, out);
    }
    return "1 deadlock, %d victim, everybody ended; the safe methods ended without one"
        .formatted(victims);
  }

  private int unsafe(DeadlockDetector detector, PrintStream out) throws Exception {
    CountDownLatch bothHoldOne = new CountDownLatch(2);
    CountDownLatch firstWaits = new CountDownLatch(1);
    AtomicInteger victims = new AtomicInteger();
    try (Crew crew = new Crew()) {
      Thread method1 = crew.platform("method1", () -> method1(bothHoldOne));
      crew.virtual(
          "method2",
          () -> {
            lock2.lock();
            try {
              bothHoldOne.countDown();
              firstWaits.await();
              DeadlockException e =
                  Expect.thrown(
                      DeadlockException.class,
                      () -> {
                        lock1.lock(); // closes the circle
                        return "acquired";
                      });
              victims.incrementAndGet();
              out.println(e.deadlock().orElseThrow());
              Expect.equal("holds of lock1", 0, lock1.holdCount());
            } finally {
              lock2.unlock(); // and method1 goes on
            }
          });
      // Who has said what it waits for looks for a deadlock before it sleeps: until then it may be
      // the one that closes the circle.
      Expect.soon(
          "method1 waits for lock2",
          () -> Waits.of(method1) != null && method1.getState() == Thread.State.WAITING);
      notAccused(detector, out);
      firstWaits.countDown();
      crew.join();
    }
    Expect.equal("victims", 1, victims.get());
    return victims.get();
  }

  private void method1(CountDownLatch bothHoldOne) throws InterruptedException {
    lock1.lock();
    try {
      bothHoldOne.countDown();
      bothHoldOne.await();
      visit(lock2);
    } finally {
      lock1.unlock();
    }
  }

  /** Who waits for a thread that is busy with something else is no part of a deadlock. */
  private static void notAccused(DeadlockDetector detector, PrintStream out) {
    List<Deadlock> now = detector.scan();
    Expect.equal("deadlocks while method2 is only slow", List.of(), now);
    out.println("method1 waits for method2, which is only slow: no deadlock");
  }

  /** The same methods in one order. */
  private void safe(DeadlockDetector detector, PrintStream out) throws InterruptedException {
    try (Crew crew = new Crew()) {
      for (String name : List.of("safeMethod1", "safeMethod2")) {
        crew.virtual(
            name,
            () -> {
              lock1.lock();
              try {
                visit(lock2);
              } finally {
                lock1.unlock();
              }
            });
      }
      crew.join();
    }
    Expect.equal("deadlocks", List.of(), detector.scan());
    out.println("safeMethod1 and safeMethod2 take both locks in one order: no deadlock");
  }

  private static WatchedLock named(String name) {
    return WatchedLock.builder().name(name).build(); // every detector watches it
  }

  private static void visit(WatchedLock lock) {
    lock.lock();
    try {
      Thread.onSpinWait(); // the work
    } finally {
      lock.unlock();
    }
  }
}
