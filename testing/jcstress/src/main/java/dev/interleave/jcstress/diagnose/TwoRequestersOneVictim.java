// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.diagnose;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.diagnose.DeadlockDetector;
import dev.interleave.diagnose.DeadlockException;
import dev.interleave.lock.WatchedLock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Each of two threads holds what the other one asks for, both ask at the same moment, and they have
 * never done so before. If none were refused, the test would not end.
 */
@JCStressTest
@Outcome(
    id = {"1, 0", "0, 1"},
    expect = ACCEPTABLE,
    desc = "One is refused, and the other one gets both locks.")
@Outcome(id = "1, 1", expect = FORBIDDEN, desc = "Two victims where one is enough.")
@Outcome(expect = FORBIDDEN, desc = "Both got both locks: one had no lock at all.")
@State
@SuppressWarnings("LockNotBeforeTry") // nothing in between can throw
public class TwoRequestersOneVictim {
  private static final DeadlockDetector DETECTOR =
      DeadlockDetector.builder().period(Duration.ZERO).build(); // nothing helps later

  private final WatchedLock a = DETECTOR.lock("a");
  private final WatchedLock b = DETECTOR.lock("b");
  private final AtomicInteger holding = new AtomicInteger();

  public TwoRequestersOneVictim() {}

  @Actor
  public void ab(II_Result r) {
    r.r1 = both(a, b);
  }

  @Actor
  public void ba(II_Result r) {
    r.r2 = both(b, a);
  }

  private int both(WatchedLock first, WatchedLock second) {
    first.lock();
    try {
      holding.incrementAndGet();
      while (holding.get() < 2) {
        Thread.onSpinWait();
      }
      second.lock();
      second.unlock();
      return 0;
    } catch (DeadlockException e) {
      return 1;
    } finally {
      first.unlock();
    }
  }
}
