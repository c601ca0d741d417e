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
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * Two readers meet inside a lock without a free slot: one is recorded as the first reader, the
 * other in the map. Forbidden: a lock that is not free, or names a holder, when both have left. A
 * test that does not end says that readers exclude each other.
 */
@JCStressTest
@Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Both were in, and the lock is free again.")
@Outcome(
    expect = FORBIDDEN,
    desc = "The lock is not free although both have left, or no reader was recorded in the map.")
@State
public class OverflownReadersShare extends GuardedPair {
  public OverflownReadersShare() {
    super(OverflownLock.make(true));
  }

  @Actor
  public void reader1() {
    meetInside();
  }

  @Actor
  public void reader2() {
    meetInside();
  }

  private void meetInside() {
    meet(2);
    lock.readLock().lock();
    try {
      meet(4);
    } finally {
      lock.readLock().unlock();
    }
  }

  @Arbiter
  public void after(ZZ_Result r) {
    r.r1 = isFree();
    r.r2 = OverflownLock.isOverflown(lock);
  }
}
