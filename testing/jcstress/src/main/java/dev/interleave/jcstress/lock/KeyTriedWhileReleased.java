// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.lock.OrderedLockManager;
import java.util.concurrent.locks.Lock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IJ_Result;

/**
 * A thread that only tries a key, while the entry it may have joined is about to die: whether it
 * gets in or not, what it found must not stay behind, and must not be let in beside the other.
 */
@JCStressTest
@Outcome(id = "[1-5], 0", expect = ACCEPTABLE, desc = "Those that got in counted; none is left.")
@Outcome(
    id = ".*, [^0].*",
    expect = FORBIDDEN,
    desc = "An entry is left in the table although nobody holds or wants its key.")
@Outcome(expect = FORBIDDEN, desc = "An increment is lost, or one too many.")
@State
public class KeyTriedWhileReleased {
  private static final int TIMES = 4;

  private final OrderedLockManager<Integer> manager = OrderedLockManager.natural();
  private int count;
  private int missing;

  public KeyTriedWhileReleased() {}

  @Actor
  public void locks() {
    Lock lock = manager.lock(1);
    lock.lock();
    try {
      addOne();
    } finally {
      lock.unlock();
    }
  }

  @Actor
  public void tries() {
    Lock lock = manager.lock(1);
    for (int i = 0; i < TIMES; i++) {
      if (lock.tryLock()) {
        try {
          addOne();
        } finally {
          lock.unlock();
        }
      } else {
        missing++;
      }
    }
  }

  /** With a moment between, in which nobody else may come. */
  private void addOne() {
    int seen = count;
    Thread.onSpinWait();
    count = seen + 1;
  }

  @Arbiter
  public void end(IJ_Result r) {
    r.r1 = count + missing == TIMES + 1 ? count : -1;
    r.r2 = manager.stats().keys();
  }
}
