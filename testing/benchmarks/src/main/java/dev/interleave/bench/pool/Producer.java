// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.pool;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Submits tasks in a tight loop; when the pool is full, that makes it wait.
 *
 * <p>The last task of each burst counts that burst: so nobody need count tasks, which would cost
 * more than to run them.
 */
final class Producer implements Runnable {
  /** How many tasks are counted at once. */
  static final int BURST = 256;

  private final Executor pool;
  private final Runnable task;
  private final @Nullable Latencies latencies;
  private final AtomicInteger done = new AtomicInteger();
  private volatile int submitted;
  private volatile boolean stop;

  /**
   * Makes one.
   *
   * @param latencies where to note how long submissions take; null for nowhere
   */
  Producer(Executor pool, Runnable task, @Nullable Latencies latencies) {
    this.pool = pool;
    this.task = task;
    this.latencies = latencies;
  }

  @Override
  public void run() {
    Runnable last = done::incrementAndGet;
    int bursts = 0;
    while (!stop) {
      for (int i = 0; i < BURST - 1; i++) {
        submit(i);
      }
      pool.execute(last);
      submitted = ++bursts;
    }
  }

  private void submit(int number) {
    if (latencies == null || (number & Latencies.ONE_IN_MASK) != 0) {
      pool.execute(task);
      return;
    }
    long start = System.nanoTime();
    pool.execute(task);
    latencies.add(System.nanoTime() - start);
  }

  /** Ends the loop after its burst. */
  void stop() {
    stop = true;
  }

  /** How many tasks have been submitted, in whole bursts. */
  long submitted() {
    return (long) submitted * BURST;
  }

  /** How many tasks have been run, in whole bursts. */
  long done() {
    return (long) done.get() * BURST;
  }
}
