// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

/**
 * The contract of an {@link java.util.concurrent.ExecutorService}, as tests.
 *
 * <p>Subclass it, and every test is yours:
 *
 * {@snippet :
 * class MyPoolTest extends ExecutorServiceContract {
 *   @Override
 *   protected ExecutorService create(int threads) {
 *     return new MyPool(threads);
 *   }
 * }
 * }
 *
 * <p>What else it is to know about the executor, with defaults that describe a {@link
 * java.util.concurrent.ThreadPoolExecutor} of so many threads and any number of waiting tasks:
 *
 * <ul>
 *   <li>{@link #limited()}, {@link #inOrder()}, {@link #createBounded(int, int)};
 *   <li>{@link #cancelInterrupts()}, {@link #clearsInterrupts()}, {@link
 *       #deliversFailuresAsThrown()};
 *   <li>{@link #shutdownNowInterrupts()}, {@link #shutdownNowReturnsWaiting()}, {@link
 *       #ownsThreads()}.
 * </ul>
 *
 * <p>Override those in which the executor differs. To switch off a single test, override it and
 * mark it {@code @ContractTest @Disabled("reason")}.
 *
 * <p>The kind of thread that a test runs on is that of its clients; the executor has threads of its
 * own. Each test ends its executor and fails if that does not end, or leaves a thread behind that
 * has run a task. The tests neither share state nor depend on their order; they may run in
 * parallel.
 */
public abstract class ExecutorServiceContract extends ExecutorStressContract {

  /** For subclasses. */
  protected ExecutorServiceContract() {}
}
