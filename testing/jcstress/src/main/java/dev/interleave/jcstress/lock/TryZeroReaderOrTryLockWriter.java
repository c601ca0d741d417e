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
 * A reader tries a free, biased lock for no time at all, a writer tries it without time. The reader
 * does not overtake, but a writer that only tries is nobody to be overtaken: if the reader takes
 * its slot while the writer takes the bias away, it has to come in by the counter. Forbidden: both
 * in; and neither in, each having given way to the other.
 */
@JCStressTest
@Outcome(id = "true, false", expect = ACCEPTABLE, desc = "The reader got the lock.")
@Outcome(id = "false, true", expect = ACCEPTABLE, desc = "The writer got the lock.")
@Outcome(id = "true, true", expect = FORBIDDEN, desc = "Both are in.")
@Outcome(id = "false, false", expect = FORBIDDEN, desc = "Neither got a lock that nobody held.")
@State
public class TryZeroReaderOrTryLockWriter extends GuardedPair {
  public TryZeroReaderOrTryLockWriter() {
    super(armed(Preference.WRITERS));
  }

  @Actor
  public void reader(ZZ_Result r) {
    takeSlot();
    meet();
    r.r1 = tryFor(lock.readLock(), 0);
  }

  @Actor
  public void writer(ZZ_Result r) {
    meet();
    r.r2 = lock.writeLock().tryLock();
  }
}
