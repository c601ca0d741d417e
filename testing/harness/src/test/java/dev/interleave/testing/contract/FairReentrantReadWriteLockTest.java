// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.Tag;

@Tag("kit")
class FairReentrantReadWriteLockTest extends ReadWriteLockContract {
  @Override
  protected ReadWriteLock create() {
    return new ReentrantReadWriteLock(true);
  }

  @Override
  protected boolean fair() {
    return true;
  }

  @Override
  protected NewReaders newReaders() {
    return NewReaders.QUEUE_BEHIND_WRITERS;
  }
}
