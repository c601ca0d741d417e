// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Tag;

@Tag("kit")
class FairReentrantLockTest extends LockContract {
  @Override
  protected Lock create() {
    return new ReentrantLock(true);
  }

  @Override
  protected boolean fair() {
    return true;
  }
}
