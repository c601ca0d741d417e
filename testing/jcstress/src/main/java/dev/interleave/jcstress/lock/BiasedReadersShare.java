// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * Two readers meet inside, each by its slot. Forbidden: a lock that is not free when both have
 * left. A test that does not end says that readers exclude each other.
 */
@JCStressTest
@Outcome(id = "true", expect = ACCEPTABLE, desc = "Both were in, and the lock is free again.")
@Outcome(expect = FORBIDDEN, desc = "The lock is not free although both have left: a hold leaked.")
@State
public class BiasedReadersShare extends GuardedPair {
  public BiasedReadersShare() {
    super(armed(Preference.WRITERS));
  }

  @Actor
  public void reader1() {
    takeSlot();
    meet(2);
    lock.readLock().lock();
    try {
      meet(4); // from within
    } finally {
      lock.readLock().unlock();
    }
  }

  @Actor
  public void reader2() {
    takeSlot();
    meet(2);
    lock.readLock().lock();
    try {
      meet(4); // from within
    } finally {
      lock.readLock().unlock();
    }
  }

  @Arbiter
  public void after(Z_Result r) {
    r.r1 = isFree();
  }
}
