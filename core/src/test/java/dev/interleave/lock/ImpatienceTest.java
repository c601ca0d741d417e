// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import dev.interleave.testing.contract.ThreadKind;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The bound on overtaking: a thread that has lost its patience keeps its claim until it is in. */
class ImpatienceTest {
  private static Thread start(ThreadKind kind, Runnable body) {
    return (kind == ThreadKind.VIRTUAL ? Thread.ofVirtual() : Thread.ofPlatform()).start(body);
  }

  private static void awaitBlocked(Thread thread) throws InterruptedException {
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TIMED_WAITING) {
      assertThat(thread.isAlive()).isTrue();
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private static void writeOnce(ReadWriteSync sync) {
    sync.lockWrite(Thread.currentThread());
    sync.unlockWrite(Thread.currentThread());
  }

  /** The calling thread, which holds, overtakes the first in line until that has had enough. */
  private static Thread impatientFirst(ReadWriteSync sync, ThreadKind kind, Runnable body)
      throws InterruptedException {
    Thread me = Thread.currentThread();
    while (true) {
      Thread first = start(kind, body);
      awaitBlocked(first);
      TimeUnit.NANOSECONDS.sleep(2 * ReadWriteSync.PATIENCE);
      sync.unlockWrite(me);
      if (sync.tryWriteBarging(me)) {
        while (first.isAlive()) { // it was woken, finds the lock taken, and says so
          if (sync.isSomebodyImpatient()) {
            return first;
          }
          Thread.onSpinWait();
        }
      } else {
        first.join(); // it was faster
        sync.lockWrite(me);
      }
    }
  }

  /** The bound of starvation: from then on, to arrive when the lock is free is no way in. */
  @ParameterizedTest
  @EnumSource
  void whoArrivesStandsInLineBehindTheImpatient(ThreadKind kind) throws Exception {
    ReadWriteSync sync = new ReadWriteSync("prices", Preference.WRITERS, true);
    Thread me = Thread.currentThread();
    List<Boolean> behindThePatient;
    boolean stillPatient;
    do {
      sync.lockWrite(me);
      Thread patient = start(kind, () -> writeOnce(sync));
      awaitBlocked(patient);
      behindThePatient = mustQueue(sync, kind);
      stillPatient = !sync.isSomebodyImpatient(); // it may have waited for a processor as well
      sync.unlockWrite(me);
      patient.join();
    } while (!stillPatient);
    assertThat(behindThePatient).as("behind one that has just come").containsOnly(false);
    sync.lockWrite(me);
    Thread first = impatientFirst(sync, kind, () -> writeOnce(sync));
    assertThat(mustQueue(sync, kind)).as("behind the impatient").containsOnly(true);
    sync.unlockWrite(me);
    first.join();
    assertThat(mustQueue(sync, kind)).as("when nobody waits").containsOnly(false);
  }

  private static List<Boolean> mustQueue(ReadWriteSync sync, ThreadKind kind) throws Exception {
    FutureTask<List<Boolean>> asked =
        new FutureTask<>(
            () -> List.of(sync.mustQueue(TokenQueue.READER), sync.mustQueue(TokenQueue.WRITER)));
    start(kind, asked);
    return asked.get();
  }

  /** Else everybody would stand in line from then on, and nobody would take that back. */
  @ParameterizedTest
  @EnumSource
  void whoHadItsTurnTakesBackItsOwnClaimOnly(ThreadKind kind) throws Exception {
    ReadWriteSync sync = new ReadWriteSync("prices", Preference.WRITERS, true);
    long longAgo = TokenQueue.ticket() - 2 * ReadWriteSync.PATIENCE;
    sync.overtaken(longAgo);
    assertThat(sync.isSomebodyImpatient()).isTrue();
    FutureTask<?> next = new FutureTask<>(() -> sync.overtaken(longAgo), null);
    Thread other =
        start(
            kind,
            () -> {
              next.run();
              LockSupport.park(); // as who claims its turn goes on waiting
              sync.bePatient();
            });
    next.get();
    sync.bePatient();
    assertThat(sync.isSomebodyImpatient()).as("the next in line has its claim").isTrue();
    LockSupport.unpark(other);
    other.join();
    assertThat(sync.isSomebodyImpatient()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void waiterThatGivesUpLeavesTheFirstInLineItsTurn(ThreadKind kind) throws Exception {
    ReadWriteSync sync = new ReadWriteSync("prices", Preference.WRITERS, true);
    Thread me = Thread.currentThread();
    sync.lockWrite(me);
    Thread first = impatientFirst(sync, kind, () -> writeOnce(sync));
    FutureTask<Boolean> timed =
        new FutureTask<>(() -> sync.lockWrite(Thread.currentThread(), true, 1));
    start(kind, timed);
    assertThat(timed.get()).isFalse();
    assertThat(sync.isSomebodyImpatient()).as("after a time-out").isTrue();
    FutureTask<Boolean> reading =
        new FutureTask<>(() -> sync.lockRead(Thread.currentThread(), null, true, 1));
    start(kind, reading);
    assertThat(reading.get()).isFalse();
    assertThat(sync.isSomebodyImpatient()).as("after a reader's time-out").isTrue();
    sync.unlockWrite(me);
    first.join();
    assertThat(sync.isSomebodyImpatient()).as("when it has had its turn").isFalse();
  }

  /** The claim goes when its owner gives up: else everybody would queue from then on. */
  @ParameterizedTest
  @EnumSource
  void theImpatientOneThatGivesUpTakesItsClaimAlong(ThreadKind kind) throws Exception {
    ReadWriteSync sync = new ReadWriteSync("prices", Preference.WRITERS, true);
    Thread me = Thread.currentThread();
    sync.lockWrite(me);
    List<Boolean> lockedWhenInterrupted = new CopyOnWriteArrayList<>();
    Thread first =
        impatientFirst(
            sync,
            kind,
            () -> {
              try {
                if (sync.lockWrite(Thread.currentThread(), false, 0)) {
                  sync.unlockWrite(Thread.currentThread());
                }
              } catch (InterruptedException e) {
                lockedWhenInterrupted.add(sync.isWriteLocked());
              }
            });
    first.interrupt();
    first.join();
    assertThat(lockedWhenInterrupted).containsExactly(true);
    assertThat(sync.isSomebodyImpatient()).isFalse();
    sync.unlockWrite(me);
  }

  @ParameterizedTest
  @EnumSource
  void readersThatTimeOutDoNotReopenTheGate(ThreadKind kind) throws Exception {
    ReadWriteSync sync = new ReadWriteSync("prices", Preference.READERS, true);
    Thread me = Thread.currentThread();
    sync.lockRead(me, null);
    Thread writer = start(kind, () -> writeOnce(sync));
    while (canRead(sync, kind, 0)) {
      Thread.onSpinWait(); // the pending writer is passed until it has lost its patience
    }
    assertThat(canRead(sync, kind, 1)).as("timed, in line").isFalse();
    assertThat(canRead(sync, kind, 0)).as("after the time-out").isFalse();
    Readers.leave(sync);
    writer.join();
    assertThat(canRead(sync, kind, 0)).as("when the writer has had its turn").isTrue();
  }

  /**
   * The claim of one that comes out of the line went with its place there, and readers passed it
   * for another millisecond. Between its two steps, to take the token and to close, one may pass;
   * so not each round has to be clean.
   */
  @ParameterizedTest
  @EnumSource
  void whoLostItsPatienceInLineIsNotPassedWhenItIsNext(ThreadKind kind) throws Exception {
    int clean = 0;
    for (int i = 0; i < 20; i++) {
      ReadWriteSync sync = new ReadWriteSync("prices", Preference.READERS, true);
      Thread me = Thread.currentThread();
      sync.lockWrite(me);
      Thread writer = impatientFirst(sync, kind, () -> writeOnce(sync));
      sync.lockRead(me, null);
      sync.unlockWrite(me);
      boolean passed = false;
      for (long start = System.nanoTime();
          System.nanoTime() - start < 3 * ReadWriteSync.PATIENCE; ) {
        passed |= canRead(sync, kind, 0);
      }
      clean += passed ? 0 : 1;
      Readers.leave(sync);
      writer.join();
      assertThat(canRead(sync, kind, 0)).as("when the writer has had its turn").isTrue();
    }
    assertThat(clean).isGreaterThan(10);
  }

  /**
   * A writer and behind it a reader stand in line for a writer that is in; that one downgrades, so
   * the next waits for it, and has to let the reader behind it pass, as nobody else will leave.
   * Unless the reader takes so long to wake that the writer has lost its patience: then again.
   */
  @ParameterizedTest
  @EnumSource
  void aWriterThatBeginsToWaitLetsTheReadersBehindItPass(ThreadKind kind) throws Exception {
    boolean passed = false;
    for (int i = 0; i < 100 && !passed; i++) {
      ReadWriteSync sync = new ReadWriteSync("prices", Preference.READERS, true);
      Thread me = Thread.currentThread();
      sync.lockWrite(me);
      Thread writer = start(kind, () -> writeOnce(sync));
      awaitBlocked(writer);
      FutureTask<Boolean> reader =
          new FutureTask<>(() -> Readers.canRead(sync, TimeUnit.HOURS.toNanos(1)));
      awaitBlocked(start(kind, reader));
      sync.lockRead(me, null);
      sync.unlockWrite(me);
      try {
        passed = reader.get(20, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        assertThat(sync.isWriteLocked()).isFalse();
      }
      Readers.leave(sync);
      writer.join();
      assertThat(reader.get()).isTrue();
    }
    assertThat(passed).isTrue();
  }

  private static boolean canRead(ReadWriteSync sync, ThreadKind kind, long nanos) throws Exception {
    FutureTask<Boolean> reader = new FutureTask<>(() -> Readers.canRead(sync, nanos));
    start(kind, reader);
    return reader.get();
  }
}
