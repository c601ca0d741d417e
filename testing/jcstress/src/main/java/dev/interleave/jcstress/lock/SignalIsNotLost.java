// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import java.util.concurrent.locks.Condition;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;

/**
 * One thread awaits a condition of the write lock, the other makes it true, signals, and then
 * reads: the one that awaits comes back from the queue only to be next, and has to wait for the
 * reader before it is the writer again. Forbidden: half a write seen by the one that awaited, or
 * made while the other reads. A test that does not end is a lost signal.
 */
@JCStressTest
@Outcome(id = "1, true", expect = ACCEPTABLE, desc = "Woken, and alone.")
@Outcome(expect = FORBIDDEN, desc = "Came back from the wait while the reader was in.")
@State
public class SignalIsNotLost extends GuardedPair {
  /** Some hundred microseconds: a thread that is unparked meanwhile comes to run. */
  private static final int LOOKS = 500;

  private final Condition changed = lock.writeLock().newCondition();

  public SignalIsNotLost() {
    super(armed(Preference.WRITERS));
  }

  @Actor
  public void awaiting(IZ_Result r) {
    meet();
    lock.writeLock().lock();
    try {
      while (left == 0) {
        changed.awaitUninterruptibly();
      }
      r.r1 = left == right ? left : BROKEN;
      addOne();
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Actor
  public void signalling(IZ_Result r) {
    takeSlot();
    meet();
    lock.writeLock().lock();
    try {
      addOne();
      changed.signal();
    } finally {
      lock.writeLock().unlock();
    }
    r.r2 = isAloneWhileReading() && readPairs(READS) != BROKEN;
  }

  private boolean isAloneWhileReading() {
    boolean alone = true;
    lock.readLock().lock();
    try {
      int before = left;
      for (int i = 0; i < LOOKS; i++) {
        linger();
        alone &= left == before && right == before;
      }
    } finally {
      lock.readLock().unlock();
    }
    return alone;
  }
}
