// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static java.util.Objects.requireNonNull;

/**
 * What becomes of a thread that holds the read lock and asks for the write lock: a capability of
 * {@link ReadWriteLockContract}.
 */
public sealed interface Upgrade {

  /**
   * It waits, like for any other reader, and so for itself, for ever: {@code lock()} hangs, {@code
   * lockInterruptibly()} until it is interrupted, the timed {@code tryLock} until its time is up,
   * and the untimed one returns false.
   *
   * @return the policy of {@link java.util.concurrent.locks.ReentrantReadWriteLock}
   */
  static Upgrade hangs() {
    return new Hangs();
  }

  /**
   * It is refused at once by an exception, by all forms of acquisition alike, and keeps its read
   * hold.
   *
   * @param type the type of the exception
   * @return a policy that cannot hang
   */
  static Upgrade throwing(Class<? extends RuntimeException> type) {
    return new Throws(type);
  }

  /** See {@link Upgrade#hangs()}. */
  record Hangs() implements Upgrade {}

  /**
   * See {@link Upgrade#throwing(Class)}.
   *
   * @param type the type of the exception
   */
  record Throws(Class<? extends RuntimeException> type) implements Upgrade {
    /** Checks the type. */
    public Throws {
      requireNonNull(type, "type");
    }
  }
}
