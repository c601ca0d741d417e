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
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * A writer tries the lock once while a biased reader comes and goes. If it finds the slot free,
 * takes the bias away, and then finds the slot taken, it has to give back what it has taken.
 * Forbidden: a lock that neither a reader nor a writer can acquire when both have left.
 */
@JCStressTest
@Outcome(id = "true, true", expect = ACCEPTABLE, desc = "The lock is free for both.")
@Outcome(expect = FORBIDDEN, desc = "The writer that failed, or left, has kept something.")
@State
public class FailedTryLeavesNothing extends GuardedPair {
  public FailedTryLeavesNothing() {
    super(armed(Preference.WRITERS));
  }

  @Actor
  public void reader() {
    takeSlot();
    meet();
    for (int i = 0; i < READS; i++) {
      if (lock.readLock().tryLock()) {
        lock.readLock().unlock();
      }
    }
  }

  @Actor
  public void writer() {
    meet();
    if (lock.writeLock().tryLock()) {
      lock.writeLock().unlock();
    }
  }

  @Arbiter
  public void after(ZZ_Result r) {
    r.r1 = lock.readLock().tryLock();
    if (r.r1) {
      lock.readLock().unlock();
    }
    r.r2 = lock.writeLock().tryLock();
  }
}
