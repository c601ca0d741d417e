// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.pool;

import dev.interleave.pool.MonitoredPool;
import dev.interleave.pool.Rejection;
import io.micrometer.core.instrument.binder.jvm.ExecutorServiceMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** What is measured. */
@SuppressWarnings("ImmutableEnumChecker") // the factories have no state
public enum PoolKind {
  /** Ours as it is by default: the wait and the run of each task are recorded. */
  POOL("MonitoredPool", workers -> pool(workers, 1)),
  /** Ours, which records those of one in 16. */
  SAMPLED("MonitoredPool, one in 16 timed", workers -> pool(workers, 16)),
  /** The executor of the JDK, which records nothing. */
  EXECUTOR("ThreadPoolExecutor", PoolKind::executor),
  /** The same, whose tasks Micrometer times: their wait and their run, as ours. */
  METERED(
      "ThreadPoolExecutor with Micrometer",
      workers ->
          ExecutorServiceMetrics.monitor(new SimpleMeterRegistry(), executor(workers), "jobs"));

  /** How many tasks wait at most: what a pool of ours has by default. */
  static final int CAPACITY = 1024;

  private interface Factory {
    ExecutorService create(int workers);
  }

  private final String label;
  private final Factory factory;

  PoolKind(String label, Factory factory) {
    this.label = label;
    this.factory = factory;
  }

  private static ExecutorService pool(int workers, int timingOneIn) {
    return MonitoredPool.builder("jobs")
        .threads(workers, workers)
        .queueCapacity(CAPACITY)
        .rejection(Rejection.BLOCK, Duration.ofMinutes(1))
        .timingOneIn(timingOneIn)
        .build();
  }

  private static ExecutorService executor(int workers) {
    return new ThreadPoolExecutor(
        workers,
        workers,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(CAPACITY),
        PoolKind::awaitPlace);
  }

  /** The usual way to have submitters of this executor wait. */
  private static void awaitPlace(Runnable task, ThreadPoolExecutor executor) {
    try {
      executor.getQueue().put(task);
    } catch (InterruptedException e) {
      throw new RejectedExecutionException(e);
    }
  }

  /** One with so many threads. */
  ExecutorService create(int workers) {
    return factory.create(workers);
  }

  /** For tables. */
  String label() {
    return label;
  }
}
