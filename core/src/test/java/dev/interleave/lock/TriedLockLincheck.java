// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;

/**
 * The lock itself as the object that is checked: threads try it, keep it, and release it later.
 * Nothing blocks, and every answer counts, also which attempts fail; see {@link
 * TriedLockLincheckModel}.
 *
 * <p>For two threads. With a third a writer may fail because of one that fails itself.
 */
@Param(name = "thread", gen = ThreadIdGen.class)
public abstract class TriedLockLincheck {
  private final BiasedReadWriteLock lock;

  TriedLockLincheck(BiasedReadWriteLock lock) {
    this.lock = lock;
  }

  @Operation
  public boolean tryRead(@Param(name = "thread") int thread) {
    return lock.readLock().tryLock();
  }

  /** Reads for a moment; if the lock is biased, a slot of the thread's own is the result. */
  @Operation
  public boolean visit(@Param(name = "thread") int thread) {
    if (!lock.readLock().tryLock()) {
      return false;
    }
    lock.readLock().unlock();
    return true;
  }

  @Operation
  public String tryWrite(@Param(name = "thread") int thread) {
    try {
      return lock.writeLock().tryLock() ? "in" : "busy";
    } catch (LockUpgradeException e) {
      return "refused";
    }
  }

  /** Releases a hold, of the read lock if there is one, and says which. */
  @Operation
  public String release(@Param(name = "thread") int thread) {
    try {
      lock.readLock().unlock();
      return "read";
    } catch (IllegalMonitorStateException noReadHold) {
      try {
        lock.writeLock().unlock();
        return "write";
      } catch (IllegalMonitorStateException noHold) {
        return "none";
      }
    }
  }

  @Operation
  public String holds(@Param(name = "thread") int thread) {
    return lock.readHoldCount() + " to read, " + lock.writeHoldCount() + " to write";
  }
}
