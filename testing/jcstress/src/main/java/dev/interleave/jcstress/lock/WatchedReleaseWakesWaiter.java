// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.diagnose.DeadlockDetector;
import dev.interleave.lock.WatchedLock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** A thread waits for a watched lock without a time limit, and its holder leaves. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "Woken.")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "Lost wake-up: waits for a lock that is free.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "Refused, or in although another holds it.")
@State
@SuppressWarnings("LockNotBeforeTry") // nothing in between can throw
public class WatchedReleaseWakesWaiter {
  private static final DeadlockDetector DETECTOR = DeadlockDetector.create();

  private final WatchedLock lock = DETECTOR.lock("watched");

  /** By the thread that signals. */
  public WatchedReleaseWakesWaiter() {
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
