// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * A reader and a writer try a free lock that has slots and has lost its bias to writers. Forbidden:
 * both in; and neither in.
 */
@JCStressTest
@Outcome(id = "true, false", expect = ACCEPTABLE, desc = "The reader got the lock.")
@Outcome(id = "false, true", expect = ACCEPTABLE, desc = "The writer got the lock.")
@Outcome(id = "true, true", expect = FORBIDDEN, desc = "Both are in.")
@Outcome(id = "false, false", expect = FORBIDDEN, desc = "Neither got a lock that nobody held.")
@State
public class TryLockReaderOrWriterAfterRevocation extends GuardedPair {
  public TryLockReaderOrWriterAfterRevocation() {
    super(disarmed());
  }

  @Actor
  public void reader(ZZ_Result r) {
    meet();
    r.r1 = lock.readLock().tryLock();
  }

  @Actor
  public void writer(ZZ_Result r) {
    meet();
    r.r2 = lock.writeLock().tryLock();
  }
}
