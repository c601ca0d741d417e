// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.diagnose;

import dev.interleave.diagnose.DeadlockDetector;
import dev.interleave.diagnose.LockOrder;
import dev.interleave.diagnose.PotentialDeadlock;
import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.lock.WatchedLock;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Two threads that would deadlock if they met, and do not meet. */
public final class PotentialDeadlockFound implements Example {
  private final List<PotentialDeadlock> told = new ArrayList<>();
  private final LockOrder order = LockOrder.builder().listener(told::add).build();

  /** Made by the tour. */
  public PotentialDeadlockFound() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new PotentialDeadlockFound());
  }

  @Override
  public String shows() {
    return "A deadlock that has not happened: one thread takes orders and then stock, and after it"
        + " has ended another one takes stock and then orders. Nobody waits, and it is reported.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    try (DeadlockDetector detector = DeadlockDetector.builder().lockOrder(order).build()) {
      WatchedLock orders = detector.lock("orders");
      WatchedLock stock = detector.lock("stock");
      WatchedLock gate = detector.lock("gate");

      alone("sale", () -> inside(orders, stock));
      Expect.equal("after one order", List.of(), told);
      alone("delivery", () -> inside(stock, orders));
      out.println(told.getFirst());
      Expect.equal("classes", 2, told.getFirst().classes().size());
      alone("delivery-2", () -> inside(stock, orders));
      Expect.equal("told once", 1, told.size());

      WatchedLock left = detector.lock("left");
      WatchedLock right = detector.lock("right");
      alone("gated", () -> within(gate, left, right));
      alone("gated-too", () -> within(gate, right, left));
      Expect.equal("behind a common gate there is no deadlock", 1, told.size());

      Expect.equal("deadlocks that have happened", List.of(), detector.scan());
    }
    out.println(order);
    return "1 potential deadlock, told once, and nobody waited";
  }

  /** A thread by itself: nobody else runs meanwhile. */
  private static void alone(String name, Crew.Task task) throws InterruptedException {
    try (Crew crew = new Crew()) {
      crew.platform(name, task);
      crew.join();
    }
  }

  private static void within(WatchedLock gate, WatchedLock first, WatchedLock second) {
    gate.lock();
    try {
      inside(first, second);
    } finally {
      gate.unlock();
    }
  }

  private static void inside(WatchedLock first, WatchedLock second) {
    first.lock();
    try {
      visit(second);
    } finally {
      first.unlock();
    }
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
