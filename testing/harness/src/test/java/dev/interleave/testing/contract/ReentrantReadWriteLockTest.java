// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.Tag;

@Tag("kit")
class ReentrantReadWriteLockTest extends ReadWriteLockContract {
  @Override
  protected ReadWriteLock create() {
    return new ReentrantReadWriteLock();
  }

  @Override
  protected int readHolds() {
    return ReentrantReadWriteLockTrapsTest.HOLDS_OF_OLD_JDKS;
  }

  @Override
  protected int holds() {
    return ReentrantReadWriteLockTrapsTest.HOLDS_OF_OLD_JDKS;
  }

  @Override
  protected NewReaders newReaders() {
    return NewReaders.QUEUE_BEHIND_WRITERS;
  }

  @Override
  protected boolean starvationFree() {
    return false;
  }
}
