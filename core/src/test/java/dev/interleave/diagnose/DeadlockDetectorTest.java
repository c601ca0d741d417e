// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.Deadline;
import dev.interleave.diagnose.DeadlockDetector.OnDeadlock;
import dev.interleave.diagnose.Knot.Part;
import dev.interleave.diagnose.Knot.Threads;
import dev.interleave.lock.BiasedReadWriteLock;
import dev.interleave.lock.LockUpgradeException;
import dev.interleave.lock.WatchedLock;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop"}) // what becomes of it is the test
class DeadlockDetectorTest {
  private final Queue<Deadlock> told = new ConcurrentLinkedQueue<>();

  private DeadlockDetector.Builder builder() {
    return DeadlockDetector.builder().listener(told::add);
  }

  private static Part part(WatchedLock first, WatchedLock second) {
    return new Part(() -> first.lock(Deadline.none()), () -> second.lock(Deadline.none()));
  }

  @Test
  void argumentsAreChecked() {
    DeadlockDetector.Builder builder = DeadlockDetector.builder();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.period(Duration.ofSeconds(-1)))
        .withMessageContaining("PT-1S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.acquisitionSites(-1))
        .withMessageContaining("-1");
    try (DeadlockDetector detector = DeadlockDetector.create()) {
      assertThatIllegalArgumentException().isThrownBy(() -> detector.lock(" "));
      assertThat(detector.toString()).isEqualTo("DeadlockDetector[FAIL_REQUESTER, found 0]");
    }
  }

  /** A thread never waits for itself: it gets the lock again, or is told that it cannot. */
  @ParameterizedTest
  @EnumSource
  void selfWaitNeverBegins(ThreadKind kind) throws Exception {
    try (DeadlockDetector detector = builder().build();
        Actors actors = new Actors(kind, Knot.PATIENCE)) {
      WatchedLock lock = detector.lock("again");
      BiasedReadWriteLock table = new BiasedReadWriteLock();
      actors
          .actor("one")
          .run(() -> {
            lock.lock();
            lock.lock();
            assertThat(lock.holdCount()).isEqualTo(2);
            lock.unlock();
            lock.unlock();
            try (var g = table.read()) {
              assertThatThrownBy(table::write).isInstanceOf(LockUpgradeException.class);
            }
          });
      assertThat(told).isEmpty();
    }
  }

  /** The report names who ended with the lock; every requester is refused, for each is lost. */
  @ParameterizedTest
  @EnumSource
  void holderThatHasEndedIsNamed(ThreadKind kind) throws Exception {
    try (DeadlockDetector detector = builder().acquisitionSites(1).build()) {
      WatchedLock lock = detector.lock("orphan");
      Thread holder = kind.unstarted("forgetful", lock::lock);
      holder.start();
      assertThat(holder.join(Knot.PATIENCE)).isTrue();
      for (int i = 1; i <= 2; i++) {
        assertThatThrownBy(lock::lock)
            .isInstanceOf(DeadlockException.class)
            .hasMessageContaining("orphan")
            .hasMessageContaining("\"forgetful\"")
            .hasMessageContaining("which has ended");
        assertThat(detector.found()).isEqualTo(i);
      }
      assertThat(told.element().toString()).contains("acquired by", "WatchedSync");
      assertThat(lock.stats().deadlocks()).isEqualTo(2);
    }
  }

  /** Nobody begins to wait when a holder ends: the watch finds it. */
  @ParameterizedTest
  @EnumSource
  void theWatchFindsWhoWaitsForOneThatEndsLater(ThreadKind kind) throws Exception {
    try (DeadlockDetector detector = builder().period(Duration.ofMillis(1)).build();
        Actors actors = new Actors(kind, Knot.PATIENCE)) {
      WatchedLock lock = detector.lock("orphan");
      Actors others = new Actors(kind, Knot.PATIENCE);
      others.actor("forgetful").run(lock::lock);
      var waiting = actors.actor("waiter").start(lock::lock);
      waiting.awaitBlocked();
      assertThat(told).isEmpty();
      others.close();
      assertThat(waiting.failure(DeadlockException.class)).hasMessageContaining("has ended");
      Eventually.eventually(() -> told.size() == 1); // by the watch, after that
    }
  }

  /** Whoever comes back from a condition by itself closes a cycle, and cannot be refused. */
  @ParameterizedTest
  @EnumSource
  void backFromConditionIntoDeadlock(ThreadKind kind) throws Exception {
    try (DeadlockDetector detector = builder().period(Duration.ZERO).build();
        Actors actors = new Actors(kind, Knot.PATIENCE)) {
      WatchedLock a = detector.lock("a");
      WatchedLock b = detector.lock("b");
      Condition never = a.newCondition();
      Actor one = actors.actor("one");
      one.run(b::lock);
      one.run(a::lock);
      var waiting = one.startCall(() -> never.await(1, TimeUnit.DAYS));
      waiting.awaitBlocked();
      Actor two = actors.actor("two");
      two.run(a::lock);
      var wanting = two.start(b::lockInterruptibly);
      wanting.awaitBlocked();
      assertThat(told).as("anybody could give the signal").isEmpty();
      one.interrupt();
      assertThat(wanting.failure(InterruptedException.class))
          .hasCauseInstanceOf(DeadlockException.class);
      Eventually.eventually(() -> !told.isEmpty()); // by the finder, whom the victim does not await
      assertThat(told).singleElement().satisfies(d -> assertThat(d.threads()).hasSize(2));
      two.run(a::unlock);
      assertThat(waiting.failure(InterruptedException.class)).hasNoCause();
      one.run(a::unlock);
      one.run(b::unlock);
    }
  }

  /** The same over the write lock's condition, whose waiter was signalled. */
  @ParameterizedTest
  @EnumSource
  void signalledIntoDeadlock(ThreadKind kind) throws Exception {
    try (DeadlockDetector detector = builder().period(Duration.ZERO).build();
        Actors actors = new Actors(kind, Knot.PATIENCE)) {
      BiasedReadWriteLock table = BiasedReadWriteLock.builder().name("table").build();
      WatchedLock b = detector.lock("b");
      Condition go = table.writeLock().newCondition();
      Actor one = actors.actor("one");
      one.run(b::lock);
      one.run(table.writeLock()::lock);
      var waiting = one.start(go::await);
      waiting.awaitBlocked();
      Actor two = actors.actor("two");
      two.run(table.writeLock()::lock);
      two.run(go::signal);
      assertThat(two.start(b::lock).failure(DeadlockException.class)).hasMessageContaining("table");
      two.run(table.writeLock()::unlock);
      waiting.result();
      one.run(table.writeLock()::unlock);
      one.run(b::unlock);
    }
  }

  /**
   * Two rings that share a thread, which comes last and holds most: of the others the younger goes
   * first. Then one ring is left, whose threads hold as much as each other, and the youngest goes.
   */
  @ParameterizedTest
  @EnumSource
  void whoHoldsLeastIsInterrupted(ThreadKind kind) throws Exception {
    try (DeadlockDetector detector =
            builder().onDeadlock(OnDeadlock.INTERRUPT_VICTIM).period(Duration.ZERO).build();
        Actors actors = new Actors(kind, Knot.PATIENCE)) {
      WatchedLock b = detector.lock("b");
      WatchedLock c = detector.lock("c");
      BiasedReadWriteLock table = BiasedReadWriteLock.builder().name("table").build();
      Actor rich = actors.actor("rich");
      Actor older = actors.actor("older");
      Actor younger = actors.actor("younger");
      older.run(table.readLock()::lock);
      younger.run(table.readLock()::lock);
      rich.run(b::lock);
      rich.run(c::lock);
      var olderWaits = older.start(b::lock);
      olderWaits.awaitBlocked();
      var youngerWaits = younger.start(c::lock);
      youngerWaits.awaitBlocked();
      assertThat(rich.start(() -> table.write()).failure(DeadlockException.class))
          .hasMessageContaining("Deadlock of 2 threads");
      assertThat(youngerWaits.failure(DeadlockException.class))
          .hasMessageContaining("Deadlock of 3 threads");
      assertThat(youngerWaits.endedInterrupted()).isFalse();
      assertThat(told).hasSize(2);
      rich.run(b::unlock);
      rich.run(c::unlock);
      olderWaits.result();
      older.run(b::unlock);
      older.run(table.readLock()::unlock);
      younger.run(table.readLock()::unlock);
    }
  }

  /** It may use the library, and what it throws is not lost. */
  @Test
  void listenerIsCalledOutsideOfEveryLock() throws Exception {
    AtomicReference<DeadlockDetector> self = new AtomicReference<>();
    IllegalStateException mine = new IllegalStateException("mine");
    try (DeadlockDetector detector =
        DeadlockDetector.builder()
            .listener(deadlock -> {
              Thread other =
                  Thread.ofVirtual()
                      .start(() -> {
                        // Would hang if the finder had a lock of the library.
                        self.get().scan();
                        Diagnosis.report();
                        try (DeadlockDetector another = DeadlockDetector.create()) {
                          deadlockOfTwo(another).onlyVictims();
                        } catch (InterruptedException e) {
                          throw new AssertionError(e);
                        }
                        told.add(deadlock);
                      });
              join(other);
              throw mine;
            })
            .build()) {
      self.set(detector);
      Knot knot = deadlockOfTwo(detector);
      knot.onlyVictims();
      assertThat(knot.refused.element()).hasSuppressedException(mine);
      assertThat(told).hasSize(1);
    }
  }

  private static void join(Thread thread) {
    try {
      if (!thread.join(Knot.PATIENCE)) {
        throw new AssertionError("stuck: " + thread);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Knot deadlockOfTwo(DeadlockDetector detector) throws InterruptedException {
    WatchedLock a = detector.lock("a");
    WatchedLock b = detector.lock("b");
    return new Knot(Threads.VIRTUAL, List.of(part(a, b), part(b, a))).tie().untied();
  }

  /** Its locks work on without it, and another detector does not act for it. */
  @Test
  void aClosedDetectorWatchesNoMore() throws Exception {
    DeadlockDetector detector = builder().build();
    try (DeadlockDetector other = DeadlockDetector.create()) {
      detector.close();
      detector.close();
      WatchedLock a = detector.lock("a");
      WatchedLock b = detector.lock("b");
      Knot knot = new Knot(Threads.VIRTUAL, List.of(part(a, b), part(b, a))).tie();
      Eventually.eventually(() -> detector.scan().size() == 1);
      assertThat(other.scan()).isEmpty();
      assertThat(Diagnosis.deadlocks()).hasSize(1);
      knot.threads.getFirst().interrupt();
      for (Thread thread : knot.threads) {
        join(thread);
      }
      assertThat(knot.victims()).isZero();
      assertThat(told).isEmpty();
      assertThat(other.found()).isZero();
    }
  }

  /** They wait for those in the ring, and are no part of it. */
  @Test
  void thoseBehindAreNotInTheCycle() throws Exception {
    try (DeadlockDetector detector = builder().onDeadlock(OnDeadlock.REPORT).build();
        Actors actors = new Actors(ThreadKind.VIRTUAL, Knot.PATIENCE)) {
      WatchedLock a = detector.lock("a");
      WatchedLock b = detector.lock("b");
      Knot knot = new Knot(Threads.PLATFORM, List.of(part(a, b), part(b, a))).tie();
      Eventually.eventually(() -> told.size() == 1);
      Eventually.eventually(() -> !detector.scan().isEmpty()); // when the listener has returned
      var behind = actors.actor("behind").start(a::lockInterruptibly);
      behind.awaitBlocked();
      assertThat(told).as("it is still the same deadlock").hasSize(1);
      assertThat(detector.scan())
          .singleElement()
          .satisfies(deadlock -> {
            assertThat(deadlock.threads()).hasSize(2);
            assertThat(deadlock.behind())
                .singleElement()
                .satisfies(b2 -> assertThat(b2.threadName()).isEqualTo("behind"));
            assertThat(deadlock.toString()).contains("1 more waits behind them");
          });
      knot.threads.getFirst().interrupt();
      for (Thread thread : knot.threads) {
        join(thread);
      }
      behind.result();
    }
  }
}
