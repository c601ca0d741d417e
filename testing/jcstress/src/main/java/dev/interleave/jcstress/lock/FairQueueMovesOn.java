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
 * As {@link QueuedReaderWakesWriterBehind} under the preference by which nobody takes what is free
 * while another waits: a wake-up that is lost leaves a free lock and a queue.
 */
@JCStressTest(Mode.Termination)
@State
public final class FairQueueMovesOn extends WakeUp {
  public FairQueueMovesOn() {
    super(BiasedReadWriteLock.builder().preference(Preference.FAIR).build());
    lock.writeLock().lock();
    startAndAwait(this::readOnce, stats -> stats.waitingReaders() == 1);
  }

  @Actor
  public void writer() {
    writeOnce();
  }

  @Signal
  public void firstWriterLeaves() {
    await(stats -> stats.waitingWriters() == 1);
    lock.writeLock().unlock();
  }
}
