// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import dev.interleave.diagnose.DeadlockDetector;
import dev.interleave.testing.contract.LockContract;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The kit that ReentrantLock passes, with detectors at work and without. */
@Tag("kit")
class WatchedLockContractTest {

  @Nested
  class Unwatched extends LockContract {
    @Override
    protected Lock create() {
      return WatchedLock.builder().name("contract").build();
    }
  }

  /** What all policies have in common. */
  abstract static class Watched extends LockContract {
    private final DeadlockDetector detector;

    Watched(DeadlockDetector.OnDeadlock policy) {
      detector = DeadlockDetector.builder().onDeadlock(policy).acquisitionSites(3).build();
    }

    @Override
    protected Lock create() {
      return detector.lock("contract");
    }

    @AfterEach
    void nothingWasFound() {
      detector.close();
      if (detector.found() != 0) {
        throw new AssertionError(detector.toString());
      }
    }
  }

  @Nested
  class FailingRequesters extends Watched {
    FailingRequesters() {
      super(DeadlockDetector.OnDeadlock.FAIL_REQUESTER);
    }
  }

  @Nested
  class InterruptingVictims extends Watched {
    InterruptingVictims() {
      super(DeadlockDetector.OnDeadlock.INTERRUPT_VICTIM);
    }
  }
}
