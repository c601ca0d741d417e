// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.lock;

import dev.interleave.Deadline;
import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.lock.BiasedReadWriteLock;
import dev.interleave.lock.LockUpgradeException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.locks.Lock;

/** What happens to a reader that wants to write, and the two ways that work. */
public final class UpgradeRefused implements Example {
  private static final int REFILL = 100;

  private final BiasedReadWriteLock lock = BiasedReadWriteLock.builder().name("stock").build();

  // Guarded by lock.
  private int stock;
  private int refills;

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new UpgradeRefused());
  }

  @Override
  public String shows() {
    return "A reader that asks for the write lock would wait for itself. It is refused at once,"
        + " with its name, the lock and what to do instead: release and look again, or write"
        + " and downgrade.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    try (Crew crew = new Crew()) {
      crew.platform("checkout-7", () -> refused(out));
      crew.join();
    }
    releaseAndLookAgain(out);
    writeAndDowngrade(out);
    return "upgrade refused 4 times of 4, refilled once, downgraded";
  }

  /**
   * Four ways to ask for the write lock while reading; not one of them waits, nor do the others.
   */
  private void refused(PrintStream out) {
    Lock write = lock.writeLock();
    try (var g = lock.read()) {
      LockUpgradeException e = Expect.thrown(LockUpgradeException.class, lock::write);
      out.println(e.getMessage());
      Expect.equal("who stands in the way", Thread.currentThread(), e.holder().thread());
      Expect.contains("\"checkout-7\"", e.getMessage());
      Expect.contains("stock", e.getMessage());

      Expect.thrown(LockUpgradeException.class, write::tryLock);
      Expect.thrown(LockUpgradeException.class, () -> lock.write(Deadline.none()));
      Deadline soon = Deadline.after(Duration.ofMinutes(1));
      Expect.thrown(LockUpgradeException.class, () -> lock.write(soon));
      Expect.equal("holds, as before", 1L, lock.readHoldCount());
    }
  }

  /** Between the read and the write lock anything may happen, so the condition is checked twice. */
  private void releaseAndLookAgain(PrintStream out) throws Exception {
    CyclicBarrier bothSawIt = new CyclicBarrier(2);
    try (Crew crew = new Crew()) {
      for (int i = 0; i < 2; i++) {
        crew.virtual(
            "refill-" + i,
            () -> {
              boolean empty;
              try (var g = lock.read()) {
                empty = stock == 0;
              }
              Expect.that("the stock is empty", empty);
              bothSawIt.await();
              try (var g = lock.write()) {
                if (stock == 0) { // the other one may have come first
                  stock += REFILL;
                  refills++;
                }
              }
            });
      }
      crew.join();
    }
    try (var g = lock.read()) {
      Expect.equal("refills", 1, refills);
      Expect.equal("stock", REFILL, stock);
      out.println("Two threads found the stock empty, one of them filled it: " + stock);
    }
  }

  /** The writer takes the read lock before it gives the write lock away: nobody writes between. */
  private void writeAndDowngrade(PrintStream out) throws Exception {
    Lock read = lock.readLock();
    try (var g = lock.write()) {
      stock += REFILL;
      read.lock();
    }
    try {
      try (Crew crew = new Crew()) {
        crew.virtual("reader", () -> Expect.that("others read", readStock() == 2 * REFILL));
        crew.virtual("writer", () -> Expect.that("nobody writes", !lock.writeLock().tryLock()));
        crew.join();
      }
      out.println("Nobody could write between the new stock and this line about it: " + stock);
    } finally {
      read.unlock();
    }
  }

  private int readStock() {
    try (var g = lock.read()) {
      return stock;
    }
  }
}
