// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock;
import java.util.ArrayList;
import java.util.List;

/** A biased lock in which every slot bears the name of some thread that has gone. */
final class FullLock {
  /** The most slots a lock can have; threads with ids in a row have slots in a row. */
  private static final int SLOTS = 256;

  private FullLock() {}

  static BiasedReadWriteLock make() {
    BiasedReadWriteLock lock = new BiasedReadWriteLock();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < SLOTS; i++) {
      threads.add(Thread.ofVirtual().unstarted(() -> GuardedPair.arm(lock)));
    }
    for (Thread thread : threads) {
      thread.start();
    }
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
    return lock;
  }
}
