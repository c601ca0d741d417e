// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.diagnose.Knot.Part;
import dev.interleave.diagnose.Knot.Threads;
import dev.interleave.lock.LockTimeoutException;
import dev.interleave.lock.WatchedLock;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The defects of the deadlock detector, the lock with a timeout and their demonstrations that this
 * package is to be better than, each as a test that it is not ours. The numbers are those of the
 * pattern catalogue.
 */
class CatalogDefectsTest {
  private final Queue<Deadlock> told = new ConcurrentLinkedQueue<>();
  private final DeadlockDetector detector = DeadlockDetector.builder().listener(told::add).build();
  private final WatchedLock lock1 = detector.lock("lock1");
  private final WatchedLock lock2 = detector.lock("lock2");

  @AfterEach
  void close() {
    detector.close();
  }

  private static Part part(WatchedLock first, WatchedLock second) {
    return new Part(() -> first.lock(Deadline.none()), () -> second.lock(Deadline.none()));
  }

  /** The demonstration of a deadlock. */
  @Nested
  class C11 {
    /** There, a join with a timeout was the detector, and slow was the same as deadlocked. */
    @ParameterizedTest
    @EnumSource
    void slowIsNotDeadlocked(ThreadKind kind) throws Exception {
      try (Actors actors = new Actors(kind, Knot.PATIENCE)) {
        Actor slow = actors.actor("slow");
        slow.run(lock1::lock);
        var waiting = actors.actor("patient").start(lock1::lock);
        waiting.awaitBlocked();
        assertThat(detector.scan()).isEmpty();
        slow.run(lock1::unlock);
        waiting.result();
        assertThat(told).isEmpty();
      }
    }

    /** There, the blocked threads kept the process alive for ever. */
    @ParameterizedTest
    @EnumSource
    void everybodyFinishes(Threads kind) throws Exception {
      Knot knot = new Knot(kind, List.of(part(lock1, lock2), part(lock2, lock1))).tie().untied();
      assertThat(knot.onlyVictims().summary())
          .contains("Deadlock of 2 threads", "\"knot-0\"", "lock1", "\"knot-1\"", "lock2");
    }
  }

  /** Two threads, each of which holds one of the locks until the end. */
  private final class Two implements AutoCloseable {
    final Actors actors;
    final Actor a;
    final Actor b;

    Two(ThreadKind kind) throws InterruptedException {
      actors = new Actors(kind, Knot.PATIENCE);
      a = actors.actor("a");
      b = actors.actor("b");
      a.run(lock1::lock);
      b.run(lock2::lock);
    }

    Step<?> aWaitsForB() throws InterruptedException {
      Step<?> waits = a.start(lock2::lock);
      waits.awaitBlocked();
      return waits;
    }

    /** Everybody goes on. */
    void end(Step<?> aWaits) throws InterruptedException {
      b.run(lock2::unlock);
      aWaits.result();
      a.run(lock2::unlock);
      a.run(lock1::unlock);
    }

    @Override
    public void close() {
      actors.close();
    }
  }

  /** The wait-for graph. */
  @Nested
  class C41 {
    /** There, an acquisition removed the edges of others, and their waits were forgotten. */
    @ParameterizedTest
    @EnumSource
    void acquiringForgetsNoWaitOfOthers(ThreadKind kind) throws Exception {
      WatchedLock lock3 = detector.lock("lock3");
      try (Two two = new Two(kind)) {
        Step<?> aWaits = two.aWaitsForB();
        two.b.run(lock3::lock); // for b this removed that a waits for it
        two.b.run(lock3::unlock);
        assertThat(two.b.start(lock1::lock).failure(DeadlockException.class))
            .hasMessageContaining("lock1");
        two.end(aWaits);
      }
    }

    /** There, the edge of a wait that timed out stayed, and accused the innocent. */
    @ParameterizedTest
    @EnumSource
    void timedOutWaitLeavesNoEdge(ThreadKind kind) throws Exception {
      try (Two two = new Two(kind)) {
        two.b
            .start(() -> lock1.lock(Deadline.after(Duration.ofMillis(5))))
            .failure(LockTimeoutException.class);
        Step<?> aWaits = two.aWaitsForB(); // which waits for nothing
        assertThat(told).isEmpty();
        two.end(aWaits);
      }
    }

    /** There, a reported deadlock left its edge, and every later request was a deadlock. */
    @ParameterizedTest
    @EnumSource
    void refusedWaitLeavesNoEdge(ThreadKind kind) throws Exception {
      try (Two two = new Two(kind)) {
        Step<?> aWaits = two.aWaitsForB();
        two.b.start(lock1::lock).failure(DeadlockException.class);
        assertThat(Waits.of(two.b.thread())).isNull();
        assertThat(detector.scan()).isEmpty();
        two.end(aWaits);
        two.b.run(lock1::lock);
        two.b.run(lock1::unlock);
        assertThat(told).hasSize(1);
      }
    }

    /** There, the edge was that of the moment of the request: a new owner was not seen. */
    @ParameterizedTest
    @EnumSource
    void ownerIsTheOneOfNow(ThreadKind kind) throws Exception {
      try (Actors actors = new Actors(kind, Knot.PATIENCE)) {
        Actor first = actors.actor("first");
        Actor second = actors.actor("second");
        Actor waiter = actors.actor("waiter");
        waiter.run(lock2::lock);
        first.run(lock1::lock);
        var secondWaits = second.start(lock1::lock);
        secondWaits.awaitBlocked();
        var waits = waiter.start(lock1::lock);
        waits.awaitBlocked();
        first.run(lock1::unlock); // to second, which is next in line
        secondWaits.result();
        assertThat(second.start(lock2::lock).failure(DeadlockException.class))
            .hasMessageContaining("\"second\"");
        second.run(lock1::unlock);
        waits.result();
        waiter.run(lock1::unlock);
        waiter.run(lock2::unlock);
      }
    }

    /** There, a thread that wanted a lock that it had itself waited for itself, unseen. */
    @ParameterizedTest
    @EnumSource
    void ownLockIsHadAgainAndStaysItsOwners(ThreadKind kind) throws Exception {
      try (Actors actors = new Actors(kind, Knot.PATIENCE)) {
        Actor a = actors.actor("a");
        a.run(lock1::lock);
        a.call(() -> lock1.lock(Deadline.after(Duration.ZERO)));
        assertThat(lock1.holder().orElseThrow().holds()).isEqualTo(2);
        a.run(lock1::unlock);
        assertThat(lock1.holder().orElseThrow().thread()).isSameAs(a.thread());
        a.run(lock1::unlock);
      }
    }
  }

  /** The lock with a timeout and a detector. */
  @Nested
  class C42 {
    /** There, the timeout of a request erased who owned the lock. */
    @ParameterizedTest
    @EnumSource
    void timeoutLeavesTheOwner(ThreadKind kind) throws Exception {
      try (Actors actors = new Actors(kind, Knot.PATIENCE)) {
        Actor holder = actors.actor("holder");
        holder.run(lock1::lock);
        assertThatThrownBy(() -> lock1.lock(Deadline.after(Duration.ofMillis(5))))
            .isInstanceOf(LockTimeoutException.class)
            .hasMessageContaining("lock1")
            .hasMessageContaining("\"holder\"");
        assertThat(lock1.holder().orElseThrow().thread()).isSameAs(holder.thread());
        holder.run(lock1::unlock);
      }
    }

    /** There, any thread could release it. */
    @ParameterizedTest
    @EnumSource
    void onlyTheOwnerReleases(ThreadKind kind) throws Exception {
      try (Actors actors = new Actors(kind, Knot.PATIENCE)) {
        Actor holder = actors.actor("holder");
        holder.run(lock1::lock);
        assertThatThrownBy(lock1::unlock).isInstanceOf(IllegalMonitorStateException.class);
        assertThat(lock1.isLocked()).isTrue();
        holder.run(lock1::unlock);
      }
    }

    /** There, the chain of waits was one of raw thread ids. */
    @ParameterizedTest
    @EnumSource
    void chainHasNames(Threads kind) throws Exception {
      Knot knot = new Knot(kind, List.of(part(lock1, lock2), part(lock2, lock1))).tie().untied();
      knot.onlyVictims();
      assertThat(knot.refused.element())
          .hasMessageContaining("thread \"knot-0\" (id ")
          .hasMessageContaining("waits for lock lock2 (LOCK), held for LOCK by ");
    }
  }

  /** The demonstration of both. */
  @Nested
  class C43 {
    /** There, a victim released locks that it never had, which others were using. */
    @ParameterizedTest
    @EnumSource
    void victimHoldsNothingNewAndReleasesOnlyItsOwn(ThreadKind kind) throws Exception {
      try (Actors actors = new Actors(kind, Knot.PATIENCE)) {
        Actor one = actors.actor("worker-1");
        Actor two = actors.actor("worker-2");
        one.run(lock1::lock);
        two.run(lock2::lock);
        var waits = one.start(lock2::lock);
        waits.awaitBlocked();
        two.start(lock1::lock).failure(DeadlockException.class);
        assertThat(lock1.holder().orElseThrow().thread()).isSameAs(one.thread());
        two.start(lock1::unlock).failure(IllegalMonitorStateException.class);
        assertThat(lock1.holder().orElseThrow().thread()).isSameAs(one.thread());
        two.run(lock2::unlock);
        waits.result();
        one.run(lock2::unlock);
        one.run(lock1::unlock);
        // and the victim tries again, with success
        try (Guard g = lock1.lock(Deadline.none())) {
          assertThat(lock1.holdCount()).isOne();
        }
        assertThat(told).hasSize(1);
      }
    }
  }
}
