// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.diagnose;

import com.google.common.util.concurrent.CycleDetectingLockFactory;
import com.google.common.util.concurrent.CycleDetectingLockFactory.Policies;
import com.google.common.util.concurrent.CycleDetectingLockFactory.PotentialDeadlockException;
import dev.interleave.diagnose.DeadlockDetector;
import dev.interleave.diagnose.DeadlockException;
import dev.interleave.diagnose.LockOrder;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** What is measured. */
@SuppressWarnings("ImmutableEnumChecker") // the factories have no state
public enum MutexKind {
  /** The JDK's lock, which nobody watches. */
  REENTRANT_LOCK("ReentrantLock", () -> name -> new ReentrantLock()),
  /** Ours: the waits are registered, and deadlocks found when they happen. */
  WATCHED("WatchedLock", () -> watched(DeadlockDetector.create())),
  /** Ours, and the order of acquisitions is checked as well. */
  WATCHED_ORDERED(
      "WatchedLock, order checked",
      () -> watched(DeadlockDetector.builder().lockOrder(LockOrder.builder().build()).build())),
  /** Guava's detector, which throws at the second order. */
  GUAVA_THROW("Guava, THROW", () -> guava(Policies.THROW)),
  /** The same switched off. */
  GUAVA_DISABLED("Guava, DISABLED", () -> guava(Policies.DISABLED));

  private final String label;
  private final Supplier<Mutexes> factory;

  MutexKind(String label, Supplier<Mutexes> factory) {
    this.label = label;
    this.factory = factory;
  }

  /** Its name in tables and plots. */
  String label() {
    return label;
  }

  /** A new source of locks. */
  Mutexes mutexes() {
    return factory.get();
  }

  /** Whether that is how a lock of this kind refuses what would be a deadlock. */
  boolean isRefusal(RuntimeException e) {
    return e instanceof DeadlockException || e instanceof PotentialDeadlockException;
  }

  private static Mutexes watched(DeadlockDetector detector) {
    return new Mutexes() {
      @Override
      public Lock create(String name) {
        return detector.lock(name);
      }

      @Override
      public void close() {
        detector.close();
      }
    };
  }

  private static Mutexes guava(Policies policy) {
    return CycleDetectingLockFactory.newInstance(policy)::newReentrantLock;
  }
}
