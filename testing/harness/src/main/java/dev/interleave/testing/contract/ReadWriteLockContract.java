// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;

/**
 * The contract of a {@link ReadWriteLock}, as tests.
 *
 * <p>Subclass it, and every test is yours:
 *
 * {@snippet :
 * class MyReadWriteLockTest extends ReadWriteLockContract {
 *   @Override
 *   protected ReadWriteLock create() {
 *     return new MyReadWriteLock();
 *   }
 *
 *   @Override
 *   protected Upgrade upgrade() {
 *     return Upgrade.throwing(IllegalStateException.class);
 *   }
 * }
 * }
 *
 * <p>What else it is to know about the lock, with defaults that describe a {@link
 * java.util.concurrent.locks.ReentrantReadWriteLock} but for two: it may starve, and lets new
 * readers queue behind writers, so it would override {@link #starvationFree()} and {@link
 * #newReaders()}:
 *
 * <ul>
 *   <li>of either side: {@link #reentrant()}, {@link #ownerChecked()}, {@link #starvationFree()};
 *   <li>of the write lock: {@link #holds()}, {@link #fair()}, {@link #conditions()};
 *   <li>of the read lock: {@link #readHolds()}, {@link #newReaders()}, {@link
 *       #readersTryLockBarges()};
 *   <li>of both in one thread: {@link #upgrade()}, {@link #downgradable()}.
 * </ul>
 *
 * <p>Override those in which the lock differs. To switch off a single test, override it and mark it
 * {@code @ContractTest @Disabled("reason")}.
 *
 * <p>The write lock by itself is run through the whole of {@link LockContract}. What is common to
 * all locks is tested on each {@link Side}: writers behind writers, writers behind readers, readers
 * behind writers.
 *
 * <p>The tests neither share state nor depend on their order; they may run in parallel.
 */
public abstract class ReadWriteLockContract extends ReadWriteStressContract {

  /** For subclasses. */
  protected ReadWriteLockContract() {}

  /**
   * Makes a lock that no one holds, and that no one else uses.
   *
   * @return the lock to be tested
   */
  protected abstract ReadWriteLock create();

  @Override
  final Sides sides() {
    return Sides.of(create());
  }

  @Override
  final Contest contest(Side side) {
    Sides sides = sides();
    Lock read = sides.read();
    Lock write = sides.write();
    return switch (side) {
      case EXCLUSIVE -> new Contest(write, write);
      case EXCLUSIVE_BEHIND_SHARED -> new Contest(write, read);
      case SHARED_BEHIND_EXCLUSIVE -> new Contest(read, write);
    };
  }
}
