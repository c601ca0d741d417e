// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/**
 * A writer waits, next, for a reader that is in by its slot: leaving, the reader has to see that
 * its bit is gone and wake it.
 */
@JCStressTest(Mode.Termination)
@State
public final class BiasedReaderWakesWriter extends WakeUp {
  public BiasedReaderWakesWriter() {
    super(GuardedPair.armed(Preference.WRITERS));
    lock.readLock().lock();
  }

  @Actor
  public void writer() {
    writeOnce();
  }

  @Signal
  public void readerLeaves() {
    lock.readLock().unlock();
  }
}
