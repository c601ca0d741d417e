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
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * Two writers try a free, biased lock, and keep it: the first takes the bias away, looks at the
 * slots and is in, the second finds it next or in. Forbidden: both in; and neither in, since the
 * first has no reader to give way to.
 */
@JCStressTest
@Outcome(id = "true, false", expect = ACCEPTABLE, desc = "The first got the lock.")
@Outcome(id = "false, true", expect = ACCEPTABLE, desc = "The second got the lock.")
@Outcome(id = "true, true", expect = FORBIDDEN, desc = "Both are in.")
@Outcome(id = "false, false", expect = FORBIDDEN, desc = "Neither got a lock that nobody held.")
@State
public class TryLockOneWriter extends GuardedPair {
  public TryLockOneWriter() {
    super(armed(Preference.WRITERS));
  }

  @Actor
  public void writer1(ZZ_Result r) {
    meet();
    r.r1 = lock.writeLock().tryLock();
  }

  @Actor
  public void writer2(ZZ_Result r) {
    meet();
    r.r2 = lock.writeLock().tryLock();
  }
}
