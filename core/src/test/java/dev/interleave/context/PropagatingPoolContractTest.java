// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import dev.interleave.testing.contract.ExecutorServiceContract;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;

/** A propagating executor is an executor, and gets in the way of none of its promises. */
@Tag("kit")
class PropagatingPoolContractTest extends ExecutorServiceContract {
  @Override
  protected ExecutorService create(int threads) {
    return Context.propagating(Executors.newFixedThreadPool(threads));
  }

  @Override
  protected ExecutorService createBounded(int threads, int waiting) {
    return Context.propagating(
        (ExecutorService)
            new ThreadPoolExecutor(
                threads, threads, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(waiting)));
  }
}
