// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.diagnose.DeadlockDetector;
import dev.interleave.lock.WatchedLock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two threads that acquire a watched lock twice each, one hold in the other, and write. */
@JCStressTest
@Outcome(id = "8, 8", expect = ACCEPTABLE, desc = "Every write counted.")
@Outcome(
    expect = FORBIDDEN,
    desc = "A write is lost: two threads were in at once, or one did not see the other's.")
@State
public class WatchedLockExcludes {
  private static final int TIMES = 4;
  private static final DeadlockDetector DETECTOR = DeadlockDetector.create();

  private final WatchedLock lock = DETECTOR.lock("watched");
  private int left;
  private int right;

  public WatchedLockExcludes() {}

  @Actor
  public void first() {
    write();
  }

  @Actor
  public void second() {
    write();
  }

  private void write() {
    for (int i = 0; i < TIMES; i++) {
      lock.lock();
      try {
        left++;
        again();
      } finally {
        lock.unlock();
      }
    }
  }

  private void again() {
    lock.lock();
    try {
      right++;
    } finally {
      lock.unlock();
    }
  }

  @Arbiter
  public void end(II_Result r) {
    r.r1 = left;
    r.r2 = right;
  }
}
