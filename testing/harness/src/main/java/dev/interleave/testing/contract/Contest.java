// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.locks.Lock;

/**
 * A lock to be tested and one that stands in its way: while another thread holds the rival, the
 * lock is not to be had, and the other way round. The rival of an exclusive lock is the lock
 * itself.
 */
record Contest(Lock lock, Lock rival) {

  /** Fails unless an actor that holds nothing can have the lock, and the rival. */
  void assertFree(Actor stranger) throws InterruptedException {
    assertTrue(stranger.ask(rival::tryLock), "no one holds it, but the rival is not to be had");
    stranger.run(rival::unlock);
    assertTrue(stranger.ask(lock::tryLock), "no one holds it, but it is not to be had");
    stranger.run(lock::unlock);
  }

  /** Fails unless the lock keeps an actor that holds nothing from the rival. */
  void assertHeld(Actor stranger) throws InterruptedException {
    assertFalse(stranger.ask(rival::tryLock), "someone holds it, but the rival is to be had");
  }
}
