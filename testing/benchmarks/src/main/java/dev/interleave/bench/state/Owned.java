// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.state;

import dev.interleave.state.Confined;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A plain counter that one thread owns. */
interface Owned extends AutoCloseable {
  /** How many tasks may wait. */
  int CAPACITY = 1024;

  /** Increments it some time later; waits while too many increments wait. */
  void submit() throws InterruptedException;

  /** Increments it and waits for the result. */
  long call() throws InterruptedException, ExecutionException;

  @Override
  void close();

  /** Ours. */
  final class OfConfined implements Owned {
    private final Confined<long[]> counter;

    OfConfined(boolean virtual) {
      Confined.Builder<long[]> builder = Confined.builder(() -> new long[1]);
      if (!virtual) {
        builder.threads(Thread.ofPlatform().daemon().factory());
      }
      counter = builder.capacity(CAPACITY).build();
    }

    @Override
    public void submit() throws InterruptedException {
      var unused = counter.submit(c -> ++c[0]);
    }

    @Override
    public long call() throws InterruptedException {
      return counter.call(c -> ++c[0]);
    }

    @Override
    public void close() {
      counter.close();
    }
  }

  /** An executor with one thread, whose submitters wait for a place in its queue. */
  final class OfExecutor implements Owned {
    private final ThreadPoolExecutor executor;
    private long counter;

    OfExecutor(boolean linked, boolean virtual) {
      BlockingQueue<Runnable> queue =
          linked ? new LinkedBlockingQueue<>(CAPACITY) : new ArrayBlockingQueue<>(CAPACITY);
      executor =
          new ThreadPoolExecutor(
              1,
              1,
              0,
              TimeUnit.SECONDS,
              queue,
              (virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon()).factory(),
              (task, full) -> {
                try {
                  full.getQueue().put(task);
                } catch (InterruptedException e) {
                  throw new RejectedExecutionException(e);
                }
              });
      executor.prestartAllCoreThreads();
    }

    @Override
    public void submit() {
      var unused = executor.submit(() -> ++counter);
    }

    @Override
    public long call() throws InterruptedException, ExecutionException {
      return executor.submit(() -> ++counter).get();
    }

    @Override
    public void close() {
      executor.close();
    }
  }
}
