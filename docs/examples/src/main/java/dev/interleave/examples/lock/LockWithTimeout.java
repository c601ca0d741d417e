// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.lock;

import dev.interleave.Deadline;
import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.lock.LockHolder;
import dev.interleave.lock.LockTimeoutException;
import dev.interleave.lock.WatchedLock;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A lock that one gives up waiting for, and that says why one had to. */
public final class LockWithTimeout implements Example {
  private static final Duration SHORT = Duration.ofMillis(20);

  private final WatchedLock lock = WatchedLock.builder().name("report.pdf").build();

  /** Made by the tour. */
  public LockWithTimeout() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new LockWithTimeout());
  }

  @Override
  public String shows() {
    return "Who waits for a lock for a limited time learns who had it, for how long, and what that"
        + " thread is doing. It has not got the lock, and can give back nothing that is another's.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    CountDownLatch in = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    try (Crew crew = new Crew()) {
      crew.virtual("printer", () -> print(in, leave));
      in.await();

      long before = System.nanoTime();
      LockTimeoutException e =
          Expect.thrown(LockTimeoutException.class, () -> lock.lock(Deadline.after(SHORT)));
      out.println(e.getMessage());
      Expect.equal(
          "in the way",
          List.of("printer"),
          e.holders().stream().map(LockHolder::threadName).toList());
      Duration held = e.heldAtLeast().orElseThrow();
      Expect.that(
          "it is known how long it was held at least",
          held.isPositive() && held.toNanos() <= System.nanoTime() - before);
      Expect.that(
          "its stack shows what it is doing",
          e.holderStack().stream().anyMatch(frame -> frame.getMethodName().equals("print")));

      IllegalMonitorStateException notMine =
          Expect.thrown(
              IllegalMonitorStateException.class,
              () -> {
                lock.unlock();
                return "released";
              });
      out.println(notMine.getMessage());
      Expect.that("the printer has it still", lock.isLocked());
      leave.countDown();
      crew.join();
    }
    try (var g = lock.lock(Deadline.after(SHORT));
        var again = lock.lock(Deadline.after(SHORT))) {
      Expect.equal("holds", 2, lock.holdCount());
    }
    Expect.that("the lock is free", !lock.isLocked());
    return "timed out once, told why, and released by its holder only";
  }

  private void print(CountDownLatch in, CountDownLatch leave) throws InterruptedException {
    try (var g = lock.lock(Deadline.none())) {
      in.countDown();
      leave.await();
    }
  }
}
