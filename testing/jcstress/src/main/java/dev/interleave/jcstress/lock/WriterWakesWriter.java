// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** A writer waits in the queue for a writer that is in, having taken the bias away. */
@JCStressTest(Mode.Termination)
@State
public final class WriterWakesWriter extends WakeUp {
  public WriterWakesWriter() {
    super(GuardedPair.armed(Preference.WRITERS));
    lock.writeLock().lock();
  }

  @Actor
  public void writer() {
    writeOnce();
  }

  @Signal
  public void writerLeaves() {
    lock.writeLock().unlock();
  }
}
