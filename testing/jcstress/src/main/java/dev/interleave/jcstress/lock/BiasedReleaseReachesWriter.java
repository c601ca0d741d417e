// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZII_Result;

/**
 * The release of a biased read is a release store to the slot, which the writer reads before it is
 * in. Forbidden: a writer that misses a store made under the read lock, and a read made under the
 * read lock that sees a later writer's store.
 */
@JCStressTest
@Outcome(id = "true, 0, 0", expect = ACCEPTABLE, desc = "The writer came first.")
@Outcome(id = "true, (\\d+), \\1", expect = ACCEPTABLE, desc = "The writer came after a reader.")
@Outcome(
    expect = FORBIDDEN,
    desc =
        "The writer was in while the reader was, or did not see all it had done; or the reader saw"
            + " what the writer did after it.")
@State
public class BiasedReleaseReachesWriter extends GuardedPair {
  /** Written by the reader alone, read by the writer alone, both under the lock. */
  private int first;

  private int second;

  public BiasedReleaseReachesWriter() {
    super(armed(Preference.WRITERS));
  }

  @Actor
  public void reader(ZII_Result r) {
    takeSlot();
    meet();
    boolean steady = true;
    for (int i = 0; i < READS; i++) {
      lock.readLock().lock();
      try {
        int early = left;
        first++;
        Thread.onSpinWait();
        second++;
        steady &= left == early; // the last thing done before the release
      } finally {
        lock.readLock().unlock();
      }
    }
    r.r1 = steady;
  }

  @Actor
  public void writer(ZII_Result r) {
    meet();
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
