// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** A writer waits, next, for a reader that is recorded in the map: it has to wake it. */
@JCStressTest(Mode.Termination)
@State
public final class OverflownReaderWakesWriter extends WakeUp {
  public OverflownReaderWakesWriter() {
    super(OverflownLock.make(false));
    Thread first = startAndAwait(this::readUntilInterrupted, stats -> !lock.holders().isEmpty());
    lock.readLock().lock();
    first.interrupt();
    try {
      first.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
    if (!OverflownLock.isOverflown(lock)) {
      throw new IllegalStateException("has a slot: the test would prove nothing");
    }
  }

  /** Holds the lock, as its first reader, until interrupted. */
  private void readUntilInterrupted() {
    try (var guard = lock.read()) {
      while (!Thread.interrupted()) {
        Thread.onSpinWait();
      }
    }
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
