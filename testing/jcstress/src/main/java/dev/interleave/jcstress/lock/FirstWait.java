// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock;
import java.util.concurrent.TimeUnit;

/**
 * The first wait for a lock in a process, which loads what only waits need.
 *
 * <p>jcstress makes a few trial runs to learn what a sample costs. Classes that are loaded in them
 * would make it believe that a hundred milliseconds are time for one sample.
 */
final class FirstWait {
  private FirstWait() {}

  static void getOver() {
    BiasedReadWriteLock lock = new BiasedReadWriteLock();
    Thread blocked = new Thread(() -> waitInVain(lock), "first wait");
    lock.writeLock().lock();
    try {
      blocked.start();
      blocked.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    } finally {
      lock.writeLock().unlock();
    }
  }

  private static void waitInVain(BiasedReadWriteLock lock) {
    try {
      if (lock.readLock().tryLock(1, TimeUnit.NANOSECONDS)) {
        throw new IllegalStateException("a writer and a reader are in");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
  }
}
