// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.pool;

import dev.interleave.bench.Programs;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * How long a submission takes: in a tight loop, where it meets the workers and, now and then, a
 * full core; and one each 20 µs, where it mostly has to wake a worker.
 */
public final class SubmitLatency {
  private static final long PERIOD_NANOS = 20_000;

  private SubmitLatency() {}

  /**
   * Prints the figures.
   *
   * @param args the {@link PoolKind}, the number of workers, {@code tight} or {@code paced},
   *     milliseconds to warm up and to measure
   */
  public static void main(String[] args) throws InterruptedException {
    ExecutorService pool = PoolKind.valueOf(args[0]).create(Integer.parseInt(args[1]));
    int warmUp = Integer.parseInt(args[3]);
    int measured = Integer.parseInt(args[4]);
    Latencies latencies =
        args[2].equals("paced") ? paced(pool, warmUp, measured) : tight(pool, warmUp, measured);
    pool.shutdown();
    if (!pool.awaitTermination(20, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the pool does not end");
    }
    Programs.report(
        Map.of(
            "p50Micros",
            latencies.quantile(0.5),
            "p99Micros",
            latencies.quantile(0.99),
            "p999Micros",
            latencies.quantile(0.999)));
  }

  /**
   * Those of the producer's own thread; the warm-up's are overwritten, as there are more of them.
   */
  private static Latencies tight(ExecutorService pool, int warmUp, int measured)
      throws InterruptedException {
    Latencies latencies = new Latencies();
    Producer producer = new Producer(pool, Work.of(0), latencies);
    Thread thread = Thread.ofPlatform().daemon().start(producer);
    Thread.sleep(warmUp + (long) measured);
    producer.stop();
    thread.join();
    return latencies;
  }

  private static Latencies paced(ExecutorService pool, int warmUp, int measured) {
    Latencies latencies = new Latencies();
    Runnable task = Work.of(0);
    long start = System.nanoTime();
    long warm = start + TimeUnit.MILLISECONDS.toNanos(warmUp);
    long end = warm + TimeUnit.MILLISECONDS.toNanos(measured);
    boolean warming = true;
    for (long next = start; next - end < 0; next += PERIOD_NANOS) {
      while (System.nanoTime() - next < 0) {
        Thread.onSpinWait();
      }
      if (warming && next - warm >= 0) {
        latencies.clear();
        warming = false;
      }
      long before = System.nanoTime();
      pool.execute(task);
      latencies.add(System.nanoTime() - before);
    }
    return latencies;
  }
}
