// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.diagnose;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.diagnose.DeadlockDetector;
import dev.interleave.diagnose.DeadlockException;
import dev.interleave.diagnose.Waits;
import dev.interleave.lock.WatchedLock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * One thread holds a and asks for b; the other one gives b away just then, and asks for a while it
 * holds nothing. Who puts what was true a moment ago together with what is true now sees a circle:
 * the first one waits for b, which the second one holds, which waits for a.
 */
@JCStressTest
@Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "Nothing to report.")
@Outcome(
    id = "0, 0, [1-9]",
    expect = FORBIDDEN,
    desc = "A wait is still registered although nobody waits.")
@Outcome(expect = FORBIDDEN, desc = "A deadlock is reported where none can be.")
@State
@SuppressWarnings("LockNotBeforeTry") // nothing in between can throw
public class HandOverIsNoDeadlock {
  private static final DeadlockDetector DETECTOR = DeadlockDetector.create();
  private static final int TIMES = 4;

  private final WatchedLock a = DETECTOR.lock("a");
  private final WatchedLock b = DETECTOR.lock("b");

  public HandOverIsNoDeadlock() {}

  @Actor
  public void inEachOther(III_Result r) {
    for (int i = 0; i < TIMES; i++) {
      try {
        a.lock();
        try {
          b.lock();
          b.unlock();
        } finally {
          a.unlock();
        }
      } catch (DeadlockException e) {
        r.r1++;
      }
    }
  }

  @Actor
  public void oneAfterTheOther(III_Result r) {
    for (int i = 0; i < TIMES; i++) {
      try {
        b.lock();
        b.unlock();
        a.lock();
        a.unlock();
      } catch (DeadlockException e) {
        r.r2++;
      }
    }
  }

  @Arbiter
  public void end(III_Result r) {
    r.r3 = Waits.isEmpty() ? 0 : 1; // only these two threads wait in this JVM
  }
}
