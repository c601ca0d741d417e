// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.diagnose.DeadlockDetector;
import dev.interleave.diagnose.DeadlockDetector.OnDeadlock;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.Task;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A thread that is next to write waits for a reader that waits for it, and tells a listener so. The
 * listener may acquire and release what it likes: the very lock, too, for which its thread waits.
 */
@SuppressWarnings("LockNotBeforeTry") // each call is what is tested
class ListenerUsesLockTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final BiasedReadWriteLock lock = new BiasedReadWriteLock();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();

  /** The writer's step, once the listener has returned, and let the reader go on. */
  private Step<?> tell(Actors actors, Actor writer, Task listener) throws Exception {
    WatchedLock before = new WatchedLock();
    CountDownLatch told = new CountDownLatch(1);
    try (DeadlockDetector detector =
        DeadlockDetector.builder()
            .onDeadlock(OnDeadlock.REPORT)
            .period(Duration.ZERO)
            .listener(deadlock -> {
              before.unlock();
              try {
                listener.run();
              } catch (Throwable e) {
                failures.add(e);
              } finally {
                told.countDown();
              }
            })
            .build()) {
      Actor reader = actors.actor("reader");
      writer.run(before::lock);
      reader.run(lock.readLock()::lock);
      Step<?> reading =
          reader.start(() -> {
            before.lock();
            before.unlock();
            lock.readLock().unlock();
          });
      reading.awaitBlocked();
      Step<?> writing = writer.start(lock.writeLock()::lockInterruptibly);
      reading.result();
      assertThat(told.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      return writing;
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoHasLockedAndUnlockedItIsNotInBesideAnother(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor writer = actors.actor("writer");
      Actor other = actors.actor("other");
      Step<?> writing =
          tell(
              actors,
              writer,
              () -> {
                lock.write().close();
                other.run(lock.writeLock()::lock);
              });
      assertThat(failures).isEmpty();
      writing.awaitBlocked();
      other.run(lock.writeLock()::unlock);
      writing.result();
      assertThat(writer.call(lock::writeHoldCount)).isOne();
      writer.run(lock.writeLock()::unlock);
    }
    assertThat(lock.holders()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void itReadsThoughItsThreadIsNextToWrite(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor writer = actors.actor("writer");
      Step<?> writing =
          tell(
              actors,
              writer,
              () -> {
                assertThat(lock.readLock().tryLock(0, TimeUnit.NANOSECONDS)).isTrue();
                lock.read().close();
                lock.readLock().unlock();
              });
      assertThat(failures).isEmpty();
      writing.result();
      writer.run(lock.writeLock()::unlock);
    }
    assertThat(lock.holders()).isEmpty();
  }
}
