// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.lock;

import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.lock.BiasedReadWriteLock;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;

/** Two fields that belong together, read without a lock. */
public final class OptimisticPoint implements Example {
  private static final int MOVES = 20_000;
  private static final int READERS = 3;

  private final BiasedReadWriteLock lock = BiasedReadWriteLock.builder().name("point").build();

  // Written under lock, and always opposite.
  private long x;
  private long y;

  private final LongAdder reads = new LongAdder();
  private final LongAdder fallbacks = new LongAdder();

  /** What a reader saw. */
  private record Position(long x, long y) {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new OptimisticPoint());
  }

  @Override
  public String shows() {
    return "An optimistic read copies plain fields without a lock and then asks whether a writer"
        + " came between; if so, it reads again with the lock. No reader ever sees half a move.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    halfAMoveIsNoticed();
    CountDownLatch readersRun = new CountDownLatch(READERS);
    CountDownLatch moved = new CountDownLatch(1);
    try (Crew crew = new Crew()) {
      for (int r = 0; r < READERS; r++) {
        crew.platform(
            "reader-" + r,
            () -> {
              readersRun.countDown();
              do {
                Position position = read();
                Expect.equal("y of " + position, -position.x(), position.y());
              } while (moved.getCount() > 0);
            });
      }
      crew.virtual(
          "mover",
          () -> {
            readersRun.await();
            for (int i = 1; i <= MOVES; i++) {
              moveTo(i);
            }
            moved.countDown();
          });
      crew.join();
    }
    out.printf("%d reads, %d of them with the lock%n", reads.sum(), fallbacks.sum());
    Expect.equal("position", new Position(MOVES, -MOVES), read());
    return MOVES + " moves, no reader saw half of one";
  }

  private void moveTo(long to) {
    try (var g = lock.write()) {
      x = to;
      y = -to;
    }
  }

  private Position read() {
    reads.increment();
    long stamp = lock.tryOptimisticRead();
    long seenX = x;
    Thread.onSpinWait(); // a little time for a move to come between; only to show that it may
    long seenY = y;
    if (lock.validate(stamp)) {
      return new Position(seenX, seenY);
    }
    fallbacks.increment();
    try (var g = lock.read()) {
      return new Position(x, y);
    }
  }

  /** What the readers may meet, one step after the other. */
  private void halfAMoveIsNoticed() {
    long before = lock.tryOptimisticRead();
    Expect.that("valid while nobody writes", lock.validate(before));
    long seenX = x;
    moveTo(seenX + 1);
    long seenY = y;
    Expect.that("half a move was seen", seenY != -seenX);
    Expect.that("it is not valid", !lock.validate(before));
    try (var g = lock.write()) {
      Expect.equal("stamp while a writer is in", 0L, lock.tryOptimisticRead());
    }
    Expect.that("0 is never valid", !lock.validate(0));
  }
}
