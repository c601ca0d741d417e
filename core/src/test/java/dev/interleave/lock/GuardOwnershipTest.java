// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.interleave.Guard;
import dev.interleave.testing.contract.ThreadKind;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A guard is its thread's: another that holds too must not give up its own hold by closing it. */
@SuppressWarnings("MustBeClosedChecker")
class GuardOwnershipTest {
  private final BiasedReadWriteLock lock = BiasedReadWriteLock.builder().name("prices").build();

  private static Thread.Builder threads(ThreadKind kind) {
    return kind == ThreadKind.VIRTUAL
        ? Thread.ofVirtual().name("other")
        : Thread.ofPlatform().name("other");
  }

  @ParameterizedTest
  @EnumSource
  void guardClosedByAnotherReaderStaysWithItsOwner(ThreadKind kind) throws Exception {
    Guard mine = lock.read();
    FutureTask<Long> other =
        new FutureTask<>(() -> {
          try (var own = lock.read()) {
            assertThatExceptionOfType(IllegalMonitorStateException.class)
                .isThrownBy(mine::close)
                .withMessageContaining("\"other\"")
                .withMessageContaining(Thread.currentThread().getName())
                .withMessageContaining("prices");
            return lock.readHoldCount();
          }
        });
    threads(kind).start(other);
    assertThat(other.get()).isOne();
    assertThat(lock.readHoldCount()).isOne();
    mine.close();
    assertThat(lock.holders()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void guardClosedByTheNextWriterStaysWithItsOwner(ThreadKind kind) throws Exception {
    Condition condition = lock.writeLock().newCondition();
    Guard mine = lock.write();
    CountDownLatch started = new CountDownLatch(1);
    FutureTask<Long> other =
        new FutureTask<>(() -> {
          started.countDown();
          try (var own = lock.write()) { // when the owner of the guard awaits
            assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(mine::close);
            condition.signal();
            return lock.writeHoldCount();
          }
        });
    threads(kind).start(other);
    started.await();
    while (!other.isDone()) {
      condition.await();
      break;
    }
    assertThat(other.get()).isOne();
    assertThat(lock.writeHoldCount()).isOne();
    mine.close();
    assertThat(lock.holders()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void signalWithoutTheLockNamesThreadAndLock(ThreadKind kind) throws Exception {
    Condition condition = lock.writeLock().newCondition();
    FutureTask<Boolean> other =
        new FutureTask<>(() -> {
          assertThatExceptionOfType(IllegalMonitorStateException.class)
              .isThrownBy(condition::signal)
              .withMessageContaining("\"other\"")
              .withMessageContaining("write lock of prices");
          assertThatExceptionOfType(IllegalMonitorStateException.class)
              .isThrownBy(condition::signalAll)
              .withMessageContaining("write lock of prices");
          return true;
        });
    threads(kind).start(other);
    assertThat(other.get()).isTrue();
  }
}
