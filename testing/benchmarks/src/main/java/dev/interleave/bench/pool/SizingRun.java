// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.pool;

import dev.interleave.bench.Programs;
import dev.interleave.pool.AdaptiveSizing;
import dev.interleave.pool.MonitoredPool;
import dev.interleave.pool.Rejection;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;

/**
 * What a pool gets done that {@link AdaptiveSizing} has steered for {@value #DECISIONS} decisions,
 * and what the same pool does with the best of some fixed sizes: all of them before, and that one
 * again after. There are always more tasks than threads.
 */
public final class SizingRun {
  static final int[] SIZES = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};
  static final int DECISIONS = 30;
  static final int MEASURED = 20;
  static final Duration PERIOD = Duration.ofMillis(100);

  private static final Duration WARM_UP = Duration.ofMillis(800);
  private static final Duration SETTLING = Duration.ofMillis(100);
  private static final Duration FIXED = Duration.ofMillis(500);
  private static final Duration FIXED_AGAIN = Duration.ofSeconds(1);

  private final MonitoredPool pool =
      MonitoredPool.builder("sized")
          .threads(1, 1)
          .queueCapacity(256)
          .rejection(Rejection.BLOCK, Duration.ofDays(1))
          .build();

  private SizingRun() {}

  /**
   * Prints throughputs, in tasks per second, and sizes.
   *
   * @param args the {@link SizedWork}
   */
  public static void main(String[] args) throws InterruptedException {
    Programs.report(new SizingRun().run(SizedWork.valueOf(args[0])));
  }

  private Map<String, Double> run(SizedWork work) throws InterruptedException {
    Thread feeder = Thread.ofPlatform().start(() -> feed(work));
    Map<String, Double> figures = measure();
    pool.shutdownNow();
    feeder.join();
    return figures;
  }

  private void feed(SizedWork work) {
    try {
      while (true) {
        pool.execute(() -> {
          if (work.run() == 0) {
            throw new AssertionError("never, but it may not be left out");
          }
        });
      }
    } catch (RejectedExecutionException e) {
      if (!pool.isShutdown()) {
        throw e;
      }
    }
  }

  private Map<String, Double> measure() {
    pool.resize(4, 4);
    pass(WARM_UP);
    int bestSize = 0;
    double best = 0;
    for (int size : SIZES) {
      double rate = fixed(size, FIXED);
      if (rate > best) {
        best = rate;
        bestSize = size;
      }
    }
    pool.resize(1, 1);
    pass(SETTLING);
    double adaptive;
    double decisions;
    try (AdaptiveSizing sizing =
        AdaptiveSizing.of(pool).between(SIZES[0], SIZES[SIZES.length - 1]).build()) {
      steer(sizing, DECISIONS);
      long start = System.nanoTime();
      long before = pool.stats().completed();
      steer(sizing, DECISIONS + MEASURED);
      adaptive = rate(before, start);
      decisions = sizing.decisions();
    }
    double adaptiveSize = pool.stats().max();
    double again = fixed(bestSize, FIXED_AGAIN);
    // Before and after, as the machine has faster and slower times. That the first one is the best
    // of some, and so was lucky, speaks against the steered pool.
    double fixed = (best + again) / 2;
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("fixed", fixed);
    figures.put("fixedSize", (double) bestSize);
    figures.put("adaptive", adaptive);
    figures.put("adaptiveSize", adaptiveSize);
    figures.put("decisions", decisions);
    return figures;
  }

  private double fixed(int size, Duration time) {
    pool.resize(size, size);
    pass(SETTLING);
    long start = System.nanoTime();
    long before = pool.stats().completed();
    pass(time);
    return rate(before, start);
  }

  private static void steer(AdaptiveSizing sizing, int decisions) {
    while (sizing.decisions() < decisions) {
      pass(PERIOD);
      sizing.step().ifPresent(change -> System.err.println("  " + change));
    }
  }

  private double rate(long before, long start) {
    return (pool.stats().completed() - before) * 1e9 / (System.nanoTime() - start);
  }

  private static void pass(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
