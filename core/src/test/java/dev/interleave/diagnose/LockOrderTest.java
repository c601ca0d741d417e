// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LockOrderTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<PotentialDeadlock> told = new ArrayList<>();
  private final LockOrder order = LockOrder.builder().listener(told::add).build();

  /** A lock that takes part, in the shortest possible form. */
  private static final class Lock {
    private final ReentrantLock lock = new ReentrantLock();
    private final LockOrder.Member member;

    Lock(LockOrder order, String name) {
      member = order.join(name);
    }

    void lock() {
      member.acquiring();
      lock.lock();
      member.acquired();
    }

    void tryLock() {
      assertThat(lock.tryLock()).isTrue();
      member.acquiredByTrying();
    }

    void unlock() {
      member.releasing();
      lock.unlock();
    }
  }

  private final Lock a = new Lock(order, "a");
  private final Lock b = new Lock(order, "b");
  private final Lock c = new Lock(order, "c");
  private final Lock gate = new Lock(order, "gate");

  /** Acquires all, one within the other, and releases them. */
  private static void nest(Lock... locks) {
    for (Lock lock : locks) {
      lock.lock();
    }
    for (int i = locks.length - 1; i >= 0; i--) {
      locks[i].unlock();
    }
  }

  @Test
  void oneOrderIsFine() {
    for (int i = 0; i < 3; i++) {
      nest(a, b, c);
      nest(a, c);
      nest(b, c);
    }
    assertThat(order.found()).isEmpty();
  }

  @Test
  void bothWaysRoundIsToldOnceWithThreadsAndPlaces() {
    nest(a, b);
    for (int i = 0; i < 3; i++) {
      nest(b, a);
    }
    assertThat(told)
        .singleElement()
        .satisfies(potential -> {
          assertThat(potential.classes()).containsExactly("b", "a");
          assertThat(potential.toString())
              .startsWith("Potential deadlock: b -> a -> b")
              .contains("\"" + Thread.currentThread().getName() + "\"", "LockOrderTest.nest");
          assertThat(potential.steps().get(1).site().getStackTrace())
              .anyMatch(frame -> frame.getMethodName().startsWith("bothWaysRound"));
        });
    assertThat(order.found()).isEqualTo(told);
  }

  @Test
  void circlesOfAnyLength() {
    for (int n : new int[] {3, 10, 50}) {
      LockOrder ring = LockOrder.builder().build();
      List<Lock> locks = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        locks.add(new Lock(ring, "lock " + i));
      }
      for (int i = 0; i < n - 1; i++) {
        nest(locks.get(i), locks.get(i + 1));
        assertThat(ring.found()).isEmpty();
      }
      nest(locks.get(n - 1), locks.get(0));
      assertThat(ring.found()).singleElement().satisfies(p -> assertThat(p.steps()).hasSize(n));
    }
  }

  /** Only the step from the top is looked at: that from below follows. */
  @Test
  void aStepFromBelowTheTopIsKnownToo() {
    nest(a, b, c);
    nest(c, a);
    assertThat(told).singleElement().satisfies(p -> assertThat(p.classes()).hasSize(3));
  }

  /** As Guava's has it: a lock in the middle of a chain, gone, must not take the chain along. */
  @Test
  void aLockThatIsCollectedLeavesItsStepsBehind() throws Exception {
    WeakReference<Lock> middle = nestThroughOneThatIsDropped();
    long start = System.nanoTime();
    while (middle.get() != null && System.nanoTime() - start < PATIENCE.toNanos()) {
      System.gc();
      Thread.onSpinWait();
    }
    assertThat(middle.get()).isNull();
    nest(c, a);
    assertThat(told).hasSize(1);
  }

  /** Each lock is acquired in one that is soon gone, as in a list whose nodes have locks. */
  @Test
  void aLockDoesNotKeepThoseInWhichItWasHeld() throws Exception {
    Lock last = new Lock(order, "node");
    List<WeakReference<LockOrder.Member>> gone = handOverHand(last);
    Lock first = new Lock(order, "node");
    gone.addAll(inEachOtherBackwards(first));
    nest(a); // the thread's stack is about something else
    long start = System.nanoTime();
    while (gone.stream().anyMatch(ref -> ref.get() != null)
        && System.nanoTime() - start < PATIENCE.toNanos()) {
      System.gc();
      Thread.onSpinWait();
    }
    assertThat(gone).allMatch(ref -> ref.get() == null);
    nest(first, last);
  }

  private List<WeakReference<LockOrder.Member>> handOverHand(Lock last) {
    List<WeakReference<LockOrder.Member>> gone = new ArrayList<>();
    Lock held = new Lock(order, "node");
    held.lock();
    for (int i = 0; i < 4; i++) {
      gone.add(new WeakReference<>(held.member));
      Lock next = i < 3 ? new Lock(order, "node") : last;
      next.lock();
      held.unlock();
      held = next;
    }
    held.unlock();
    return gone;
  }

  private List<WeakReference<LockOrder.Member>> inEachOtherBackwards(Lock first) {
    List<WeakReference<LockOrder.Member>> gone = new ArrayList<>();
    Lock inner = first;
    for (int i = 0; i < 4; i++) {
      Lock outer = new Lock(order, "node");
      gone.add(new WeakReference<>(outer.member));
      nest(outer, inner);
      nest(outer, inner);
      inner = outer;
    }
    return gone;
  }

  /** A listener of deadlocks is called when a thread has asked, and may acquire what it likes. */
  @Test
  void whatIsAcquiredBetweenTheLookAndTheAcquisitionIsLookedAtTheNextTime() {
    nest(a, b); // b has its place in a
    a.lock();
    c.member.acquiring(); // from a
    b.lock(); // and keeps it
    c.lock.lock();
    c.member.acquired();
    c.unlock();
    b.unlock();
    a.unlock();
    nest(a, b, c);
    nest(c, b);
    assertThat(told).singleElement().satisfies(p -> assertThat(p.classes()).hasSize(2));
  }

  private WeakReference<Lock> nestThroughOneThatIsDropped() {
    Lock middle = new Lock(order, "middle");
    nest(a, middle, c);
    return new WeakReference<>(middle);
  }

  // ------------------------------------------------------------------ gates

  @Test
  void underOneCommonGateItIsNoDeadlock() {
    nest(gate, a, b);
    nest(gate, b, a);
    nest(gate, a, b);
    assertThat(told).isEmpty();
  }

  @Test
  void onceOneStepIsMadeWithoutTheGateItIsToldAlthoughBothWereKnown() {
    nest(gate, a, b);
    nest(gate, b, a);
    assertThat(told).isEmpty();
    nest(a, b);
    assertThat(told).hasSize(1);
    nest(b, a);
    assertThat(told).hasSize(1);
  }

  @Test
  void anotherGateIsNoGate() {
    nest(gate, a, b);
    nest(c, b, a);
    assertThat(told).hasSize(1);
  }

  @Test
  void anotherLockOfTheSameClassIsNoGate() {
    nest(gate, a, b);
    nest(new Lock(order, "gate"), b, a);
    assertThat(told).hasSize(1);
  }

  /** The gate is acquired after the first of them: then it excludes nobody. */
  @Test
  void aLockInTheMiddleIsNoGate() {
    nest(a, gate, b);
    nest(b, a);
    assertThat(told).hasSize(1);
  }

  /** The shortest circle has a gate; a longer one has not. */
  @Test
  void aCircleWithoutGateIsFoundBehindOneThatHasOne() {
    Lock d = new Lock(order, "d");
    nest(gate, b, a);
    nest(b, d);
    nest(d, a);
    assertThat(told).isEmpty();
    nest(gate, a, b);
    assertThat(told)
        .singleElement()
        .satisfies(p -> {
          assertThat(p.classes()).containsExactly("a", "b", "d");
        });
  }

  // ------------------------------------------------------------------ what makes no step

  @Test
  void triesMakeNoStepToWhatTheyAcquire() {
    nest(a, b);
    b.lock();
    a.tryLock();
    a.unlock();
    b.unlock();
    assertThat(told).isEmpty();
  }

  @Test
  void butStepsFromItAndFromWhatIsBelowAreMade() {
    a.lock();
    b.tryLock();
    c.lock(); // a before c, b before c
    c.unlock();
    b.unlock();
    a.unlock();
    nest(c, a);
    assertThat(told).singleElement().satisfies(p -> assertThat(p.classes()).hasSize(2));
  }

  @Test
  void locksOfOneClassMakeNone() {
    Lock one = new Lock(order, "account");
    Lock two = new Lock(order, "account");
    nest(one, two);
    nest(two, one);
    assertThat(told).isEmpty();
  }

  @Test
  void suppressedStepsAreNoPartOfACircle() {
    LockOrder lenient = LockOrder.builder().ignore("y", "x").build();
    Lock x = new Lock(lenient, "x");
    Lock y = new Lock(lenient, "y");
    Lock z = new Lock(lenient, "z");
    nest(x, y);
    nest(y, x);
    assertThat(lenient.found()).isEmpty();
    nest(y, z);
    nest(z, x);
    assertThat(lenient.found()).hasSize(1);
  }

  @Test
  void releasedInAnyOrder() {
    a.lock();
    b.lock();
    a.unlock();
    c.lock(); // only b is held
    b.unlock();
    c.unlock();
    nest(c, a); // a -> b -> c
    assertThat(told).hasSize(1);
    nest(gate, a);
    a.lock();
    a.unlock();
    nest(a, gate);
    assertThat(told).hasSize(2);
  }

  /** It was made with the gate many times before, and the gate is released before it this time. */
  @Test
  void aGateThatIsReleasedInBetweenIsNone() {
    for (int i = 0; i < 3; i++) {
      nest(gate, a, b);
    }
    nest(gate, b, a);
    for (int i = 0; i < 3; i++) {
      nest(gate, a, b);
    }
    assertThat(told).isEmpty();
    gate.lock();
    a.lock();
    gate.unlock();
    b.lock();
    b.unlock();
    a.unlock();
    assertThat(told).hasSize(1);
  }

  /** It was acquired last within another one, which this time was acquired by trying. */
  @Test
  void whatIsBelowATryIsLookedAtAgain() {
    nest(a, b, c);
    nest(b, c);
    nest(gate, a);
    nest(b, c);
    gate.lock();
    b.tryLock();
    c.lock(); // gate before c
    c.unlock();
    b.unlock();
    gate.unlock();
    nest(c, gate);
    assertThat(told).singleElement().satisfies(p -> assertThat(p.classes()).hasSize(2));
  }

  @Test
  void oneInSoManyIsLookedAt() {
    int rounds = 0;
    for (int i = 0; i < 5; i++) { // the very first may be looked at, but not five times
      LockOrder rare = LockOrder.builder().sampleOneIn(100).build();
      Lock x = new Lock(rare, "x");
      Lock y = new Lock(rare, "y");
      while (rare.found().isEmpty() && rounds < 500_000) {
        nest(x, y);
        nest(y, x);
        rounds++;
      }
    }
    assertThat(rounds).isBetween(6, 499_999);
  }

  /** To be made over and over does not make it known. */
  @Test
  void aStepThatWasNotLookedAtIsTheNextTime() {
    int rounds = 0;
    for (int i = 0; i < 5; i++) { // the very first may be looked at, but not five times
      LockOrder rare = LockOrder.builder().sampleOneIn(1_000).build();
      Lock x = new Lock(rare, "x");
      Lock y = new Lock(rare, "y");
      while (!rare.toString().contains("1 steps") && rounds < 1_000_000) {
        nest(x, y);
        rounds++;
      }
    }
    assertThat(rounds).isBetween(6, 999_999);
  }

  @Test
  void furtherClassesAreNotLookedAtAndThatIsSaid() {
    LockOrder small = LockOrder.builder().maxClasses(2).build();
    Lock x = new Lock(small, "x");
    Lock y = new Lock(small, "y");
    Lock z = new Lock(small, "z");
    nest(x, z);
    nest(z, x);
    assertThat(small.found()).isEmpty();
    assertThat(small.toString()).contains("others that are not looked at");
    nest(x, z, y);
    nest(y, x);
    assertThat(small.found()).hasSize(1);
    assertThatIllegalArgumentException().isThrownBy(() -> LockOrder.builder().maxClasses(0));
    assertThatIllegalArgumentException().isThrownBy(() -> LockOrder.builder().sampleOneIn(0));
  }

  @Test
  void theListenerMayRefuse() {
    LockOrder strict =
        LockOrder.builder()
            .listener(p -> {
              throw new IllegalStateException(p.toString());
            })
            .build();
    Lock x = new Lock(strict, "x");
    Lock y = new Lock(strict, "y");
    nest(x, y);
    y.lock();
    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(x::lock);
    assertThat(x.lock.isLocked()).isFalse();
    y.unlock();
  }

  // ------------------------------------------------------------------ threads

  /** Two halves of a circle made for the first time at the same moment (Guava 2048). */
  @ParameterizedTest
  @EnumSource
  void simultaneousHalvesAreFoundEachTime(ThreadKind kind) throws Exception {
    int rounds = Boolean.getBoolean("interleave.thorough") ? 2_000 : 200;
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor one = actors.actor("one");
      Actor two = actors.actor("two");
      for (int i = 0; i < rounds; i++) {
        LockOrder fresh = LockOrder.builder().build();
        LockOrder.Member x = fresh.join("x");
        LockOrder.Member y = fresh.join("y");
        CyclicBarrier together = new CyclicBarrier(2);
        Step<?> forth = one.start(() -> half(x, y, together));
        Step<?> back = two.start(() -> half(y, x, together));
        forth.result();
        back.result();
        assertThat(fresh.found()).hasSize(1);
      }
    }
  }

  private static void half(LockOrder.Member held, LockOrder.Member wanted, CyclicBarrier together)
      throws Exception {
    held.acquiring();
    held.acquired();
    together.await();
    wanted.acquiring();
    held.releasing();
  }

  /** Of those that found no slot; they live on. */
  @ParameterizedTest
  @EnumSource
  void nothingStaysBehindOfThreadsThatHoldNothing(ThreadKind kind) throws Exception {
    int crowd = 300;
    try (Actors actors = new Actors(kind, PATIENCE)) {
      List<Actor> holders = actors.actors(crowd, "holder");
      List<Lock> outer = new ArrayList<>();
      for (Actor holder : holders) {
        Lock mine = new Lock(order, "outer");
        outer.add(mine);
        holder.run(() -> {
          mine.lock();
          nest(new Lock(order, "inner"));
        });
      }
      assertThat(order.stacks.inMap()).isPositive();
      for (int i = 0; i < crowd; i++) {
        Lock mine = outer.get(i);
        holders
            .get(i)
            .run(() -> {
              mine.unlock();
              nest(mine, new Lock(order, "inner"));
            });
      }
      assertThat(order.stacks.inMap()).isZero();
    }
  }

  /** More threads than slots, all of which hold something at the same time. */
  @ParameterizedTest
  @EnumSource
  void eachThreadHasItsOwnStack(ThreadKind kind) throws Exception {
    int crowd = kind == ThreadKind.VIRTUAL ? 1_000 : 100;
    try (Actors actors = new Actors(kind, PATIENCE)) {
      List<Actor> holders = actors.actors(crowd, "holder");
      for (int i = 0; i < crowd; i++) {
        Lock mine = new Lock(order, "outer");
        Actor holder = holders.get(i);
        holder.run(mine::lock);
      }
      for (Actor holder : holders) {
        holder.run(() -> nest(new Lock(order, "inner")));
      }
      assertThat(order.found()).isEmpty();
      holders
          .get(crowd - 1)
          .run(() -> {
            Lock inner = new Lock(order, "inner");
            inner.lock(); // and outer, which is below, stays
            new Lock(order, "outer").lock();
          });
    }
    assertThat(order.found()).hasSize(1);
  }
}
