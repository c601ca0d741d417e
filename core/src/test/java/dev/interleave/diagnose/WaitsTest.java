// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ThreadKind;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WaitsTest {

  /** Something to wait for that says what it is told to. */
  record Thing(String name, AtomicReference<Owners> answer) implements Resource {
    Thing(String name) {
      this(name, new AtomicReference<>(Owners.anyone()));
    }

    @Override
    public String kind() {
      return "thing";
    }

    @Override
    public Owners owners(Wait wait) {
      return answer.get();
    }
  }

  private final Thing thing = new Thing("thing");

  private List<Wait> mine() {
    return Waits.all().stream().filter(wait -> wait.resource().equals(thing)).toList();
  }

  @ParameterizedTest
  @EnumSource
  void aWaitIsThereUntilItIsLeft(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, Knot.PATIENCE)) {
      actors
          .actor("waiter")
          .run(() -> {
            long before = System.nanoTime();
            Wait wait = Waits.enter(thing, "put", Wait.Exit.TIMEOUT);
            assertThat(Waits.of(Thread.currentThread())).isSameAs(wait);
            assertThat(mine()).containsExactly(wait);
            assertThat(Waits.isEmpty()).isFalse();
            assertThat(wait.thread()).isSameAs(Thread.currentThread());
            assertThat(wait.wants()).isEqualTo("put");
            assertThat(wait.isTimed()).isTrue();
            assertThat(wait.sinceNanos() - before).isNotNegative();
            assertThat(wait.isWaiting()).isTrue();
            assertThat(wait.toString())
                .contains("\"waiter\"", "waits for thing (put, timed) for PT");
            wait.leave();
            wait.leave();
            assertThat(wait.isWaiting()).isFalse();
            assertThat(wait.failure()).isNull();
            assertThat(Waits.of(Thread.currentThread())).isNull();
            assertThat(mine()).isEmpty();
          });
    }
  }

  @Test
  void theNewestOfAThreadCounts() {
    Wait outer = Waits.enter(thing, "outer", Wait.Exit.NONE);
    Wait inner = Waits.enter(thing, "inner", Wait.Exit.NONE);
    assertThat(Waits.of(Thread.currentThread())).isSameAs(inner);
    assertThat(mine()).containsExactly(outer, inner);
    outer.leave();
    assertThat(mine()).containsExactly(inner);
    inner.leave();
    assertThat(mine()).isEmpty();
  }

  @Test
  void inspectorsSeeTheWaitRegisteredAndMayRefuseIt() {
    List<Wait> seen = new ArrayList<>();
    Thread me = Thread.currentThread();
    Waits.Inspector inspector =
        wait -> {
          if (wait.thread() == me) {
            assertThat(Waits.of(me)).isSameAs(wait);
            seen.add(wait);
            throw new IllegalStateException("no");
          }
        };
    Waits.add(inspector);
    try {
      assertThatThrownBy(() -> Waits.enter(thing, "get", Wait.Exit.REFUSAL))
          .isInstanceOf(IllegalStateException.class);
      assertThat(seen).singleElement().satisfies(w -> assertThat(w.isWaiting()).isFalse());
      assertThat(Waits.of(me)).isNull();
      Waits.enter(thing, "get", Wait.Exit.TIMEOUT).leave(); // is not asked about
      assertThat(seen).hasSize(1);
    } finally {
      Waits.remove(inspector);
    }
    Waits.enter(thing, "get", Wait.Exit.REFUSAL).leave();
    assertThat(seen).hasSize(1);
  }

  @Test
  void whoNeedNotWaitForALatchIsNotRegistered() throws Exception {
    Waits.Inspector nobody =
        wait -> {
          if (wait.resource().equals(thing)) {
            throw new IllegalStateException("registered: " + wait);
          }
        };
    Waits.add(nobody);
    try {
      Thread.currentThread().interrupt(); // is for who waits
      assertThat(Waits.await(new CountDownLatch(0), thing, "end", Long.MAX_VALUE)).isTrue();
      assertThat(Waits.await(new CountDownLatch(0), thing, "end", 0)).isTrue();
      assertThat(Waits.await(new CountDownLatch(1), thing, "end", 0)).isFalse();
      assertThat(Waits.await(new CountDownLatch(1), thing, "end", -1)).isFalse();
      assertThat(Thread.interrupted()).isTrue();
    } finally {
      Waits.remove(nobody);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoWaitsForALatchIsRegisteredUntilItOpens(ThreadKind kind) throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    try (Actors actors = new Actors(kind, Knot.PATIENCE)) {
      var forever =
          actors.actor("a").startCall(() -> Waits.await(latch, thing, "end", Long.MAX_VALUE));
      forever.awaitBlocked();
      var timed =
          actors.actor("b").startCall(() -> Waits.await(latch, thing, "end", Long.MAX_VALUE - 1));
      timed.awaitBlocked();
      assertThat(mine()).extracting(Wait::isTimed).containsExactly(false, true);
      latch.countDown();
      assertThat(forever.result()).isTrue();
      assertThat(timed.result()).isTrue();
      assertThat(actors.actor("c").call(() -> Waits.await(new CountDownLatch(1), thing, "end", 1)))
          .isFalse();
    }
    assertThat(mine()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void whoIsInterruptedAtALatchLearnsWhy(ThreadKind kind) throws Exception {
    RuntimeException why = new IllegalStateException("enough");
    CountDownLatch latch = new CountDownLatch(1);
    try (Actors actors = new Actors(kind, Knot.PATIENCE)) {
      var step =
          actors
              .actor("waiter")
              .start(() ->
                  assertThatThrownBy(() -> Waits.await(latch, thing, "end", Long.MAX_VALUE))
                      .isInstanceOf(InterruptedException.class)
                      .hasCause(why));
      step.awaitBlocked();
      assertThat(mine().get(0).end(why)).isTrue();
      step.result();
    }
    assertThat(mine()).isEmpty();
  }

  /** The interrupt by which a wait is ended does not outlive it. */
  @ParameterizedTest
  @EnumSource
  void anEndedWaitSaysWhyAndLeavesNoInterrupt(ThreadKind kind) throws Exception {
    RuntimeException why = new IllegalStateException("enough");
    AtomicReference<Wait> waiting = new AtomicReference<>();
    try (Actors actors = new Actors(kind, Knot.PATIENCE)) {
      var step =
          actors
              .actor("waiter")
              .start(() -> {
                Wait wait = Waits.enter(thing, "get", Wait.Exit.INTERRUPT);
                waiting.set(wait);
                while (!Thread.currentThread().isInterrupted()) {
                  LockSupport.park(this);
                }
                wait.leave();
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
                assertThat(wait.failure()).isSameAs(why);
                assertThat(Waits.causedBy(wait, new InterruptedException())).hasCause(why);
              });
      step.awaitBlocked();
      assertThat(waiting.get().end(why)).isTrue();
      assertThat(waiting.get().end(new IllegalStateException("again"))).isFalse();
      assertThat(mine()).isEmpty();
      step.result();
    }
    Wait uninterruptible = Waits.enter(thing, "get", Wait.Exit.REFUSAL);
    assertThat(uninterruptible.end(why)).isFalse();
    uninterruptible.leave();
  }

  /** A waiter that has taken the detector's interrupt is interrupted by somebody else as well. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anotherInterruptIsNotLost(boolean byException) {
    Wait wait = Waits.enter(thing, "get", Wait.Exit.INTERRUPT);
    RuntimeException why = new IllegalStateException("enough");
    assertThat(wait.end(why)).isTrue();
    assertThat(Thread.interrupted()).isTrue();
    if (!byException) {
      assertThat(wait.failureByInterrupt()).isSameAs(why);
    }
    Thread.currentThread().interrupt();
    if (byException) {
      assertThat(Waits.causedBy(wait, new InterruptedException())).hasCause(why);
    }
    wait.leave();
    assertThat(Thread.interrupted()).isTrue();
  }

  /** Else nobody would see the cycle that it closes, since it waits on and looks no more. */
  @Test
  void aWaitThatNothingEndsStaysRegisteredThroughAnError() {
    Thread me = Thread.currentThread();
    Waits.Inspector inspector =
        wait -> {
          if (wait.thread() == me) {
            throw new OutOfMemoryError("simulated");
          }
        };
    Wait wait = Waits.enter(thing, "signal", Wait.Exit.NONE);
    Waits.add(inspector);
    try {
      assertThatThrownBy(() -> wait.goOn("lock")).isInstanceOf(OutOfMemoryError.class);
      assertThat(Waits.of(me)).isSameAs(wait);
      assertThatThrownBy(() -> Waits.enter(thing, "signal", Wait.Exit.NONE))
          .isInstanceOf(OutOfMemoryError.class);
      assertThat(mine()).as("one that could not begin").containsExactly(wait);
    } finally {
      Waits.remove(inspector);
      wait.leave();
    }
    assertThat(mine()).isEmpty();
  }

  /** An interrupt that was taken before the wait was ended is not that of who ended it. */
  @Test
  void anInterruptBeforeTheEndIsNotTakenForIt() {
    Wait wait = Waits.enter(thing, "get", Wait.Exit.INTERRUPT);
    Thread.currentThread().interrupt();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(wait.failureByInterrupt()).isNull();
    assertThat(wait.end(new IllegalStateException("enough"))).isTrue();
    wait.leave();
    assertThat(Thread.interrupted()).isFalse();
  }

  /** All are found, and when they have gone nothing keeps them. */
  @Test
  void tenThousandVirtualThreads() throws Exception {
    int count = 10_000;
    CountDownLatch in = new CountDownLatch(count);
    CountDownLatch out = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                Wait wait = Waits.enter(thing, "get", Wait.Exit.NONE);
                try {
                  in.countDown();
                  out.await();
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                } finally {
                  wait.leave();
                }
              }));
    }
    in.await();
    assertThat(mine().stream().map(Wait::thread).collect(Collectors.toSet()))
        .hasSize(count)
        .containsAll(threads);
    assertThat(Diagnosis.deadlocks()).isEmpty();
    out.countDown();
    for (Thread thread : threads) {
      assertThat(thread.join(Knot.PATIENCE)).isTrue();
    }
    assertThat(mine()).isEmpty();
    WeakReference<Thread> one = new WeakReference<>(threads.getFirst());
    threads.clear();
    Eventually.eventually(() -> {
      System.gc();
      return one.refersTo(null);
    });
  }
}
