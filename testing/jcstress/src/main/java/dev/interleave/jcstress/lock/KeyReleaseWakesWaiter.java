// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.lock.OrderedLockManager;
import java.util.concurrent.locks.Lock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** A thread waits for a key without a time limit, and its holder, who may be alone, leaves. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "Woken.")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "Waits for a key that nobody holds.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "It was not the holder, or not in.")
@State
@SuppressWarnings("LockNotBeforeTry") // nothing in between can throw
public class KeyReleaseWakesWaiter {
  private final OrderedLockManager<Integer> manager = OrderedLockManager.natural();
  private final Lock lock = manager.lock(1);

  /** By the thread that signals. */
  public KeyReleaseWakesWaiter() {
    lock.lock();
  }

  @Actor
  public void waits() {
    lock.lock();
    lock.unlock();
  }

  @Signal
  public void releases() {
    lock.unlock();
  }
}
