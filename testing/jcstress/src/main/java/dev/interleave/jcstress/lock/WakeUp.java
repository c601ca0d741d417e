// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.lock.BiasedReadWriteLock;
import dev.interleave.lock.LockStats;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.openjdk.jcstress.annotations.Outcome;

/**
 * A thread waits for a lock without a time limit, another does what must wake it.
 *
 * <p>The constructor and the signal run on the same thread: what the one acquires, the other can
 * release.
 */
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "Woken.")
@Outcome(
    id = "STALE",
    expect = FORBIDDEN,
    desc = "Lost wake-up: what it waited for has come, and it waits still.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "The state after the wait is wrong.")
abstract class WakeUp {
  static {
    FirstWait.getOver();
  }

  final BiasedReadWriteLock lock;

  WakeUp(BiasedReadWriteLock lock) {
    this.lock = lock;
  }

  /** Starts a thread and returns when the lock's statistics say that it waits. */
  final Thread startAndAwait(Runnable body, Predicate<LockStats> waits) {
    Thread thread = new Thread(body, "third");
    thread.setDaemon(true);
    thread.start();
    await(waits);
    return thread;
  }

  /** Waits until the lock's statistics are so. */
  final void await(Predicate<LockStats> condition) {
    long start = System.nanoTime();
    while (!condition.test(lock.stats())) {
      if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(20)) {
        throw new IllegalStateException("nobody waits: " + lock.stats());
      }
      Thread.onSpinWait();
    }
  }

  final void readOnce() {
    lock.read().close();
  }

  final void writeOnce() {
    lock.write().close();
  }

  final void writeUnlessInterrupted() {
    try {
      lock.writeLock().lockInterruptibly();
      lock.writeLock().unlock();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the end of this thread
    }
  }
}
