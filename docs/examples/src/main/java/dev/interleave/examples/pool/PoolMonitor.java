// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.pool;

import dev.interleave.Deadline;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.pool.MonitoredPool;
import dev.interleave.pool.PoolDashboard;
import dev.interleave.pool.PoolStats;
import java.io.PrintStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;

/** Nine tasks on four threads, of which two fail: what the pool says of them, and its dashboard. */
public final class PoolMonitor implements Example {
  private static final int THREADS = 4;

  /** Made by the tour. */
  public PoolMonitor() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new PoolMonitor());
  }

  @Override
  public String shows() {
    return "A pool that can say what it is doing: exact counts, waits and runs, what is in flight"
        + " and where; and a page of one file that shows it over time.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    CountDownLatch io = new CountDownLatch(1);
    MonitoredPool pool = MonitoredPool.builder("monitored").threads(1, THREADS).build();
    String page;
    try (pool;
        PoolDashboard dashboard = PoolDashboard.onDemand(pool)) {
      List<CompletableFuture<?>> futures = new ArrayList<>();
      for (int i = 1; i <= 4; i++) {
        futures.add(pool.submit("io-" + i, () -> await(io), Deadline.none()));
      }
      for (int numbers : new int[] {50_000, 100_000, 150_000}) {
        futures.add(pool.submit("heavy-" + numbers, () -> cubes(numbers), Deadline.none()));
      }
      for (int i = 1; i <= 2; i++) {
        futures.add(pool.submit("failing-" + i, PoolMonitor::fail, Deadline.none()));
      }
      Expect.soon("four run", () -> pool.stats().active() == THREADS);
      dashboard.sample();
      PoolStats busy = pool.stats();
      out.println(pool);
      pool.inFlight().forEach(task -> out.println(task.task() + " on " + task.thread()));
      Expect.equal("waiting", 5L, busy.queued());
      page = dashboard.html(); // or dashboard.write(file)
      io.countDown();
      for (CompletableFuture<?> future : futures) {
        try {
          out.println(future.get());
        } catch (ExecutionException e) {
          out.println(e.getCause());
        }
      }
      dashboard.sample();
      Expect.equal("samples", 3, dashboard.size());
    }
    Expect.contains("<td>io-1</td>", page);
    Expect.contains("<svg", page);
    PoolStats stats = pool.stats();
    Expect.equal("completed", 7L, stats.completed());
    Expect.equal("failed", 2L, stats.failed());
    Expect.equal("timed", 9L, stats.runs().count());
    double success = 100.0 * stats.completed() / stats.submitted();
    return String.format(Locale.ROOT, "9 tasks, 7 completed, 2 failed: %.2f %%", success);
  }

  private static String await(CountDownLatch io) throws InterruptedException {
    io.await();
    return "read";
  }

  private static BigInteger cubes(int numbers) {
    BigInteger sum = BigInteger.ZERO;
    for (long i = 0; i < numbers; i++) {
      sum = sum.add(BigInteger.valueOf(i * i * i));
    }
    return sum;
  }

  private static String fail() {
    throw new IllegalStateException("simulated");
  }
}
