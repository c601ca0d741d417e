// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.lock.BiasedReadWriteLock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/**
 * Two readers arm the bias against each other, with nested holds, so that a thread comes to hold by
 * the counter and by its slot in every order. Forbidden: a hold that is not counted, and one that
 * outlives its unlock; it would keep writers out for ever.
 */
@JCStressTest
@Outcome(id = "true, true, true", expect = ACCEPTABLE, desc = "All holds counted and released.")
@Outcome(expect = FORBIDDEN, desc = "Holds miscounted, or the lock is not free at the end.")
@State
public class ArmingReadersLeaveNothing extends GuardedPair {
  public ArmingReadersLeaveNothing() {
    super(new BiasedReadWriteLock());
  }

  @Actor
  public void reader1(ZZZ_Result r) {
    meet();
    r.r1 = readNested();
  }

  @Actor
  public void reader2(ZZZ_Result r) {
    meet();
    r.r2 = readNested();
  }

  @Arbiter
  public void after(ZZZ_Result r) {
    r.r3 = isFree();
  }

  private boolean readNested() {
    boolean right = true;
    for (int i = 0; i < 3 * READS; i++) {
      lock.readLock().lock();
      try {
        lock.readLock().lock();
        try {
          right &= lock.readHoldCount() == 2;
        } finally {
          lock.readLock().unlock();
        }
        right &= lock.readHoldCount() == 1;
      } finally {
        lock.readLock().unlock();
      }
    }
    return right && lock.readHoldCount() == 0;
  }
}
