// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static dev.interleave.testing.contract.ThreadKind.VIRTUAL;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.lock.BiasedReadWriteLock.Preference;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.Condition;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the contract kit, which knows only the JDK's interface, does not ask. */
class BiasedReadWriteLockTest {
  private static final Deadline PASSED = Deadline.after(Duration.ZERO);

  private final BiasedReadWriteLock lock = BiasedReadWriteLock.builder().name("prices").build();

  /** Reads until the lock is biased, each read done before the next begins; says how many. */
  private static int arm(BiasedReadWriteLock lock) {
    int reads = 0;
    while (!lock.stats().biased()) {
      lock.read().close();
      reads++;
    }
    assertThat(reads).isLessThan(2 * BiasRule.ARM_AFTER);
    return reads;
  }

  private static void onThread(ThreadKind kind, ThrowingRunnable body) throws Exception {
    FutureTask<Void> task =
        new FutureTask<>(() -> {
          body.run();
          return null;
        });
    Thread thread = (kind == VIRTUAL ? Thread.ofVirtual() : Thread.ofPlatform()).unstarted(task);
    thread.setName("other");
    thread.start();
    thread.join();
    task.get();
  }

  private interface ThrowingRunnable {
    void run() throws Exception;
  }

  // ------------------------------------------------------------------ guards

  @Test
  void guardReleasesOnceHoweverOftenItIsClosed() {
    Guard outer = lock.read();
    Guard inner = lock.read();
    inner.close();
    inner.close();
    assertThat(lock.readHoldCount()).isOne();
    outer.close();
    assertThat(lock.readHoldCount()).isZero();
    outer.close();
    assertThat(lock.holders()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void guardClosedByAStrangerStaysWithItsOwner(ThreadKind kind) throws Exception {
    Guard guard = lock.write();
    onThread(
        kind,
        () ->
            assertThatExceptionOfType(IllegalMonitorStateException.class)
                .isThrownBy(guard::close)
                .withMessageContaining("other")
                .withMessageContaining("prices"));
    assertThat(lock.writeHoldCount()).isOne();
    guard.close();
    assertThat(lock.isWriteLocked()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void guardWithAPassedDeadlineTakesAFreeLockAndWaitsForNoOther(ThreadKind kind) throws Exception {
    lock.read(PASSED).close();
    try (var g = lock.write(PASSED)) {
      onThread(
          kind,
          () -> {
            assertThatExceptionOfType(LockTimeoutException.class)
                .isThrownBy(() -> lock.read(PASSED))
                .withMessageContaining("prices")
                .satisfies(e ->
                    assertThat(e.holders())
                        .singleElement()
                        .matches(holder -> holder.mode() == LockHolder.Mode.WRITE));
            assertThatExceptionOfType(LockTimeoutException.class)
                .isThrownBy(() -> lock.write(PASSED));
          });
    }
    assertThat(lock.stats().timeouts()).as("nobody waited").isZero();
  }

  @ParameterizedTest
  @EnumSource
  void interruptBeforeAGuardIsThrownAlthoughTheLockIsFree(ThreadKind kind) throws Exception {
    onThread(
        kind,
        () -> {
          for (ThrowingCallable call :
              List.<ThrowingCallable>of(
                  () -> lock.read(Deadline.none()),
                  () -> lock.write(Deadline.none()),
                  () -> lock.read(PASSED),
                  () -> lock.write(PASSED))) {
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(call);
            assertThat(Thread.interrupted()).isFalse();
          }
        });
    assertThat(lock.holders()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void interruptDuringTheWaitForAGuardIsThrownAndLeavesNothing(ThreadKind kind) throws Exception {
    Guard held = lock.write();
    for (ThrowingRunnable call :
        List.<ThrowingRunnable>of(
            () -> lock.read(Deadline.none()).close(),
            () -> lock.write(Deadline.none()).close(),
            () -> lock.read(Deadline.after(Duration.ofHours(1))).close(),
            () -> lock.write(Deadline.after(Duration.ofHours(1))).close())) {
      FutureTask<Boolean> waiting =
          new FutureTask<>(() -> {
            try {
              call.run();
              return false;
            } catch (InterruptedException e) {
              return !Thread.currentThread().isInterrupted();
            }
          });
      Thread thread = (kind == VIRTUAL ? Thread.ofVirtual() : Thread.ofPlatform()).start(waiting);
      awaitBlocked(thread);
      thread.interrupt();
      assertThat(waiting.get()).isTrue();
    }
    assertThat(lock.stats().interrupts()).isEqualTo(4);
    assertThat(lock.stats().waitingReaders() + lock.stats().waitingWriters()).isZero();
    held.close();
    assertThat(lock.holders()).isEmpty();
  }

  // ------------------------------------------------------------------ upgrade

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void upgradeIsRefusedByEveryFormAndKeepsTheReadHold(boolean biased) throws Exception {
    if (biased) {
      arm(lock);
    }
    try (var g = lock.read()) {
      for (ThrowingCallable upgrade :
          List.<ThrowingCallable>of(
              lock::write,
              () -> lock.write(Deadline.none()),
              () -> lock.write(PASSED),
              () -> lock.writeLock().lock(),
              () -> lock.writeLock().lockInterruptibly(),
              () -> lock.writeLock().tryLock(),
              () -> lock.writeLock().tryLock(1, NANOSECONDS),
              () -> lock.writeLock().tryLock(-1, NANOSECONDS))) {
        assertThatExceptionOfType(LockUpgradeException.class)
            .isThrownBy(upgrade)
            .withMessageContaining("prices")
            .withMessageContaining(Thread.currentThread().getName())
            .satisfies(e ->
                assertThat(e.holder())
                    .isNotNull()
                    .extracting(LockHolder::thread)
                    .isSameAs(Thread.currentThread()));
        assertThat(lock.readHoldCount()).isOne();
      }
      onThread(VIRTUAL, () -> lock.read(PASSED).close());
    }
    lock.write(PASSED).close();
  }

  /** ReentrantReadWriteLock hangs, and its queued writer locks everyone out. */
  @ParameterizedTest
  @EnumSource
  void upgradeWhileAnotherWriterWaitsIsRefusedToo(ThreadKind kind) throws Exception {
    arm(lock);
    FutureTask<Long> writer =
        new FutureTask<>(() -> {
          try (var g = lock.write()) {
            return lock.writeHoldCount();
          }
        });
    try (var g = lock.read()) {
      Thread thread = (kind == VIRTUAL ? Thread.ofVirtual() : Thread.ofPlatform()).start(writer);
      awaitBlocked(thread);
      assertThatExceptionOfType(LockUpgradeException.class).isThrownBy(lock::write);
      assertThatExceptionOfType(LockUpgradeException.class)
          .isThrownBy(() -> lock.writeLock().tryLock());
    }
    assertThat(writer.get()).isOne();
  }

  @Test
  void awaitingWhileReadingIsAnUpgradeToo() throws Exception {
    Condition condition = lock.writeLock().newCondition();
    try (var w = lock.write();
        var r = lock.read()) {
      assertThatExceptionOfType(LockUpgradeException.class).isThrownBy(condition::await);
      assertThat(lock.writeHoldCount()).isOne();
      assertThat(lock.readHoldCount()).isOne();
    }
  }

  /** Who was next and gave up, or had to wait, leaves no trace in the count of the holds. */
  @Test
  void holdsAreCountedAfterAWriterThatWasNext() throws Exception {
    try (Actors actors = new Actors(ThreadKind.PLATFORM, Duration.ofSeconds(30))) {
      Actor reader = actors.actor("reader");
      reader.run(lock.readLock()::lock);
      assertThat(lock.writeLock().tryLock(1_000_000, NANOSECONDS)).isFalse();
      assertThat(lock.writeLock().tryLock()).isFalse();
      reader.run(lock.readLock()::unlock);
      lockTwiceAndUnlock();

      reader.run(lock.readLock()::lock);
      Actor writer = actors.actor("writer");
      Step<?> waiting = writer.start(this::lockTwiceAndUnlock);
      waiting.awaitBlocked();
      reader.run(lock.readLock()::unlock);
      waiting.result();
    }
  }

  private void lockTwiceAndUnlock() {
    try (var w = lock.write()) {
      assertThat(lock.writeHoldCount()).isOne();
      try (var again = lock.write()) {
        assertThat(lock.writeHoldCount()).isEqualTo(2);
      }
      assertThat(lock.writeHoldCount()).isOne();
    }
    assertThat(lock.holders()).isEmpty();
  }

  // ------------------------------------------------------------------ holders

  @Test
  void holdsAreCountedThroughTheReadThatArmsTheBias() {
    List<Guard> guards = new ArrayList<>();
    for (int i = 1; i <= 3 * BiasRule.ARM_AFTER; i++) {
      guards.add(lock.read());
      assertThat(lock.readHoldCount()).isEqualTo(i);
      assertThat(lock.holders())
          .singleElement()
          .satisfies(holder -> assertThat(holder.thread()).isSameAs(Thread.currentThread()));
      lock.read().close();
    }
    assertThat(lock.holders()).singleElement().extracting(LockHolder::holds).isEqualTo(48L);
    assertThatExceptionOfType(LockUpgradeException.class)
        .isThrownBy(lock::write)
        .satisfies(
            e -> assertThat(e.holder()).isNotNull().extracting(LockHolder::holds).isEqualTo(48L));
    guards.forEach(Guard::close);
    assertThat(lock.holders()).isEmpty();
    lock.write().close();
  }

  /** More threads hold at once than there are slots; each is known, re-enters and leaves. */
  @ParameterizedTest
  @EnumSource
  void everyReaderIsKnownHoweverMany(ThreadKind kind) throws Exception {
    arm(lock);
    int readers = 300;
    CountDownLatch in = new CountDownLatch(readers);
    CountDownLatch leave = new CountDownLatch(1);
    List<FutureTask<Long>> tasks = new ArrayList<>();
    for (int i = 0; i < readers; i++) {
      FutureTask<Long> task =
          new FutureTask<>(() -> {
            try (var g = lock.read();
                var again = lock.read()) {
              in.countDown();
              leave.await();
              return lock.readHoldCount();
            }
          });
      tasks.add(task);
      (kind == VIRTUAL ? Thread.ofVirtual() : Thread.ofPlatform()).name("reader-" + i).start(task);
    }
    in.await();
    assertThat(lock.holders())
        .hasSize(readers)
        .allSatisfy(holder -> {
          assertThat(holder.threadName()).startsWith("reader-");
          assertThat(holder.holds()).isEqualTo(2);
          assertThat(holder.virtual()).isEqualTo(kind == VIRTUAL);
          assertThat(holder.isDead()).isFalse();
        });
    assertThat(lock.writeLock().tryLock()).isFalse();
    leave.countDown();
    for (FutureTask<Long> task : tasks) {
      assertThat(task.get()).isEqualTo(2);
    }
    lock.write().close();
    assertThat(lock.holders()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aHolderThatDiesWithoutUnlockingIsNamed(ThreadKind kind) throws Exception {
    arm(lock);
    onThread(kind, () -> lock.readLock().lock());
    assertThat(lock.toString()).contains("READ by").contains("\"other\"").contains("has ended");
    assertThatExceptionOfType(LockTimeoutException.class)
        .isThrownBy(() -> lock.write(Deadline.after(Duration.ofMillis(200))))
        .withMessageContaining("\"other\"")
        .satisfies(e -> assertThat(e.holders()).singleElement().matches(LockHolder::isDead));
    assertThat(lock.stats().timeouts()).isOne();
  }

  @ParameterizedTest
  @EnumSource
  void aWriterThatDiesWithoutUnlockingIsNamed(ThreadKind kind) throws Exception {
    onThread(kind, () -> lock.writeLock().lock());
    assertThat(lock.toString()).contains("WRITE by").contains("\"other\"").contains("has ended");
    assertThatExceptionOfType(LockTimeoutException.class)
        .isThrownBy(() -> lock.read(Deadline.after(Duration.ofMillis(1))))
        .withMessageContaining("\"other\"")
        .satisfies(e -> assertThat(e.holders()).singleElement().matches(LockHolder::isDead));
  }

  // ------------------------------------------------------------------ optimistic reading

  @Test
  void stampHoldsUntilAWriterComes() {
    long stamp = lock.tryOptimisticRead();
    assertThat(stamp).isNotZero();
    arm(lock);
    assertThat(lock.validate(stamp)).as("readers do not matter").isTrue();
    try (var g = lock.write()) {
      assertThat(lock.validate(stamp)).isFalse();
      assertThat(lock.tryOptimisticRead()).isZero();
      assertThat(lock.validate(lock.tryOptimisticRead())).isFalse();
      assertThat(lock.validate(stamp + 1)).as("no stamp").isFalse();
    }
    assertThat(lock.validate(stamp)).isFalse();
    assertThat(lock.validate(lock.tryOptimisticRead())).isTrue();
    assertThat(lock.validate(0)).isFalse();
  }

  // ------------------------------------------------------------------ bias

  @Test
  void biasComesWithReadsAndStaysAwayFromWriters() {
    assertThat(lock.stats().biased()).isFalse();
    for (int i = 0; i < 1000; i++) {
      lock.write().close();
      lock.read().close();
    }
    assertThat(lock.stats().biased()).isFalse();
    int armed = arm(lock);
    for (int i = 0; i < 1000; i++) {
      lock.write().close();
      lock.read().close();
    }
    assertThat(lock.stats().biased()).as("one read per write").isFalse();
    assertThat(lock.stats().writes()).isEqualTo(2000);
    assertThat(lock.stats().reads()).isEqualTo(2000 + armed);
  }

  @Test
  void biasComesBackAfterAWriteAmongManyReads() {
    arm(lock);
    for (int i = 0; i < 100; i++) {
      for (int k = 0; k < 50; k++) {
        lock.read().close();
      }
      lock.write().close();
      assertThat(lock.stats().biased()).isTrue();
    }
    assertThat(lock.stats().revocations()).isEqualTo(100);
  }

  @Test
  void unbiasedStaysUnbiased() {
    BiasedReadWriteLock counting = BiasedReadWriteLock.builder().biased(false).build();
    for (int i = 0; i < 1000; i++) {
      counting.read().close();
    }
    assertThat(counting.stats().biased()).isFalse();
  }

  /** FAIR: a writer that gives up must not give the bias back over the heads of those in line. */
  @ParameterizedTest
  @EnumSource
  void writerThatGivesUpLetsNobodyOvertake(ThreadKind kind) throws Exception {
    BiasedReadWriteLock fair = BiasedReadWriteLock.builder().preference(Preference.FAIR).build();
    arm(fair);
    Thread.Builder builder = kind == VIRTUAL ? Thread.ofVirtual() : Thread.ofPlatform();
    FutureTask<Boolean> second = new FutureTask<>(() -> closed(fair.write()));
    try (var g = fair.read()) {
      FutureTask<Boolean> first = new FutureTask<>(() -> closed(fair.write(Deadline.none())));
      Thread firstThread = builder.start(first);
      awaitBlocked(firstThread);
      Thread secondThread = builder.start(second);
      awaitBlocked(secondThread);
      firstThread.interrupt();
      firstThread.join();
      awaitBlocked(secondThread);
      assertThat(fair.stats().biased()).isFalse();
    }
    assertThat(second.get()).isTrue();
    assertThat(fair.holders()).isEmpty();
  }

  private static boolean closed(Guard guard) {
    guard.close();
    return true;
  }

  // ------------------------------------------------------------------ stats, names, bad input

  @ParameterizedTest
  @EnumSource
  void waitsAreCounted(ThreadKind kind) throws Exception {
    FutureTask<Boolean> writer = new FutureTask<>(() -> closed(lock.write()));
    try (var g = lock.read()) {
      awaitBlocked((kind == VIRTUAL ? Thread.ofVirtual() : Thread.ofPlatform()).start(writer));
      assertThat(lock.stats().waitingWriters()).isOne();
    }
    assertThat(writer.get()).isTrue();
    assertThat(lock.stats().writeWaits()).isOne();
    assertThat(lock.stats().writeWaitNanos()).isPositive();
    assertThat(lock.stats().longestWaitNanos()).isEqualTo(lock.stats().writeWaitNanos());
  }

  @ParameterizedTest
  @EnumSource
  void whoWaitsToReadIsCountedAsReader(ThreadKind kind) throws Exception {
    FutureTask<Boolean> reader = new FutureTask<>(() -> closed(lock.read()));
    try (var g = lock.write()) {
      awaitBlocked((kind == VIRTUAL ? Thread.ofVirtual() : Thread.ofPlatform()).start(reader));
      assertThat(lock.stats().waitingReaders()).isOne();
    }
    assertThat(reader.get()).isTrue();
    assertThat(lock.stats().readWaits()).isOne();
    assertThat(lock.stats().readWaitNanos()).isPositive();
    assertThat(lock.stats().longestWaitNanos()).isEqualTo(lock.stats().readWaitNanos());
    assertThat(lock.stats().writeWaits()).isZero();
    assertThat(lock.stats().writeWaitNanos()).isZero();
  }

  @Test
  void namesAppearWhereTheyHelp() {
    assertThat(lock.name()).isEqualTo("prices");
    assertThat(lock).hasToString("BiasedReadWriteLock[prices, free]");
    assertThat(lock.readLock()).hasToString("read lock of " + lock);
    assertThat(lock.writeLock()).hasToString("write lock of " + lock);
    try (var g = lock.write();
        var again = lock.write()) {
      assertThat(lock.toString()).startsWith("BiasedReadWriteLock[prices, held for [WRITE ×2 by ");
    }
    assertThat(new BiasedReadWriteLock().name()).startsWith("rwlock-");
    assertThat(new BiasedReadWriteLock().name()).isNotEqualTo(new BiasedReadWriteLock().name());
  }

  @Test
  @SuppressWarnings("NullAway") // the point
  void badInputIsRefusedByName() {
    BiasedReadWriteLock.Builder builder = BiasedReadWriteLock.builder();
    assertThatNullPointerException().isThrownBy(() -> builder.name(null)).withMessage("name");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.preference(null))
        .withMessage("preference");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.name(" "))
        .withMessage("name is blank: \" \"");
    assertThatNullPointerException().isThrownBy(() -> lock.read(null)).withMessage("deadline");
    assertThatNullPointerException().isThrownBy(() -> lock.write(null)).withMessage("deadline");
    assertThatNullPointerException()
        .isThrownBy(() -> lock.readLock().tryLock(1, null))
        .withMessage("unit");
    assertThatNullPointerException()
        .isThrownBy(() -> lock.writeLock().tryLock(1, null))
        .withMessage("unit");
    assertThat(lock.holders()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void unlockByAStrangerNamesItAndChangesNothing(ThreadKind kind) throws Exception {
    try (var g = lock.read()) {
      onThread(
          kind,
          () -> {
            assertThatExceptionOfType(IllegalMonitorStateException.class)
                .isThrownBy(() -> lock.readLock().unlock())
                .withMessageContaining("\"other\"")
                .withMessageContaining("read lock of prices");
            assertThatExceptionOfType(IllegalMonitorStateException.class)
                .isThrownBy(() -> lock.writeLock().unlock())
                .withMessageContaining("write lock of prices");
          });
      assertThat(lock.readHoldCount()).isOne();
    }
  }

  private static void awaitBlocked(Thread thread) throws InterruptedException {
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TIMED_WAITING) {
      assertThat(thread.isAlive()).isTrue();
      thread.join(Duration.ofMillis(1));
    }
  }
}
