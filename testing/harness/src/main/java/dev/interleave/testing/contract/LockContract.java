// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.concurrent.locks.Lock;

/**
 * The contract of an exclusive {@link Lock}, as tests.
 *
 * <p>Subclass it, and every test is yours:
 *
 * {@snippet :
 * class MyLockTest extends LockContract {
 *   @Override
 *   protected Lock create() {
 *     return new MyLock();
 *   }
 * }
 * }
 *
 * <p>What else it is to know about the lock, with defaults that describe a {@link
 * java.util.concurrent.locks.ReentrantLock}: {@link #reentrant()}, {@link #holds()}, {@link
 * #fair()}, {@link #ownerChecked()}, {@link #conditions()}. Override those in which the lock
 * differs. To switch off a single test, override it and mark it
 * {@code @ContractTest @Disabled("reason")}.
 *
 * <p>The tests neither share state nor depend on their order; they may run in parallel.
 */
public abstract class LockContract extends ExclusionContract {

  /** For subclasses. */
  protected LockContract() {}

  /**
   * Makes a lock that no one holds, and that no one else uses.
   *
   * @return the lock to be tested
   */
  protected abstract Lock create();

  @Override
  final Contest contest(Side side) {
    Lock lock = create();
    return new Contest(lock, lock);
  }
}
