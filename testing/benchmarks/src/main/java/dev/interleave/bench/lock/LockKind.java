// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.lock;

import dev.interleave.lock.BiasedReadWriteLock;
import dev.interleave.lock.BiasedReadWriteLock.Preference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/** What is measured. */
@SuppressWarnings("ImmutableEnumChecker") // the factories have no state
public enum LockKind {
  /** Ours as it is by default. */
  BIASED("BiasedReadWriteLock", () -> ours(Preference.WRITERS, true)),
  /** Ours, readers first. */
  BIASED_READERS("BiasedReadWriteLock, READERS", () -> ours(Preference.READERS, true)),
  /** Ours in order of arrival. */
  BIASED_FAIR("BiasedReadWriteLock, FAIR", () -> ours(Preference.FAIR, true)),
  /** Ours with the bias switched off. */
  UNBIASED("BiasedReadWriteLock, biased(false)", () -> ours(Preference.WRITERS, false)),
  /** The JDK's read-write lock. */
  RRWL("ReentrantReadWriteLock", () -> new LockedLong.OfLocks(new ReentrantReadWriteLock())),
  /** The same in order of arrival. */
  RRWL_FAIR(
      "ReentrantReadWriteLock, fair",
      () -> new LockedLong.OfLocks(new ReentrantReadWriteLock(true))),
  /** Not reentrant, and does not know its holders. */
  STAMPED("StampedLock", LockedLong.OfStampedLock::new),
  /** One lock for reading and writing. */
  REENTRANT_LOCK("ReentrantLock", LockKind::exclusive),
  /** A monitor for reading and writing. */
  SYNCHRONIZED("synchronized", LockedLong.OfMonitor::new);

  private final String label;
  private final Supplier<LockedLong> factory;

  LockKind(String label, Supplier<LockedLong> factory) {
    this.label = label;
    this.factory = factory;
  }

  /** Its name in tables and plots. */
  String label() {
    return label;
  }

  LockedLong create() {
    return factory.get();
  }

  private static LockedLong ours(Preference preference, boolean biased) {
    return new LockedLong.OfLocks(
        BiasedReadWriteLock.builder().preference(preference).biased(biased).build());
  }

  private static LockedLong exclusive() {
    Lock lock = new ReentrantLock();
    return new LockedLong.OfLocks(lock, lock);
  }
}
