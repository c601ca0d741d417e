// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;

@Tag("kit")
class ThreadPoolExecutorTest extends ExecutorServiceContract {
  ThreadFactory workers() {
    return Executors.defaultThreadFactory();
  }

  @Override
  protected ExecutorService create(int threads) {
    return started(threads, new LinkedBlockingQueue<>());
  }

  @Override
  protected ExecutorService createBounded(int threads, int waiting) {
    return started(threads, new ArrayBlockingQueue<>(waiting));
  }

  /**
   * With a thread from the beginning: if it is shut down while its first ones are being made, it
   * may keep what it has accepted for ever, without a thread.
   */
  private ExecutorService started(int threads, BlockingQueue<Runnable> waiting) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, waiting, workers());
    pool.prestartCoreThread();
    return pool;
  }
}
