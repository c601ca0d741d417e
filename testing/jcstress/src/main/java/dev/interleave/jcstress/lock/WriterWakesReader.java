// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** A reader waits in the queue for a writer that is in. */
@JCStressTest(Mode.Termination)
@State
public final class WriterWakesReader extends WakeUp {
  public WriterWakesReader() {
    super(new BiasedReadWriteLock());
    lock.writeLock().lock();
  }

  @Actor
  public void reader() {
    readOnce();
  }

  @Signal
  public void writerLeaves() {
    lock.writeLock().unlock();
  }
}
