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
 * A reader waits in the queue because a writer is next, which in turn waits for a reader that is
 * in. When that one leaves, both have to get their turn.
 */
@JCStressTest(Mode.Termination)
@State
public final class DrainedWriterWakesReader extends WakeUp {
  public DrainedWriterWakesReader() {
    super(GuardedPair.armed(Preference.WRITERS));
    lock.readLock().lock();
    startAndAwait(this::writeOnce, stats -> stats.waitingWriters() == 1);
  }

  @Actor
  public void reader() {
    readOnce();
  }

  @Signal
  public void firstReaderLeaves() {
    lock.readLock().unlock();
  }
}
