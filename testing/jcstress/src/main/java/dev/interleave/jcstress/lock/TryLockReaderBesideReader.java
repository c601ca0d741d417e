// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.lock.BiasedReadWriteLock;
import dev.interleave.lock.BiasedReadWriteLock.Preference;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * A reader is in all the time, by its slot. A second reader tries the lock while a writer takes the
 * bias away, sees the first, waits for a moment and gives up. Forbidden: that the second reader
 * fails, since no writer is ever in: it may not take one that looks for one that is in.
 */
@JCStressTest
@Outcome(id = "true, false", expect = ACCEPTABLE, desc = "The reader came in.")
@Outcome(expect = FORBIDDEN, desc = "A reader was kept out by no writer, or a writer came in.")
@State
public class TryLockReaderBesideReader extends GuardedPair {
  public TryLockReaderBesideReader() {
    super(readByAnother());
  }

  private static BiasedReadWriteLock readByAnother() {
    BiasedReadWriteLock lock = armed(Preference.WRITERS);
    Thread first =
        Thread.ofPlatform()
            .start(() -> {
              arm(lock);
              lock.readLock().lock();
            });
    try {
      first.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
    return lock;
  }

  @Actor
  public void reader(ZZ_Result r) {
    takeSlot();
    meet();
    r.r1 = lock.readLock().tryLock();
  }

  @Actor
  public void writer(ZZ_Result r) {
    meet();
    r.r2 = tryFor(lock.writeLock(), 1);
  }
}
