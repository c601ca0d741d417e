// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.pool;

import dev.interleave.Deadline;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.pool.AdaptiveSizing;
import dev.interleave.pool.MonitoredPool;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/** A pool of two to eight threads that follows what it gets done. */
public final class AdaptivePool implements Example {
  private static final int MIN = 2;
  private static final int MAX = 8;
  private static final int TASKS = 20;
  private static final long TASK_NANOS = 2_000_000;

  /** Made by the tour. */
  public AdaptivePool() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new AdaptivePool());
  }

  @Override
  public String shows() {
    return "A pool grows while tasks wait and more threads get more done, tells why, never goes"
        + " beyond its bounds, and loses no task on the way.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    List<Callable<Boolean>> batch = Collections.nCopies(TASKS, AdaptivePool::mostlyWait);
    try (MonitoredPool pool = MonitoredPool.builder("adaptive").threads(MIN, MIN).build()) {
      try (AdaptiveSizing sizing =
          AdaptiveSizing.of(pool)
              .between(MIN, MAX)
              .every(Duration.ofMillis(60))
              .listener(change -> out.println(change))
              .start()) {
        grow(pool, batch);
        for (AdaptiveSizing.Change change : sizing.history()) {
          Expect.that("within bounds: " + change, change.to() >= MIN && change.to() <= MAX);
          Expect.that("for a reason: " + change, !change.reason().isBlank());
        }
      }
      int size = pool.stats().max();
      run(pool, batch);
      Expect.equal("the pool keeps its size", size, pool.stats().max());
    }
    return "from 2 threads to 8, each time for a reason, and every task completed";
  }

  private static void grow(MonitoredPool pool, List<Callable<Boolean>> batch) throws Exception {
    long tasks = 0;
    Deadline deadline = Deadline.after(Duration.ofSeconds(30));
    while (pool.stats().peak() < MAX && !deadline.isExpired()) {
      run(pool, batch);
      tasks += batch.size();
    }
    Expect.equal("it has grown", MAX, pool.stats().peak());
    Expect.equal("completed", tasks, pool.stats().completed());
    Expect.equal("rejected", 0L, pool.stats().rejected().total());
  }

  private static void run(MonitoredPool pool, List<Callable<Boolean>> batch) throws Exception {
    for (Future<Boolean> future : pool.invokeAll(batch)) {
      Expect.equal("result", true, future.get());
    }
  }

  private static boolean mostlyWait() {
    long end = System.nanoTime() + TASK_NANOS;
    for (long left = TASK_NANOS; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    return true;
  }
}
