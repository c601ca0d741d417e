// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.diagnose;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.diagnose.DeadlockDetector;
import dev.interleave.diagnose.Waits;
import dev.interleave.lock.WatchedLock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A thread registers to wait while the owner releases and looks for deadlocks: whatever the timing,
 * it gets the lock, nothing is reported, and it does not stay registered.
 */
@JCStressTest
@Outcome(id = "4, 0, 0", expect = ACCEPTABLE, desc = "Got it each time, and nothing to report.")
@Outcome(id = "4, [1-9], .*", expect = FORBIDDEN, desc = "A deadlock of one waiter is reported.")
@Outcome(
    id = "4, 0, [1-9]",
    expect = FORBIDDEN,
    desc = "A wait is still registered although nobody waits.")
@Outcome(expect = FORBIDDEN, desc = "An acquisition is lost.")
@State
@SuppressWarnings("LockNotBeforeTry") // nothing in between can throw
public class ReleaseAgainstRegistration {
  private static final DeadlockDetector DETECTOR = DeadlockDetector.create();
  private static final int TIMES = 4;

  private final WatchedLock lock = DETECTOR.lock("watched");

  public ReleaseAgainstRegistration() {}

  @Actor
  public void waits(III_Result r) {
    for (int i = 0; i < TIMES; i++) {
      lock.lock();
      try {
        r.r1++;
      } finally {
        lock.unlock();
      }
    }
  }

  @Actor
  public void releasesAndLooks(III_Result r) {
    for (int i = 0; i < TIMES; i++) {
      lock.lock();
      lock.unlock();
      r.r2 += DETECTOR.scan().size();
    }
  }

  @Arbiter
  public void end(III_Result r) {
    r.r3 = Waits.isEmpty() ? 0 : 1; // only these two threads wait in this JVM
  }
}
