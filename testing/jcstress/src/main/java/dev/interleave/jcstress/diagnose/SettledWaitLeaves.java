// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.diagnose;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.diagnose.DeadlockDetector;
import dev.interleave.diagnose.DeadlockDetector.OnDeadlock;
import dev.interleave.diagnose.DeadlockException;
import dev.interleave.diagnose.Waits;
import dev.interleave.lock.WatchedLock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * One thread waits for a lock that nobody will ever release, and so does the other one behind it:
 * neither will take a step, and the detector remembers that, just when the first one is interrupted
 * and leaves. It goes on to ask for a lock of the other one. That is a deadlock which the detector
 * must not take for the one that it knows.
 */
@JCStressTest
@Outcome(
    id = {"1, 0, 0, 0", "0, 1, 0, 0"},
    expect = ACCEPTABLE,
    desc = "One of them is the victim, and the other one gets both locks.")
@Outcome(id = "1, 1, ., .", expect = FORBIDDEN, desc = "Two victims where one is enough.")
@Outcome(
    id = {"0, 1, ., .", "1, 0, ., ."},
    expect = FORBIDDEN,
    desc = "The interrupt by which the wait was ended stays, and hits what the thread does next.")
@Outcome(expect = FORBIDDEN, desc = "Both got both locks: one had no lock at all.")
@State
@SuppressWarnings("LockNotBeforeTry") // nothing in between can throw
public class SettledWaitLeaves {
  private static final DeadlockDetector DETECTOR =
      DeadlockDetector.builder()
          .onDeadlock(OnDeadlock.INTERRUPT_VICTIM)
          .period(Duration.ZERO) // nothing helps later
          .build();

  private static final WatchedLock ABANDONED = abandoned();

  private final WatchedLock a = DETECTOR.lock("a");
  private final WatchedLock b = DETECTOR.lock("b");
  private volatile @Nullable Thread leaver;

  public SettledWaitLeaves() {}

  /** Its holder has ended. No detector acts on that. */
  private static WatchedLock abandoned() {
    WatchedLock lock = WatchedLock.builder().name("abandoned").watcher(new Object()).build();
    Thread holder = Thread.ofPlatform().start(lock::lock);
    try {
      holder.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
    return lock;
  }

  @Actor
  public void leaves(IIII_Result r) {
    a.lock();
    try {
      leaver = Thread.currentThread();
      try {
        ABANDONED.lockInterruptibly();
      } catch (InterruptedException e) {
        r.r1 = victim(b); // it was the other one that interrupted
      }
    } finally {
      a.unlock();
    }
    r.r3 = Thread.interrupted() ? 1 : 0;
  }

  @Actor
  public void asks(IIII_Result r) {
    b.lock();
    try {
      Thread other;
      while ((other = leaver) == null || Waits.of(other) == null) {
        Thread.onSpinWait();
      }
      other.interrupt();
      r.r2 = victim(a);
    } finally {
      b.unlock();
    }
    r.r4 = Thread.interrupted() ? 1 : 0;
  }

  private static int victim(WatchedLock lock) {
    try {
      lock.lock();
      lock.unlock();
      return 0;
    } catch (DeadlockException e) {
      return 1;
    }
  }
}
