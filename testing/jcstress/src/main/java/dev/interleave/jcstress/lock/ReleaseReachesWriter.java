// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.lock.BiasedReadWriteLock;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.infra.results.ZII_Result;

/**
 * A reader stores, which it may as long as no other reader does, and releases. Forbidden: a writer
 * that misses a store made under the read lock, and a read made under the read lock that sees a
 * later writer's store.
 */
@Outcome(id = "true, 0, 0", expect = ACCEPTABLE, desc = "The writer came first.")
@Outcome(id = "true, (\\d+), \\1", expect = ACCEPTABLE, desc = "The writer came after a reader.")
@Outcome(
    expect = FORBIDDEN,
    desc =
        "The writer was in while the reader was, or did not see all it had done; or the reader saw"
            + " what the writer did after it.")
abstract class ReleaseReachesWriter extends GuardedPair {
  /** Written by the reader alone, read by the writer alone, both under the lock. */
  private int first;

  private int second;

  ReleaseReachesWriter(BiasedReadWriteLock lock) {
    super(lock);
  }

  /** Under the read lock; whether no writer was in meanwhile. */
  final boolean store() {
    int early = left;
    first++;
    Thread.onSpinWait();
    second++;
    return left == early; // the last thing done before the release
  }

  final boolean readAndStore() {
    boolean steady = true;
    for (int i = 0; i < READS; i++) {
      lock.readLock().lock();
      try {
        steady &= store();
      } finally {
        lock.readLock().unlock();
      }
    }
    return steady;
  }

  final void write(ZII_Result r) {
    lock.writeLock().lock();
    try {
      r.r2 = second;
      left = 1;
      r.r3 = first;
    } finally {
      lock.writeLock().unlock();
    }
  }
}
