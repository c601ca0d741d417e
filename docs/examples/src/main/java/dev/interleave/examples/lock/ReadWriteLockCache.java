// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.lock;

import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.lock.LockStats;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.CyclicBarrier;

/** Eight readers and two writers on a {@link GuardedCache}. */
public final class ReadWriteLockCache implements Example {
  private static final int KEYS = 10;
  private static final int READERS = 8;
  private static final int READS = 50;
  private static final int WRITERS = 2;
  private static final int WRITES = 20;

  /** A value that shows whether it was found under the right key. */
  private record Quote(String symbol, int revision) {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new ReadWriteLockCache());
  }

  @Override
  public String shows() {
    return "A cache guarded by a read-write lock: readers share it, and its statistics are exact"
        + " although several readers count at the same time.";
  }

  @Override
  public List<Class<?>> sources() {
    return List.of(GuardedCache.class, getClass());
  }

  @Override
  public String run(PrintStream out) throws Exception {
    GuardedCache<String, Quote> cache = new GuardedCache<>("quotes", 100);
    for (int i = 0; i < KEYS; i++) {
      cache.put(key(i), new Quote(key(i), 0));
    }
    CyclicBarrier start = new CyclicBarrier(READERS + WRITERS);
    try (Crew crew = new Crew()) {
      for (int r = 0; r < READERS; r++) {
        crew.virtual(
            "reader-" + r,
            () -> {
              start.await();
              for (int i = 0; i < READS; i++) {
                Quote quote = Expect.present(key(i), cache.get(key(i)));
                Expect.equal("symbol of the quote", key(i), quote.symbol());
              }
            });
      }
      for (int w = 0; w < WRITERS; w++) {
        crew.platform(
            "writer-" + w,
            () -> {
              start.await();
              for (int i = 0; i < WRITES; i++) {
                cache.put(key(i), new Quote(key(i), i + 1));
              }
            });
      }
      crew.join();
    }

    GuardedCache.Stats stats = cache.stats();
    out.printf("%d readers x %d, %d writers x %d%n", READERS, READS, WRITERS, WRITES);
    out.println(stats);
    LockStats locking = cache.lock().stats();
    out.printf("waited for the lock: %d reads, ", locking.readWaits());
    out.printf("%d writes%n", locking.writeWaits());
    Expect.equal("reads", 400L, stats.reads());
    Expect.equal("writes, with those that filled the cache", 50L, stats.writes());
    Expect.equal("hits", 400L, stats.hits());
    Expect.equal("misses", 0L, stats.misses());
    Expect.equal("hit rate", "100.00 %", stats.hitRate());
    Expect.equal("size", 10, stats.size());
    Expect.that("the lock is free again", cache.lock().holders().isEmpty());
    return "reads %d, writes %d, hits %d, misses %d, hit rate %s, size %d"
        .formatted(
            stats.reads(),
            stats.writes(),
            stats.hits(),
            stats.misses(),
            stats.hitRate(),
            stats.size());
  }

  private static String key(int i) {
    return "key-" + i % KEYS;
  }
}
