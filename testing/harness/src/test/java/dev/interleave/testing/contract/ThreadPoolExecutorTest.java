// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;

@Tag("kit")
class ThreadPoolExecutorTest extends ExecutorServiceContract {
  @Override
  protected ExecutorService create(int threads) {
    return Executors.newFixedThreadPool(threads);
  }

  @Override
  protected ExecutorService createBounded(int threads, int waiting) {
    return new ThreadPoolExecutor(
        threads, threads, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(waiting));
  }
}
