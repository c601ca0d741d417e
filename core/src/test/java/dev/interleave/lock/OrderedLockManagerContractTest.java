// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import dev.interleave.testing.contract.LockContract;
import dev.interleave.testing.contract.NewReaders;
import dev.interleave.testing.contract.ReadWriteLockContract;
import dev.interleave.testing.contract.Upgrade;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The kits that ReentrantLock and ReentrantReadWriteLock pass, run on the locks of keys. */
@Tag("kit")
class OrderedLockManagerContractTest {

  private static OrderedLockManager<Integer> manager() {
    return OrderedLockManager.<Integer>builder().name("contract").build();
  }

  /** One view, kept. */
  @Nested
  class Kept extends LockContract {
    @Override
    protected Lock create() {
      return manager().lock(7);
    }
  }

  /** Another view for each call: it is the key that is locked. */
  @Nested
  class Fleeting extends LockContract {
    @Override
    protected Lock create() {
      OrderedLockManager<Integer> manager = manager();
      return new Lock() {
        private Lock view() {
          return manager.lock(700); // equal, and each time another object
        }

        @Override
        public void lock() {
          view().lock();
        }

        @Override
        public void lockInterruptibly() throws InterruptedException {
          view().lockInterruptibly();
        }

        @Override
        public boolean tryLock() {
          return view().tryLock();
        }

        @Override
        public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
          return view().tryLock(time, unit);
        }

        @Override
        public void unlock() {
          view().unlock();
        }

        @Override
        public Condition newCondition() {
          return view().newCondition();
        }
      };
    }
  }

  @Nested
  class ReadingAndWriting extends ReadWriteLockContract {
    @Override
    protected ReadWriteLock create() {
      return manager().readWriteLock(7);
    }

    @Override
    protected Upgrade upgrade() {
      return Upgrade.throwing(LockUpgradeException.class);
    }

    @Override
    protected NewReaders newReaders() {
      return NewReaders.QUEUE_BEHIND_WRITERS;
    }

    @Override
    protected int readHolds() {
      return 200_000;
    }
  }
}
