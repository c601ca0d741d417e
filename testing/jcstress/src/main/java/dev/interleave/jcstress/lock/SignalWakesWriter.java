// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import java.util.concurrent.locks.Condition;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/**
 * A thread awaits a condition of the write lock; a signal has to bring it back, first to the queue
 * and then, past a reader that has come in meanwhile, into the lock.
 */
@JCStressTest(Mode.Termination)
@State
public final class SignalWakesWriter extends WakeUp {
  private final Condition changed = lock.writeLock().newCondition();
  private boolean happened;

  public SignalWakesWriter() {
    super(GuardedPair.armed(Preference.WRITERS));
  }

  @Actor
  public void awaiting() throws InterruptedException {
    lock.writeLock().lock();
    try {
      while (!happened) {
        changed.await();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Signal
  public void signal() {
    lock.writeLock().lock();
    try {
      happened = true;
      changed.signal();
      lock.readLock().lock();
    } finally {
      lock.writeLock().unlock();
    }
    lock.readLock().unlock();
  }
}
