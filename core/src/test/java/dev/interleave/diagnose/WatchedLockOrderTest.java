// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.lock.WatchedLock;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.Task;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the locks of a detector tell a {@link LockOrder}. */
@SuppressWarnings({
  "LockNotBeforeTry",
  "WaitNotInLoop",
  "JavaUtilDate"
}) // each call is what is tested
class WatchedLockOrderTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final List<PotentialDeadlock> told = new CopyOnWriteArrayList<>();
  private final LockOrder order = LockOrder.builder().listener(told::add).build();
  private final DeadlockDetector detector = DeadlockDetector.builder().lockOrder(order).build();
  private final WatchedLock a = detector.lock("a");
  private final WatchedLock b = detector.lock("b");
  private final WatchedLock c = detector.lock("c");
  private final WatchedLock gate = detector.lock("gate");

  private final LockOrder strictOrder =
      LockOrder.builder()
          .listener(p -> {
            throw new Refused();
          })
          .build();
  private final DeadlockDetector strict = DeadlockDetector.builder().lockOrder(strictOrder).build();
  private final WatchedLock x = strict.lock("x");
  private final WatchedLock y = strict.lock("y");

  @AfterEach
  void nothingStaysBehind() {
    for (WatchedLock lock : List.of(a, b, c, gate, x, y)) {
      assertThat(lock.isLocked()).as(lock.name()).isFalse();
    }
    // A deadlock that might happen is none that has happened.
    assertThat(detector.found()).isZero();
    detector.close();
    strict.close();
  }

  private static void run(ThreadKind kind, Task task) throws InterruptedException {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      actors.actor("only").run(task);
    }
  }

  /** Acquires all, one within the other, and releases them. */
  private static void nest(WatchedLock... locks) {
    for (WatchedLock lock : locks) {
      lock.lock();
    }
    for (int i = locks.length - 1; i >= 0; i--) {
      locks[i].unlock();
    }
  }

  @ParameterizedTest
  @EnumSource
  void oneThreadAloneShowsItWithoutAHang(ThreadKind kind) throws Exception {
    run(
        kind,
        () -> {
          nest(a, b);
          assertThat(told).isEmpty();
          nest(b, a);
          nest(b, a);
        });
    assertThat(told)
        .singleElement()
        .satisfies(p -> {
          assertThat(p.classes()).containsExactly("b", "a");
          assertThat(p.toString()).contains("\"only\"", "WatchedLockOrderTest.nest");
        });
    assertThat(order.found()).isEqualTo(told);
  }

  /** Each blocking way to acquire makes a step: whatever is free is acquired at once, and tells. */
  @ParameterizedTest
  @EnumSource
  void eachWayToWaitForEverMakesAStep(ThreadKind kind) throws Exception {
    run(
        kind,
        () -> {
          nest(a, b, c);
          b.lock();
          a.lockInterruptibly();
          a.unlock();
          b.unlock();
          assertThat(told).hasSize(1);
          try (Guard held = c.lock(Deadline.none());
              Guard inner = b.lock(Deadline.none())) {
            assertThat(told).hasSize(2);
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void whatGivesUpMakesNoStepToItselfButFromItself(ThreadKind kind) throws Exception {
    run(
        kind,
        () -> {
          nest(a, b);
          b.lock();
          assertThat(a.tryLock()).isTrue();
          a.unlock();
          assertThat(a.tryLock(1, TimeUnit.HOURS)).isTrue();
          a.unlock();
          try (Guard inner = a.lock(Deadline.after(PATIENCE))) {
            assertThat(told).isEmpty();
            c.lock(); // b before c, a before c
            c.unlock();
          }
          b.unlock();
          nest(c, a);
        });
    assertThat(told).singleElement().satisfies(p -> assertThat(p.classes()).hasSize(2));
  }

  @ParameterizedTest
  @EnumSource
  void underAGateItIsNone(ThreadKind kind) throws Exception {
    run(
        kind,
        () -> {
          nest(gate, a, b);
          nest(gate, b, a);
          assertThat(told).isEmpty();
          nest(a, b); // now without
        });
    assertThat(told).hasSize(1);
  }

  @Test
  void suppressedStepsAndClasses() {
    LockOrder lenient = LockOrder.builder().ignore("account", "log").build();
    WatchedLock.Builder accounts = WatchedLock.builder().lockOrder(lenient).lockClass("account");
    WatchedLock mine = accounts.name("mine").build();
    WatchedLock yours = accounts.name("yours").build();
    WatchedLock log = WatchedLock.builder().name("log").lockOrder(lenient).build();
    nest(mine, yours);
    nest(yours, mine); // of one class
    nest(log, mine);
    nest(yours, log);
    assertThat(lenient.found()).isEmpty();
    WatchedLock other = WatchedLock.builder().name("other").lockOrder(lenient).build();
    nest(other, log);
    nest(mine, other); // log -> account -> other -> log
    assertThat(lenient.found()).singleElement().satisfies(p -> assertThat(p.steps()).hasSize(3));
  }

  @Test
  void oneStepInSoManyIsLookedAt() {
    int rounds = 0;
    for (int i = 0; i < 5; i++) { // the very first may be looked at, but not five times
      LockOrder rare = LockOrder.builder().sampleOneIn(50).build();
      try (DeadlockDetector sampling = DeadlockDetector.builder().lockOrder(rare).build()) {
        WatchedLock one = sampling.lock("one");
        WatchedLock two = sampling.lock("two");
        while (rare.found().isEmpty() && rounds < 500_000) {
          nest(one, two);
          nest(two, one);
          rounds++;
        }
      }
    }
    assertThat(rounds).isBetween(6, 499_999);
  }

  // ------------------------------------------------------------------ refusals

  @ParameterizedTest
  @EnumSource
  void whoIsRefusedHoldsNothingNewAndWaitsForNothing(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor refused = actors.actor("refused");
      refused.run(() -> {
        nest(x, y);
        y.lock();
        assertThatThrownBy(x::lock).isInstanceOf(Refused.class);
        assertThat(x.isLocked()).isFalse();
        assertThat(y.holdCount()).isEqualTo(1);
        assertThat(Waits.of(Thread.currentThread())).isNull();
      });
      Actor other = actors.actor("other");
      assertThat(other.ask(x::tryLock)).isTrue();
      other.run(x::unlock);
      refused.run(() -> {
        y.unlock();
        nest(x, y); // as before: nothing is held in secret
      });
    }
  }

  @Test
  void nestedHoldsOfOneLockAreOneAcquisition() {
    nest(a, b, a, b, a);
    nest(a, a, b);
    assertThat(told).isEmpty();
    nest(b, b, a);
    assertThat(told).hasSize(1);
  }

  // ------------------------------------------------------------------ waiting

  @ParameterizedTest
  @EnumSource
  void whoHadToWaitHasMadeItsStepBeforeAndHoldsAfter(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor holder = actors.actor("holder");
      Actor waiter = actors.actor("waiter");
      holder.run(b::lock);
      Step<?> nested =
          waiter.start(() -> {
            a.lock();
            b.lock(); // waits
            c.lock();
            c.unlock();
            b.unlock();
            a.unlock();
          });
      nested.awaitBlocked();
      assertThat(order.toString()).contains("1 steps");
      holder.run(b::unlock);
      nested.result();
      waiter.run(() -> nest(c, b));
      assertThat(told).singleElement().satisfies(p -> assertThat(p.classes()).hasSize(2));
      holder.run(b::lock);
      Step<Boolean> timed = waiter.startCall(() -> b.tryLock(1, TimeUnit.HOURS));
      timed.awaitBlocked();
      holder.run(b::unlock);
      assertThat(timed.result()).isTrue();
      waiter.run(() -> {
        a.lock(); // b, acquired by trying, before a
        a.unlock();
        b.unlock();
      });
      assertThat(told).hasSize(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoWaitsForAConditionDoesNotHoldTheLock(ThreadKind kind) throws Exception {
    Condition signal = a.newCondition();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor waiter = actors.actor("waiter");
      Step<?> waiting =
          waiter.start(() -> {
            a.lock();
            a.lock();
            signal.await();
            assertThat(a.holdCount()).isEqualTo(2);
            b.lock(); // a before b
            b.unlock();
            a.unlock();
            a.unlock();
          });
      waiting.awaitBlocked();
      actors
          .actor("signaller")
          .run(() -> {
            nest(a, c);
            a.lock();
            signal.signal();
            a.unlock();
          });
      waiting.result();
      assertThat(told).isEmpty();
      waiter.run(() -> nest(b, a)); // holds nothing from before
      assertThat(told).hasSize(1);
    }
  }

  /** All the ways in which a wait ends by itself leave the lock held, as far as the order knows. */
  @ParameterizedTest
  @EnumSource
  void waitsThatEndByThemselvesHoldAgain(ThreadKind kind) throws Exception {
    Condition never = a.newCondition();
    run(
        kind,
        () -> {
          a.lock();
          assertThat(never.awaitNanos(1)).isNotPositive();
          assertThat(never.await(1, TimeUnit.NANOSECONDS)).isFalse();
          assertThat(never.awaitUntil(new Date(0))).isFalse();
          Thread.currentThread().interrupt();
          assertThatThrownBy(never::await).isInstanceOf(InterruptedException.class);
          b.lock(); // a before b
          b.unlock();
          a.unlock();
          assertThat(order.toString()).contains("1 steps");
          nest(b, a);
        });
    assertThat(told).hasSize(1);
  }

  /** It keeps b while it wants a again, and another thread may want b while it holds a. */
  @ParameterizedTest
  @EnumSource
  void aWaitWithALaterLockHeldIsAStepBack(ThreadKind kind) throws Exception {
    Condition never = a.newCondition();
    run(
        kind,
        () -> {
          a.lock();
          b.lock();
          assertThat(never.awaitNanos(1)).isNotPositive();
          b.unlock();
          a.unlock();
        });
    assertThat(told)
        .singleElement()
        .satisfies(p -> assertThat(p.classes()).containsExactly("b", "a"));
  }

  @Test
  void aWaitUnderEarlierLocksIsNoStepBack() throws Exception {
    Condition never = b.newCondition();
    a.lock();
    b.lock();
    assertThat(never.awaitNanos(1)).isNotPositive();
    b.unlock();
    a.unlock();
    nest(a, b);
    assertThat(told).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aWaitThatIsRefusedDoesNotBegin(ThreadKind kind) throws Exception {
    Condition never = x.newCondition();
    run(
        kind,
        () -> {
          x.lock();
          y.lock();
          assertThatThrownBy(never::await).isInstanceOf(Refused.class);
          assertThat(x.holdCount()).isEqualTo(1);
          assertThat(Waits.of(Thread.currentThread())).isNull();
          y.unlock();
          never.signalAll(); // nobody is in line
          x.unlock();
        });
  }

  // ------------------------------------------------------------------ together with the detector

  /** A deadlock that happens is told as such, whatever the order has said before. */
  @ParameterizedTest
  @EnumSource
  void theDetectorRefusesWhatTheOrderOnlyReports(ThreadKind kind) throws Exception {
    try (DeadlockDetector both = DeadlockDetector.builder().lockOrder(order).build();
        Actors actors = new Actors(kind, PATIENCE)) {
      WatchedLock one = both.lock("one");
      WatchedLock two = both.lock("two");
      Actor first = actors.actor("first");
      Actor second = actors.actor("second");
      first.run(one::lock);
      second.run(two::lock);
      Step<?> waiting = first.start(two::lock);
      waiting.awaitBlocked();
      second.run(() -> assertThatThrownBy(one::lock).isInstanceOf(DeadlockException.class));
      assertThat(told).hasSize(1);
      assertThat(both.found()).isEqualTo(1);
      second.run(two::unlock);
      waiting.result();
      first.run(() -> {
        two.unlock();
        one.unlock();
      });
      second.run(() -> nest(two, one)); // what it was refused it does not seem to hold
      assertThat(told).hasSize(1);
    }
  }

  @Test
  void nothingIsNull() {
    assertThatNullPointerException()
        .isThrownBy(() -> DeadlockDetector.builder().lockOrder(nothing()));
    assertThatNullPointerException().isThrownBy(() -> WatchedLock.builder().lockOrder(nothing()));
    assertThatNullPointerException().isThrownBy(() -> WatchedLock.builder().lockClass(nothing()));
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // that is the point
  private static <T> T nothing() {
    return null;
  }
}
