// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/**
 * A writer waits, next, for a reader that is in by the counter: the last to leave has to wake it.
 */
@JCStressTest(Mode.Termination)
@State
public final class CountedReaderWakesWriter extends WakeUp {
  public CountedReaderWakesWriter() {
    super(GuardedPair.counting());
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
