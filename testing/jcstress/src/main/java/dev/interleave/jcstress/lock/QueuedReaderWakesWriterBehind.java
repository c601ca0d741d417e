// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/**
 * A reader and behind it a writer wait in the queue for a writer that is in. It wakes the reader
 * alone; coming out of the queue the reader has to wake the writer, because no writer will leave
 * who could.
 */
@JCStressTest(Mode.Termination)
@State
public final class QueuedReaderWakesWriterBehind extends WakeUp {
  public QueuedReaderWakesWriterBehind() {
    super(new BiasedReadWriteLock());
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
