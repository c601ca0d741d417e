// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import dev.interleave.testing.contract.ThreadKind;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A writer loses its processor in the midst of an acquisition: between the step that takes the
 * token and the bias away, and its look at the slots. Once a reader's {@code tryLock()} then took
 * it for a writer that is in, after a hundred looks; and the writer, having seen the slot that the
 * reader had held for a moment, failed as well: neither got a lock that nobody had.
 */
class WriterOnTrialTest {
  private final CountDownLatch onTrial = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private ReadWriteSync sync = new ReadWriteSync("prices", Preference.WRITERS, true);

  /** Until the lock is biased, and the calling thread has a slot of its own. */
  private void arm() throws InterruptedException {
    while (!sync.stats().biased()) {
      assertThat(read()).isTrue();
    }
  }

  /** Reads if that is possible without waiting. */
  private boolean read() throws InterruptedException {
    return Readers.canRead(sync, 0);
  }

  private void leave() {
    Readers.leave(sync);
  }

  private boolean tryRead() {
    return sync.tryReadBarging(Thread.currentThread());
  }

  @AfterEach
  void isFreeAfterwards() {
    Thread t = Thread.currentThread();
    assertThat(sync.tryWriteBarging(t)).isTrue();
    sync.unlockWrite(t);
    assertThat(tryRead()).isTrue();
    leave();
    assertThat(sync.holders()).isEmpty();
  }

  /** A thread that makes the first step of an acquisition, and the rest when it may. */
  private FutureTask<Boolean> writer(
      ThreadKind kind, Predicate<Thread> begin, Predicate<Thread> rest) throws Exception {
    FutureTask<Boolean> writer =
        new FutureTask<>(() -> {
          Thread t = Thread.currentThread();
          boolean begun = begin.test(t);
          onTrial.countDown();
          assertThat(begun).isTrue();
          goOn.await();
          return rest.test(t);
        });
    (kind == ThreadKind.VIRTUAL ? Thread.ofVirtual() : Thread.ofPlatform()).start(writer);
    onTrial.await();
    return writer;
  }

  private boolean lockAndUnlock(Thread t) {
    sync.lockWrite(t);
    sync.unlockWrite(t);
    return true;
  }

  private boolean drainAndUnlock(Thread t) {
    boolean in = sync.drainOrGiveUp(t);
    sync.unlockWrite(t);
    return in;
  }

  @ParameterizedTest
  @EnumSource
  void readersTryLockComesInBeforeAWriterOnTrial(ThreadKind kind) throws Exception {
    arm();
    FutureTask<Boolean> writer = writer(kind, t -> sync.tryAcquire(0), this::lockAndUnlock);
    assertThat(sync.isWriteLocked()).as("it only looks").isFalse();
    assertThat(tryRead()).isTrue();
    goOn.countDown();
    while (sync.stats().waitingWriters() == 0) {
      assertThat(writer.isDone()).as("in although a reader is in").isFalse();
      Thread.onSpinWait();
    }
    leave();
    assertThat(writer.get()).isTrue();
  }

  /** The old form, to the letter: the writer tries, and gives up because of the reader. */
  @ParameterizedTest
  @EnumSource
  void readersTryLockComesInBeforeAWriterThatTries(ThreadKind kind) throws Exception {
    arm();
    FutureTask<Boolean> writer = writer(kind, sync::takeTokenToTry, t -> sync.drainOrGiveUp(t));
    assertThat(tryRead()).isTrue();
    goOn.countDown();
    assertThat(writer.get()).as("in although a reader is in").isFalse();
    leave();
  }

  @ParameterizedTest
  @EnumSource
  void nobodyWaitsForAWriterThatOnlyTries(ThreadKind kind) throws Exception {
    arm();
    FutureTask<Boolean> writer = writer(kind, sync::takeTokenToTry, t -> sync.drainOrGiveUp(t));
    assertThat(read()).as("for no time").isTrue();
    sync.lockRead(Thread.currentThread(), sync.cells()); // or this would not return
    assertThat(sync.stats().readWaits()).isZero();
    goOn.countDown();
    assertThat(writer.get()).isFalse();
    leave();
  }

  @ParameterizedTest
  @EnumSource
  void writerThatTriesIsInWhenTheReadersHaveComeAndGone(ThreadKind kind) throws Exception {
    arm();
    FutureTask<Boolean> writer = writer(kind, sync::takeTokenToTry, this::drainAndUnlock);
    assertThat(read()).isTrue();
    goOn.countDown();
    assertThat(writer.get()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void otherReadersWaitForAWriterOnTrial(ThreadKind kind) throws Exception {
    arm();
    FutureTask<Boolean> writer = writer(kind, t -> sync.tryAcquire(0), this::drainAndUnlock);
    assertThat(read()).isFalse();
    goOn.countDown();
    assertThat(writer.get()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void underReadersTheyPassAWriterOnTrial(ThreadKind kind) throws Exception {
    sync = new ReadWriteSync("prices", Preference.READERS, true);
    arm();
    FutureTask<Boolean> writer = writer(kind, t -> sync.tryAcquire(0), this::lockAndUnlock);
    assertThat(read()).isTrue();
    goOn.countDown();
    assertThat(writer.get()).isTrue();
  }

  /** An error can leave it so. It was let in, whoever read. */
  @Test
  void whoIsOnTrialIsNotIn() throws Exception {
    arm();
    Thread t = Thread.currentThread();
    assertThat(sync.tryAcquire(0)).isTrue();
    assertThat(sync.tryWriteBarging(t)).isFalse();
    assertThat(sync.writeHolds(t)).isZero();
    assertThatExceptionOfType(IllegalMonitorStateException.class)
        .isThrownBy(() -> sync.unlockWrite(t));
    sync.lockWrite(t);
    assertThat(sync.writeHolds(t)).isOne();
    sync.unlockWrite(t);
  }

  /** A reader that did not see TRYING has given its slot back before: the last look finds it so. */
  @ParameterizedTest
  @EnumSource
  void writerWhoseTimeIsUpLooksForTheLastTime(ThreadKind kind) throws Exception {
    arm();
    long[] cells = Objects.requireNonNull(sync.cells());
    long id = Thread.currentThread().threadId();
    int home = ReaderSlots.home(id);
    long free = ReaderSlots.freeWord(id);
    assertThat(ReaderSlots.take(cells, home, free, free | ReaderSlots.BIASED)).isTrue();
    FutureTask<Boolean> writer =
        writer(
            kind,
            t -> sync.tryAcquire(0) && !sync.drainAtOnce(),
            t -> {
              boolean in = sync.drainForTheLastTime();
              sync.release(0);
              return in;
            });
    ReaderSlots.withdraw(cells, home, free);
    assertThat(read()).as("the writer waits still").isFalse();
    goOn.countDown();
    assertThat(writer.get()).isTrue();
  }
}
