// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.pool;

import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.pool.MonitoredPool;
import dev.interleave.pool.PoolStats;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Eight tasks on four threads, which have names, and each a random of its own. */
public final class ThreadPoolBasics implements Example {
  private static final int THREADS = 4;
  private static final int TASKS = 8;
  private static final ThreadLocal<SplittableRandom> RANDOM = new ThreadLocal<>();

  private final AtomicInteger seeds = new AtomicInteger(42);
  private final Set<String> names = ConcurrentHashMap.newKeySet();

  /** Made by the tour. */
  public ThreadPoolBasics() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new ThreadPoolBasics());
  }

  @Override
  public String shows() {
    return "A pool starts a thread for each task until it has all of them, and then queues: eight"
        + " tasks on four threads come in two waves. When it is closed it says so by name.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    MonitoredPool pool =
        MonitoredPool.builder("Worker").threads(THREADS, THREADS).initializer(this::seed).build();
    CyclicBarrier wave = new CyclicBarrier(THREADS);
    try (pool) {
      List<CompletableFuture<Integer>> futures = new ArrayList<>();
      for (int i = 0; i < TASKS; i++) {
        int task = i;
        futures.add(
            pool.submit(() -> {
              names.add(Thread.currentThread().getName());
              int drawn = RANDOM.get().nextInt(1_000);
              out.println("task " + task + " on " + Thread.currentThread().getName());
              wave.await(); // nobody goes on before four of them run
              return drawn;
            }));
      }
      for (CompletableFuture<Integer> future : futures) {
        Expect.that("a number below 1,000", future.get() < 1_000);
      }
    }
    PoolStats stats = pool.stats();
    Expect.equal("threads at most", THREADS, stats.peak());
    Expect.equal("completed", (long) TASKS, stats.completed());
    Expect.equal(
        "names", Set.of("Worker-1", "Worker-2", "Worker-3", "Worker-4"), new TreeSet<>(names));
    RejectedExecutionException rejected =
        Expect.thrown(
            RejectedExecutionException.class, () -> pool.submit(() -> "too late").isDone());
    out.println(rejected.getMessage());
    Expect.equal("why", "Pool Worker is terminated", rejected.getMessage());
    return "8 tasks on 4 threads, in two waves; none after the close";
  }

  /** One for each thread: they share nothing, and are not equal. */
  private void seed() {
    RANDOM.set(new SplittableRandom(seeds.getAndIncrement()));
  }
}
