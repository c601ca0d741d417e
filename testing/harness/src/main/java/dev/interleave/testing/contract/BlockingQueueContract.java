// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

/**
 * The contract of a {@link java.util.concurrent.BlockingQueue}, as tests.
 *
 * <p>Subclass it, and every test is yours:
 *
 * {@snippet :
 * class MyQueueTest extends BlockingQueueContract {
 *   @Override
 *   protected BlockingQueue<Long> create(int capacity) {
 *     return new MyQueue<>(capacity);
 *   }
 * }
 * }
 *
 * <p>What else it is to know about the queue, with defaults that describe a {@link
 * java.util.concurrent.ArrayBlockingQueue} that is not fair:
 *
 * <ul>
 *   <li>{@link #bounded()}, {@link #smallestCapacity()};
 *   <li>{@link #order()}, {@link #fair()};
 *   <li>{@link #removesInside()}, {@link #forgetsRemoved()};
 *   <li>{@link #interruptibleWithoutWaiting()};
 *   <li>{@link #closeable()}, {@link #closedException()}.
 * </ul>
 *
 * <p>Override those in which the queue differs. To switch off a single test, override it and mark
 * it {@code @ContractTest @Disabled("reason")}.
 *
 * <p>Every method of {@code BlockingQueue} is tested, by itself, against waiters on either side,
 * and in a crowd; what {@link java.util.Collection} leaves open is left open. The elements are
 * {@code Long}s, so that a queue which sorts can be tested, too; no two tests share a queue. The
 * tests neither share state nor depend on their order; they may run in parallel.
 */
public abstract class BlockingQueueContract extends QueueCloseContract {

  /** For subclasses. */
  protected BlockingQueueContract() {}
}
