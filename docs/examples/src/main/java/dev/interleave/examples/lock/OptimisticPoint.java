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
    aWriterInBetweenIsNoticed();
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
    Position seen = new Position(x, y); // perhaps half a move: not to be used yet
    if (lock.validate(stamp)) {
      return seen;
    }
    fallbacks.increment();
    try (var g = lock.read()) {
      return new Position(x, y);
    }
  }

  private void aWriterInBetweenIsNoticed() {
    long before = lock.tryOptimisticRead();
    Expect.that("valid while nobody writes", lock.validate(before));
    try (var g = lock.write()) {
      Expect.equal("stamp while a writer is in", 0L, lock.tryOptimisticRead());
      Expect.that("not valid while a writer is in", !lock.validate(before));
    }
    Expect.that("not valid after a writer", !lock.validate(before));
    Expect.that("0 is never valid", !lock.validate(0));
  }
}
