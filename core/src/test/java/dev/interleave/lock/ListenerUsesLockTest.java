// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.interleave.diagnose.DeadlockDetector;
import dev.interleave.diagnose.DeadlockDetector.OnDeadlock;
import dev.interleave.diagnose.LockOrder;
import dev.interleave.diagnose.Waits;
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
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A thread that is next to write waits for a reader that waits for it, and tells a listener so. The
 * listener may acquire and release what it likes: the very lock, too, for which its thread waits.
 */
@SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop"}) // each call is what is tested
class ListenerUsesLockTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final BiasedReadWriteLock lock = new BiasedReadWriteLock();

  private final WatchedLock watched = new WatchedLock();

  /** Held by who will be told: another waits for it, and so they wait for each other. */
  private final WatchedLock before = new WatchedLock();

  private final List<Throwable> failures = new CopyOnWriteArrayList<>();

  /** Has the thread that closes a cycle of waits run this. */
  private DeadlockDetector telling(Task listener) {
    return DeadlockDetector.builder()
        .onDeadlock(OnDeadlock.REPORT)
        .period(Duration.ZERO)
        .listener(deadlock -> {
          try {
            listener.run();
          } catch (Throwable e) {
            failures.add(e);
          }
        })
        .build();
  }

  private void letGoAnd(Lock keep) {
    before.unlock();
    keep.lock();
  }

  /** A step of {@code actor}, which holds {@code held}: it waits for {@code awaited} first. */
  private static Step<?> startAfter(Actor actor, Lock awaited, Lock held) throws Exception {
    Step<?> step =
        actor.start(() -> {
          awaited.lock();
          awaited.unlock();
          held.unlock();
        });
    step.awaitBlocked();
    return step;
  }

  /** The writer's step, once the listener has returned, and let the reader go on. */
  private Step<?> tell(Actors actors, Actor writer, Task listener) throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    Task andSaySo =
        () -> {
          before.unlock();
          try {
            listener.run();
          } finally {
            told.countDown();
          }
        };
    try (DeadlockDetector detector = telling(andSaySo)) {
      Actor reader = actors.actor("reader");
      writer.run(before::lock);
      reader.run(lock.readLock()::lock);
      Step<?> reading = startAfter(reader, before, lock.readLock());
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

  /** Who is next to write holds nothing, and can release nothing. */
  @ParameterizedTest
  @EnumSource
  void whoIsNextDoesNotHoldIt(ThreadKind kind) throws Exception {
    Condition condition = lock.writeLock().newCondition();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor writer = actors.actor("writer");
      Step<?> writing =
          tell(
              actors,
              writer,
              () -> {
                assertThat(lock.writeHoldCount()).isZero();
                assertThatExceptionOfType(IllegalMonitorStateException.class)
                    .isThrownBy(lock.writeLock()::unlock);
                assertThatExceptionOfType(IllegalMonitorStateException.class)
                    .isThrownBy(() -> condition.await(1, TimeUnit.HOURS));
                assertThatExceptionOfType(IllegalMonitorStateException.class)
                    .isThrownBy(condition::signal);
              });
      assertThat(failures).isEmpty();
      writing.result();
      assertThat(writer.call(lock::writeHoldCount)).isOne();
      writer.run(lock.writeLock()::unlock);
    }
    assertThat(lock.holders()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aWriteHoldThatItKeepsIsCounted(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor writer = actors.actor("writer");
      Step<?> writing = tell(actors, writer, lock.writeLock()::lock);
      assertThat(failures).isEmpty();
      writing.result();
      assertThat(writer.call(lock::writeHoldCount)).isEqualTo(2);
      writer.run(lock.writeLock()::unlock);
      writer.run(lock.writeLock()::unlock);
    }
    assertThat(lock.holders()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aReadHoldThatItKeepsIsAnUpgrade(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor writer = actors.actor("writer");
      Step<?> writing = tell(actors, writer, lock.readLock()::lock);
      assertThat(failures).isEmpty();
      writing.failure(LockUpgradeException.class);
      writer.run(lock.readLock()::unlock);
    }
    assertThat(lock.holders()).isEmpty();
    assertThat(lock.writeLock().tryLock()).isTrue();
  }

  /** A reader waits for a writer that waits for it: what its listener keeps is counted with it. */
  @ParameterizedTest
  @EnumSource
  void whatAReadersListenerKeepsIsCounted(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE);
        DeadlockDetector detector = telling(() -> letGoAnd(lock.readLock()))) {
      Actor reader = actors.actor("reader");
      Actor writer = actors.actor("writer");
      reader.run(before::lock);
      writer.run(lock.writeLock()::lock);
      Step<?> writing = startAfter(writer, before, lock.writeLock());
      reader.run(lock.readLock()::lock);
      writing.result();
      assertThat(detector.found()).isOne();
      assertThat(reader.call(lock::readHoldCount)).isEqualTo(2);
      reader.run(lock.readLock()::unlock);
      reader.run(lock.readLock()::unlock);
    }
    assertThat(failures).isEmpty();
    assertThat(lock.holders()).isEmpty();
    assertThat(lock.writeLock().tryLock()).isTrue();
  }

  /** Then its thread stood in line behind itself. */
  @ParameterizedTest
  @CsvSource({"PLATFORM, true", "PLATFORM, false", "VIRTUAL, true", "VIRTUAL, false"})
  void whatTheListenerOfAConditionsWaitKeepsIsCounted(ThreadKind kind, boolean readWrite)
      throws Exception {
    Lock wanted = readWrite ? lock.writeLock() : watched;
    Condition condition = wanted.newCondition();
    try (Actors actors = new Actors(kind, PATIENCE);
        DeadlockDetector detector = telling(() -> letGoAnd(wanted))) {
      Actor waiter = actors.actor("waiter");
      Actor other = actors.actor("other");
      waiter.run(() -> {
        before.lock();
        wanted.lock();
      });
      Step<?> waiting = waiter.start(condition::await);
      waiting.awaitBlocked();
      other.run(wanted::lock);
      Step<?> others = startAfter(other, before, wanted);
      waiter.interrupt();
      waiting.failure(InterruptedException.class);
      others.result();
      assertThat(detector.found()).isOne();
      releaseTwice(waiter, wanted);
    }
  }

  /** Then its thread waited for itself, and no detector saw it. */
  @ParameterizedTest
  @CsvSource({"PLATFORM, true", "PLATFORM, false", "VIRTUAL, true", "VIRTUAL, false"})
  void whatTheListenerOfAWatchedLockKeepsIsCounted(ThreadKind kind, boolean interruptibly)
      throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE);
        DeadlockDetector detector = telling(() -> letGoAnd(watched))) {
      Actor waiter = actors.actor("waiter");
      Actor other = actors.actor("other");
      waiter.run(before::lock);
      other.run(watched::lock);
      Step<?> others = startAfter(other, before, watched);
      waiter.run(interruptibly ? watched::lockInterruptibly : watched::lock);
      others.result();
      assertThat(detector.found()).isOne();
      releaseTwice(waiter, watched);
    }
  }

  /** The order is looked at before the lock is taken, and after it was asked whose it is. */
  @ParameterizedTest
  @EnumSource
  void whatTheListenerOfAnOrderKeepsIsCounted(ThreadKind kind) throws Exception {
    AtomicReference<@Nullable Lock> kept = new AtomicReference<>();
    LockOrder order =
        LockOrder.builder()
            .listener(cycle -> {
              Lock lock = kept.getAndSet(null);
              if (lock != null) {
                lock.lock();
              }
            })
            .build();
    try (Actors actors = new Actors(kind, PATIENCE);
        DeadlockDetector detector = DeadlockDetector.builder().lockOrder(order).build()) {
      WatchedLock first = detector.lock("first");
      WatchedLock second = detector.lock("second");
      Actor actor = actors.actor("actor");
      actor.run(() -> {
        first.lock();
        second.lock();
        second.unlock();
        first.unlock();
        second.lock();
        kept.set(first);
        first.lock(); // the other way round
        second.unlock();
      });
      assertThat(order.found()).hasSize(1);
      assertThat(actor.call(first::holdCount)).isEqualTo(2);
      actor.run(first::unlock);
      actor.run(first::unlock);
      assertThat(first.tryLock()).isTrue();
    }
  }

  /** What {@code holder} holds, and keeps, of the one lock or the other; it is free then. */
  private void releaseTwice(Actor holder, Lock held) throws Exception {
    assertThat(holder.call(() -> lock.writeHoldCount() + watched.holdCount())).isEqualTo(2);
    holder.run(held::unlock);
    holder.run(held::unlock);
    assertThat(failures).isEmpty();
    assertThat(lock.holders()).isEmpty();
    assertThat(held.tryLock()).isTrue();
  }

  /**
   * Whoever was signalled is in the lock's queue already. Its listener would stand in line behind
   * it, for ever: so it does not say what it waits for now, and look for a circle, which others see
   * without that.
   */
  @ParameterizedTest
  @CsvSource({"PLATFORM, true", "PLATFORM, false", "VIRTUAL, true", "VIRTUAL, false"})
  void whoWasSignalledDoesNotLookFromWithinTheLine(ThreadKind kind, boolean readWrite)
      throws Exception {
    Lock lock = readWrite ? this.lock.writeLock() : watched;
    Condition condition = lock.newCondition();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor waiter = actors.actor("waiter");
      Actor other = actors.actor("other");
      waiter.run(lock::lock);
      Step<Boolean> waiting =
          waiter.startCall(() -> {
            condition.await();
            return Thread.interrupted();
          });
      waiting.awaitBlocked();
      String wants = wants(waiter);
      other.run(() -> {
        lock.lock();
        condition.signal();
      });
      waiter.interrupt(); // wakes it, in the line
      while (waiter.thread().isInterrupted()) {
        Thread.onSpinWait();
      }
      waiting.awaitBlocked();
      assertThat(wants(waiter)).isEqualTo(wants);
      other.run(lock::unlock);
      assertThat(waiting.result()).as("interrupted after the signal").isTrue();
      waiter.run(lock::unlock);
    }
  }

  private static String wants(Actor waiter) {
    return Waits.all().stream()
        .filter(wait -> wait.thread() == waiter.thread())
        .findAny()
        .orElseThrow()
        .wants();
  }

  /** Whoever has lost its turn by that is in the way of others when it has it again. */
  @ParameterizedTest
  @EnumSource
  void aCircleThatItsThreadClosesLaterIsFound(ThreadKind kind) throws Exception {
    WatchedLock after = new WatchedLock();
    CountDownLatch toldAgain = new CountDownLatch(2);
    List<Step<?>> aheads = new CopyOnWriteArrayList<>();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor reader = actors.actor("reader");
      Actor writer = actors.actor("writer");
      Actor other = actors.actor("other");
      Actor early = actors.actor("early");
      Actor timed = actors.actor("timed");
      Actor last = actors.actor("last");
      Task listener =
          () -> {
            toldAgain.countDown();
            if (toldAgain.getCount() > 0) {
              before.unlock();
              lock.write().close();
              other.run(lock.writeLock()::lock);
              Step<?> ahead = timed.start(() -> lock.writeLock().tryLock(1, TimeUnit.HOURS));
              ahead.awaitBlocked();
              aheads.add(ahead);
            }
          };
      try (DeadlockDetector detector = telling(listener)) {
        writer.run(before::lock);
        reader.run(lock.readLock()::lock);
        Step<?> reading = startAfter(reader, before, lock.readLock());
        Step<?> next = early.start(() -> lock.writeLock().tryLock(1, TimeUnit.HOURS));
        next.awaitBlocked();
        Step<?> writing = writer.start(lock.writeLock()::lockInterruptibly);
        writing.awaitBlocked();
        early.interrupt(); // so that the writer tells when it has come out of the line
        next.failure(InterruptedException.class);
        reading.result();
        while (aheads.isEmpty() || lock.stats().waitingWriters() < 2) {
          Thread.onSpinWait(); // behind the timed one
        }
        Step<?> lasts =
            last.start(() -> {
              after.lock();
              lock.read().close();
              after.unlock();
            });
        lasts.awaitBlocked();
        other.run(() -> {
          lock.readLock().lock();
          lock.writeLock().unlock();
        });
        Step<?> others = startAfter(other, after, lock.readLock());
        assertThat(detector.found()).isOne();
        timed.interrupt();
        assertThat(toldAgain.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
            .as(() -> lock + ": " + Waits.all() + ", " + detector.scan())
            .isTrue();
        aheads.getFirst().failure(InterruptedException.class);
        writer.interrupt();
        writing.failure(InterruptedException.class);
        lasts.result();
        others.result();
      }
    }
    assertThat(failures).isEmpty();
    assertThat(lock.holders()).isEmpty();
  }
}
