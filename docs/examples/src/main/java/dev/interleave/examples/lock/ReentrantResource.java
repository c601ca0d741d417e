// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.lock;

import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.lock.BiasedReadWriteLock;
import java.io.PrintStream;
import java.util.concurrent.CyclicBarrier;

/** Methods that call each other and take the same lock each. */
public final class ReentrantResource implements Example {
  private static final int THREADS = 3;
  private static final int ROUNDS = 2;

  private final BiasedReadWriteLock lock = BiasedReadWriteLock.builder().name("resource").build();

  /** Guarded by lock. */
  private int accesses;

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new ReentrantResource());
  }

  @Override
  public String shows() {
    return "A thread may acquire again what it holds: three methods take the same write lock and"
        + " call each other. Only the last release gives it to others.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    try (Crew crew = new Crew()) {
      for (int t = 0; t < THREADS; t++) {
        crew.platform(
            "worker-" + t,
            () -> {
              start.await();
              for (int round = 0; round < ROUNDS; round++) {
                level1(out);
              }
            });
      }
      crew.join();
    }
    int total = accesses();
    Expect.equal("accesses", 18, total);
    return "%d threads x %d rounds x 3 levels = %d accesses".formatted(THREADS, ROUNDS, total);
  }

  private void level1(PrintStream out) {
    try (var g = lock.write()) {
      accessed(1);
      level2(out);
      Expect.equal("holds after the inner levels", 1L, lock.writeHoldCount());
    }
    Expect.equal("holds after the release", 0L, lock.writeHoldCount());
  }

  private void level2(PrintStream out) {
    try (var g = lock.write()) {
      accessed(2);
      level3(out);
    }
  }

  private void level3(PrintStream out) {
    try (var g = lock.write()) {
      accessed(3);
      // A writer may read, too.
      out.printf(
          "%s has been in 3 deep, access %d%n", Thread.currentThread().getName(), accesses());
    }
  }

  private void accessed(long level) {
    Expect.equal("holds at level " + level, level, lock.writeHoldCount());
    accesses++;
  }

  private int accesses() {
    try (var g = lock.read()) {
      return accesses;
    }
  }
}
