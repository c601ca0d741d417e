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
 * A writer waits, next, for a reader that stays, and is interrupted. It has to come back, and leave
 * nothing behind: neither a hold nor a claim that keeps new readers out.
 */
@JCStressTest(Mode.Termination)
@State
public final class InterruptedWriterLeaves extends WakeUp {
  public InterruptedWriterLeaves() {
    super(GuardedPair.armed(Preference.WRITERS));
    lock.readLock().lock();
  }

  @Actor
  public void writer() {
    try {
      lock.writeLock().lockInterruptibly();
      throw new IllegalStateException("a writer and a reader are in");
    } catch (InterruptedException e) {
      readOnce();
    }
    if (lock.writeHoldCount() != 0 || lock.stats().waitingWriters() != 0) {
      throw new IllegalStateException("the writer has left something: " + lock.stats());
    }
  }

  @Signal
  public void interrupt(Thread writer) {
    writer.interrupt();
  }
}
