// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import dev.interleave.lock.BiasedReadWriteLock.Preference;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import dev.interleave.testing.contract.Waiting;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is left of a wait for the write lock that something befalls in the midst of it. */
@SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop"}) // each call is what is tested
class WriteWaitEndsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** A writer that waits for readers looks for a deadlock again when it has lost its patience. */
  @ParameterizedTest
  @EnumSource
  void anInterruptIsKeptByWhoIsRefusedAfterIt(ThreadKind kind) throws Exception {
    ReadWriteSync sync = new ReadWriteSync("prices", Preference.READERS, true);
    Thread me = Thread.currentThread();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor writer = actors.actor("writer");
      AtomicInteger looks = new AtomicInteger();
      Waits.Inspector inspector =
          wait -> {
            if (wait.thread() == writer.thread()) {
              switch (looks.incrementAndGet()) {
                case 2 -> writer.interrupt(); // it is about to wait for the readers
                case 3 -> throw new IllegalStateException("refused");
                default -> {}
              }
            }
          };
      sync.lockRead(me, null);
      Waits.add(inspector);
      try {
        Step<?> writing = writer.start(() -> sync.lockWrite(writer.thread()));
        writing.failure(IllegalStateException.class);
        assertThat(writing.endedInterrupted()).isTrue();
      } finally {
        Waits.remove(inspector);
      }
    }
    Readers.leave(sync);
    assertThat(sync.tryWriteBarging(me)).isTrue();
  }

  /** Whoever has to have its lock again gets it, although its stack ends in the detectors' look. */
  @ParameterizedTest
  @EnumSource
  void aConditionsWaitHasItsLockAgainThoughTheLookForDeadlocksFails(ThreadKind kind)
      throws Exception {
    waitWhileTheLookThrows(kind, new StackOverflowError("simulated"), false);
  }

  /** As above, but for an error that is not the machine's: it is thrown, with the lock. */
  @ParameterizedTest
  @EnumSource
  void aConditionsWaitThrowsWhatTheLookThrowsWithItsLock(ThreadKind kind) throws Exception {
    waitWhileTheLookThrows(kind, new NoClassDefFoundError("simulated"), true);
  }

  /** A listener's exception goes to the thread's handler; what that throws nobody sees. */
  @ParameterizedTest
  @EnumSource
  void aConditionsWaitHasItsLockAgainThoughItsThreadsHandlerThrows(ThreadKind kind)
      throws Exception {
    waitWhileTheLookThrows(kind, new IllegalStateException("simulated"), false);
  }

  private static void waitWhileTheLookThrows(ThreadKind kind, Throwable thrown, boolean told)
      throws Exception {
    BiasedReadWriteLock lock = new BiasedReadWriteLock();
    Condition condition = lock.writeLock().newCondition();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor waiter = actors.actor("waiter");
      CountDownLatch looked = new CountDownLatch(1);
      Waits.Inspector inspector =
          wait -> {
            if (wait.thread() == waiter.thread() && wait.wants().equals("WRITE")) {
              looked.countDown();
              if (thrown instanceof Error error) {
                throw error;
              }
              throw (RuntimeException) thrown;
            }
          };
      waiter.run(() -> {
        Thread.currentThread()
            .setUncaughtExceptionHandler((thread, e) -> {
              throw new IllegalStateException("handler");
            });
        lock.writeLock().lock();
      });
      Step<?> waiting = waiter.start(condition::await);
      waiting.awaitBlocked();
      Waits.add(inspector);
      try {
        lock.writeLock().lock();
        condition.signal();
        lock.readLock().lock();
        lock.writeLock().unlock();
        assertThat(looked.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        waiting.awaitBlocked();
        lock.readLock().unlock();
        if (told) {
          waiting.failure(thrown.getClass());
        } else {
          waiting.result();
        }
        assertThat(waiter.call(lock::writeHoldCount)).isOne();
        waiter.run(lock.writeLock()::unlock);
      } finally {
        Waits.remove(inspector);
      }
    }
    assertThat(lock.holders()).isEmpty();
  }

  /** The queue of JDK 21 throws, when memory is short, although it does not have the lock. */
  @ParameterizedTest
  @EnumSource
  void whoComesBackFromAConditionWithoutTheLockWaitsForIt(ThreadKind kind) throws Exception {
    ReadWriteSync sync = new ReadWriteSync("prices", Preference.WRITERS, true);
    Thread me = Thread.currentThread();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor waiter = actors.actor("waiter");
      sync.lockWrite(me);
      Step<?> coming =
          waiter.start(() -> {
            Wait wait = Waits.enter(sync, "WRITE", Wait.Exit.NONE);
            try {
              sync.resumeWrite(waiter.thread(), 1, wait);
            } finally {
              wait.leave();
            }
          });
      coming.awaitBlocked();
      assertThat(sync.writeHolds(me)).isOne();
      sync.unlockWrite(me);
      coming.result();
      assertThat(waiter.call(() -> sync.writeHolds(waiter.thread()))).isEqualTo(2);
    }
    assertThat(sync.isSomebodyImpatient()).isFalse();
  }

  /** Signalled by a writer that downgrades, it waits for that one's read hold as well. */
  @ParameterizedTest
  @EnumSource
  void whatIsLeftOfAConditionsTimeIsWhatIsLeftWhenItReturns(ThreadKind kind) throws Exception {
    ReadWriteSync sync = new ReadWriteSync("prices", Preference.WRITERS, true);
    Condition condition = new WriteCondition(sync);
    Thread me = Thread.currentThread();
    long time = TimeUnit.DAYS.toNanos(1);
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor waiter = actors.actor("waiter");
      waiter.run(() -> sync.lockWrite(waiter.thread()));
      long before = System.nanoTime();
      Step<Long> waiting = waiter.startCall(() -> condition.awaitNanos(time));
      waiting.awaitBlocked();
      sync.lockWrite(me);
      long begun = System.nanoTime(); // by now it has
      condition.signal();
      sync.lockRead(me, null);
      sync.unlockWrite(me);
      Waiting.until(
          () -> !sync.hasQueuedThreads() && sync.stats().waitingWriters() == 1,
          PATIENCE,
          () -> "not next: " + sync.stats());
      waiting.awaitBlocked();
      long next = System.nanoTime();
      Waiting.until(
          () -> System.nanoTime() - next > begun - before, PATIENCE, () -> "time stands still");
      long end = System.nanoTime();
      Readers.leave(sync);
      assertThat(waiting.result()).isLessThanOrEqualTo(time - (end - begun));
      waiter.run(() -> sync.unlockWrite(waiter.thread()));
    }
  }
}
