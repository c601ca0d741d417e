// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.Test;

/**
 * What makes {@link ReentrantReadWriteLock} a trap, as facts that are checked: the reasons for
 * which a read-write lock of our own exists.
 */
class ReentrantReadWriteLockTrapsTest {
  /** Before JDK 25 each side counts in 16 bits. */
  static final int HOLDS_OF_OLD_JDKS = 65_535;

  private static final int FIRST_JDK_WITHOUT_LIMIT = 25;

  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final Lock read = lock.readLock();
  private final Lock write = lock.writeLock();

  @Test
  void oneMoreReadHoldThanFitsIn16BitsIsAnErrorBeforeJdk25() {
    AcquisitionContract.repeat(HOLDS_OF_OLD_JDKS, read::lock);
    if (Runtime.version().feature() >= FIRST_JDK_WITHOUT_LIMIT) {
      read.lock();
      assertThat(lock.getReadLockCount()).isEqualTo(HOLDS_OF_OLD_JDKS + 1);
    } else {
      assertThatThrownBy(read::lock)
          .isExactlyInstanceOf(Error.class)
          .hasMessage("Maximum lock count exceeded");
    }
  }

  @ContractTest
  void upgradeHangsAndNothingReportsIt(Actors actors) throws InterruptedException {
    Actor reader = actors.actor("reader");
    reader.run(read::lock);
    Step<?> hanging = reader.start(write::lockInterruptibly);
    hanging.awaitBlocked();

    assertThat(ManagementFactory.getThreadMXBean().findDeadlockedThreads())
        .as("deadlocks that the JVM finds")
        .isNull();
    assertThat(reader.thread().getState()).isEqualTo(Thread.State.WAITING);

    reader.interrupt(); // the only way out, and not one out of lock()
    hanging.failure(InterruptedException.class);
    reader.run(read::unlock);
  }

  @ContractTest
  void upgradeIsNeverGrantedToTheOnlyReader(Actors actors) throws InterruptedException {
    Actor reader = actors.actor("reader");
    reader.run(read::lock);
    assertThat(reader.ask(write::tryLock)).isFalse();
    assertThat(reader.ask(() -> write.tryLock(50, TimeUnit.MILLISECONDS))).isFalse();
    reader.run(read::unlock);
    assertThat(reader.ask(write::tryLock)).isTrue();
    reader.run(write::unlock);
  }

  @ContractTest
  void hangingUpgradeKeepsAllOtherReadersOut(Actors actors) throws InterruptedException {
    Actor reader = actors.actor("reader");
    Actor other = actors.actor("other");
    reader.run(read::lock);
    Step<?> hanging = reader.start(write::lockInterruptibly);
    hanging.awaitBlocked();

    assertThat(other.ask(() -> read.tryLock(50, TimeUnit.MILLISECONDS))).isFalse();
    Step<?> locking = other.start(read::lock);
    locking.awaitBlocked();
    hanging.assertNotDone();

    reader.interrupt();
    hanging.failure(InterruptedException.class);
    locking.result();
    other.run(read::unlock);
    reader.run(read::unlock);
  }

  @ContractTest
  void aMereWaitingWriterKeepsReadersOutWhileOthersRead(Actors actors) throws InterruptedException {
    Actor reader = actors.actor("reader");
    Actor writer = actors.actor("writer");
    Actor other = actors.actor("other");
    reader.run(read::lock);
    Step<?> waiting = writer.start(write::lock);
    waiting.awaitBlocked();

    assertThat(other.ask(() -> read.tryLock(50, TimeUnit.MILLISECONDS))).isFalse();
    assertThat(other.ask(read::tryLock)).as("the untimed tryLock barges").isTrue();

    other.run(read::unlock);
    reader.run(read::unlock);
    waiting.result();
    writer.run(write::unlock);
  }
}
