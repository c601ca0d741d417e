// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A biased reader acquires again while a writer has taken the bias away and waits for it to leave.
 * It has to be let in, by its slot: behind the writer it would wait for itself. Forbidden: half a
 * write. A test that does not end is that deadlock.
 */
@JCStressTest
@State
public class ReentryDuringRevocation extends ReaderAgainstWriter {
  public ReentryDuringRevocation() {
    super(armed(Preference.WRITERS));
  }

  @Actor
  public void reader(I_Result r) {
    takeSlot();
    meet();
    lock.readLock().lock();
    try {
      int l = left;
      linger();
      r.r1 = readPairs(2);
      linger();
      if (l != right) {
        r.r1 = BROKEN;
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  @Actor
  public void writer() {
    meet();
    writePairs(1);
  }
}
