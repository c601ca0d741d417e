// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.StampedLock;
import org.junit.jupiter.api.Tag;

/** The kit with nearly every capability switched off: what is left still holds. */
@Tag("kit")
class StampedLockTest extends ReadWriteLockContract {
  @Override
  protected ReadWriteLock create() {
    return new StampedLock().asReadWriteLock();
  }

  @Override
  protected boolean reentrant() {
    return false;
  }

  @Override
  protected boolean ownerChecked() {
    return false;
  }

  @Override
  protected boolean downgradable() {
    return false;
  }

  @Override
  protected boolean conditions() {
    return false;
  }

  @Override
  protected boolean starvationFree() {
    return false;
  }
}
