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
import org.openjdk.jcstress.infra.results.IZ_Result;

/**
 * A writer waits a moment for a biased reader, gives up, and comes again at once. What it had taken
 * away it has to give back: with a clear word the next attempt would not look at the slot.
 * Forbidden: half a write, and a lock that is not free when both have left.
 */
@JCStressTest
@Outcome(id = "[012], true", expect = ACCEPTABLE, desc = "Whole pairs, and the lock is free.")
@Outcome(id = "-1, .*", expect = FORBIDDEN, desc = "A later write came in while a reader was in.")
@Outcome(expect = FORBIDDEN, desc = "The lock is not free at the end.")
@State
public class TimedWriterGivesUp extends GuardedPair {
  public TimedWriterGivesUp() {
    super(armed(Preference.WRITERS));
  }

  @Actor
  public void reader(IZ_Result r) {
    takeSlot();
    meet();
    int seen = BEFORE;
    for (int i = 0; i < READS && seen != BROKEN; i++) {
      lock.readLock().lock();
      try {
        int l = left;
        linger();
        seen = l == right ? verdict(l, l) : BROKEN;
      } finally {
        lock.readLock().unlock();
      }
    }
    r.r1 = seen;
  }

  @Actor
  public void writer() {
    meet();
    for (int i = 0; i < 2; i++) {
      if (tryFor(lock.writeLock(), 200)) {
        try {
          addOne();
        } finally {
          lock.writeLock().unlock();
        }
      }
    }
    writePairs(1);
  }

  @Arbiter
  public void after(IZ_Result r) {
    r.r2 = left == right && isFree();
  }
}
