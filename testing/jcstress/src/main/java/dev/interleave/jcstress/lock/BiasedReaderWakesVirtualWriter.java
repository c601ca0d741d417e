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
 * As {@link BiasedReaderWakesWriter}, where the writer that waits is a virtual thread. jcstress
 * runs its actors on platform threads only, so the actor starts one and waits for it.
 */
@JCStressTest(Mode.Termination)
@State
public final class BiasedReaderWakesVirtualWriter extends WakeUp {
  public BiasedReaderWakesVirtualWriter() {
    super(GuardedPair.armed(Preference.WRITERS));
    lock.readLock().lock();
  }

  @Actor
  public void writer() throws InterruptedException {
    Thread.ofVirtual().start(this::writeOnce).join();
  }

  @Signal
  public void readerLeaves() {
    lock.readLock().unlock();
  }
}
