// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;

/**
 * Two readers meet inside a lock without a free slot, so that one of them is recorded in the map;
 * then one leaves and writes while the other goes on reading. It is counted as long as it holds,
 * and a writer is in only after a compare-and-set from a state without readers. Forbidden: a reader
 * that sees anything of the write, and a lock that is not free in the end.
 */
@JCStressTest
@Outcome(id = "0, true", expect = ACCEPTABLE, desc = "The writer came after the reader.")
@Outcome(
    expect = FORBIDDEN,
    desc = "The writer was in together with the reader, or the lock is not free in the end.")
@State
public class OverflownReaderExcludesWriter extends GuardedPair {
  public OverflownReaderExcludesWriter() {
    super(OverflownLock.make(false));
  }

  @Actor
  public void reader(IZ_Result r) {
    int seen = BEFORE;
    meet(2);
    lock.readLock().lock();
    try {
      meet(4); // from within
      for (int i = 0; i < READS; i++) {
        seen |= left;
        linger();
        seen |= right;
      }
    } finally {
      lock.readLock().unlock();
    }
    r.r1 = seen;
  }

  @Actor
  public void writer() {
    meet(2);
    lock.readLock().lock();
    try {
      meet(4); // from within
    } finally {
      lock.readLock().unlock();
    }
    writePairs(1);
  }

  @Arbiter
  public void after(IZ_Result r) {
    r.r2 = isFree() && OverflownLock.isOverflown(lock);
  }
}
