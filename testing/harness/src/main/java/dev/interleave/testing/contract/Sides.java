// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;

/** Both sides of one lock. */
record Sides(Lock read, Lock write) {

  static Sides of(ReadWriteLock lock) {
    return new Sides(lock.readLock(), lock.writeLock());
  }

  /** Fails unless an actor that holds nothing can have either. */
  void assertFree(Actor stranger) throws InterruptedException {
    assertTrue(stranger.ask(write::tryLock), "held by no one, but not to be had for writing");
    stranger.run(write::unlock);
    assertTrue(stranger.ask(read::tryLock), "held by no one, but not to be had for reading");
    stranger.run(read::unlock);
  }

  /** Fails unless an actor that holds nothing can have the read lock, but not the write lock. */
  void assertRead(Actor stranger) throws InterruptedException {
    assertFalse(stranger.ask(write::tryLock), "held by a reader, but to be had for writing");
    assertTrue(stranger.ask(read::tryLock), "held by readers only, but not to be had by another");
    stranger.run(read::unlock);
  }

  /** Fails unless an actor that holds nothing can have neither. */
  void assertWritten(Actor stranger) throws InterruptedException {
    assertFalse(stranger.ask(write::tryLock), "held by a writer, but to be had for writing");
    assertFalse(stranger.ask(read::tryLock), "held by a writer, but to be had for reading");
  }
}
