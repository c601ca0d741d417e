// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock;
import dev.interleave.lock.BiasedReadWriteLock.Preference;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/**
 * A writer is next and waits for a reader's slot; behind it a second writer waits in line. The
 * first gives up, and because of the second it may not simply set the bits again. Forbidden: that
 * the second comes in without having looked at the slot, the reader being in still.
 */
@JCStressTest(Mode.Termination)
@State
public final class LeftSlotKeepsWriterOut extends WakeUp {
  private static final int LOOKS = 2_000;

  private final Thread first;
  private volatile boolean written;

  public LeftSlotKeepsWriterOut() {
    super(BiasedReadWriteLock.builder().preference(Preference.FAIR).build());
    GuardedPair.arm(lock);
    lock.readLock().lock();
    first = startAndAwait(this::writeUnlessInterrupted, stats -> stats.waitingWriters() == 1);
  }

  @Actor
  public void secondWriter() {
    lock.writeLock().lock();
    try {
      written = true;
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Signal
  public void firstGivesUp() {
    await(stats -> stats.waitingWriters() == 2);
    first.interrupt();
    try {
      for (int i = 0; i < LOOKS; i++) {
        Thread.onSpinWait(); // the other core's time to come in, if it can
        if (written) {
          throw new IllegalStateException("a writer and a reader are in");
        }
      }
    } finally {
      lock.readLock().unlock();
    }
  }
}
