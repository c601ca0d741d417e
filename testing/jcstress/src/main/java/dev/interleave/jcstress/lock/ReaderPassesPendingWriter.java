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
 * Under READERS a writer and behind it a reader wait in the queue for a writer that is in. That one
 * downgrades, so the next gets the token and waits for it; as readers pass a writer that waits, it
 * has to wake the reader behind it, because nobody else will leave.
 */
@JCStressTest(Mode.Termination)
@State
public final class ReaderPassesPendingWriter extends WakeUp {
  private final Thread next;

  public ReaderPassesPendingWriter() {
    super(BiasedReadWriteLock.builder().preference(Preference.READERS).biased(false).build());
    lock.writeLock().lock();
    next = startAndAwait(this::writeUnlessInterrupted, stats -> stats.waitingWriters() == 1);
  }

  @Actor
  public void reader() {
    readOnce();
    next.interrupt(); // it would wait for ever
  }

  @Signal
  public void writerDowngrades() {
    await(stats -> stats.waitingReaders() == 1);
    lock.readLock().lock();
    lock.writeLock().unlock();
  }
}
