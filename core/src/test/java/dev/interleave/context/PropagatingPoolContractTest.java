// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import dev.interleave.testing.contract.ExecutorServiceContract;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;

/** A propagating executor is an executor, and gets in the way of none of its promises. */
@Tag("kit")
class PropagatingPoolContractTest extends ExecutorServiceContract {
  @Override
  protected ExecutorService create(int threads) {
    return Context.propagating((ExecutorService) started(threads, new LinkedBlockingQueue<>()));
  }

  @Override
  protected ExecutorService createBounded(int threads, int waiting) {
    return Context.propagating(
        (ExecutorService) started(threads, new ArrayBlockingQueue<>(waiting)));
  }

  /**
   * With a thread from the beginning: if it is shut down while its first ones are being made, the
   * JDK's pool may keep what it has accepted for ever, without a thread.
   */
  private static ThreadPoolExecutor started(int threads, BlockingQueue<Runnable> waiting) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, waiting);
    pool.prestartCoreThread();
    return pool;
  }
}
