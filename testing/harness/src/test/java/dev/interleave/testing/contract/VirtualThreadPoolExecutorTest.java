// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;

/** The same with virtual threads for workers. */
@Tag("kit")
class VirtualThreadPoolExecutorTest extends ExecutorServiceContract {
  @Override
  protected ExecutorService create(int threads) {
    return Executors.newFixedThreadPool(threads, Thread.ofVirtual().factory());
  }

  @Override
  protected ExecutorService createBounded(int threads, int waiting) {
    return new ThreadPoolExecutor(
        threads,
        threads,
        0,
        TimeUnit.SECONDS,
        new ArrayBlockingQueue<>(waiting),
        Thread.ofVirtual().factory());
  }
}
