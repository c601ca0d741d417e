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
 * A reader waits in the queue because a writer is next. The writer is interrupted and gives up: it
 * has to wake the reader, since nobody else will, the first reader staying in.
 */
@JCStressTest(Mode.Termination)
@State
public final class WriterThatGivesUpWakesReader extends WakeUp {
  private final Thread writer;

  public WriterThatGivesUpWakesReader() {
    super(GuardedPair.armed(Preference.WRITERS));
    lock.readLock().lock();
    writer = startAndAwait(this::writeUnlessInterrupted, stats -> stats.waitingWriters() == 1);
  }

  @Actor
  public void reader() {
    readOnce();
  }

  @Signal
  public void writerGivesUp() {
    await(stats -> stats.waitingReaders() == 1);
    writer.interrupt();
  }
}
