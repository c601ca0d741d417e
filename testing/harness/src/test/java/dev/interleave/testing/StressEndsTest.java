// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How a run ends: in time, as hung, or interrupted; and what it says then. */
class StressEndsTest {
  private static final Duration HANG = Duration.ofMillis(300);
  private static final Duration TIME = Duration.ofMillis(300);

  /** Much less than a batch of slow rounds takes. */
  private static final Duration SOON = Duration.ofSeconds(3);

  /** For who was interrupted, before it is left behind. */
  private static final Duration TIME_TO_END = Duration.ofSeconds(30);

  private static final long SLOW_NANOS = 10_000_000;

  /** Fast until the batches have become large, then slow all at once. */
  private static final class Slowdown {
    private final long start = System.nanoTime();

    boolean hasBegun() {
      return System.nanoTime() - start > TIME.toNanos() / 2;
    }

    void pass() {
      if (hasBegun()) {
        dawdle();
      }
    }

    static void dawdle() {
      dawdle(SLOW_NANOS);
    }

    static void dawdle(long nanos) {
      long begin = System.nanoTime();
      while (System.nanoTime() - begin < nanos) {
        LockSupport.parkNanos(nanos);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void slowRoundsEndInTime(ThreadKind kind) throws Exception {
    Slowdown slowdown = new Slowdown();
    endsSoon(Stress.on(Object::new).actor("a", s -> slowdown.pass()).actor("b", s -> {}), kind);
  }

  /** None of them may stop before a round that another waits in. */
  @ParameterizedTest
  @EnumSource
  void slowRoundsOfActorsThatNeedEachOtherEndInTime(ThreadKind kind) throws Exception {
    Slowdown slowdown = new Slowdown();
    endsSoon(
        Stress.on(() -> new CyclicBarrier(3))
            .actor("a", CyclicBarrier::await)
            .actor(
                "b",
                barrier -> {
                  slowdown.pass();
                  barrier.await();
                })
            .actor("c", CyclicBarrier::await),
        kind);
  }

  @ParameterizedTest
  @EnumSource
  void slowSubjectsEndInTime(ThreadKind kind) throws Exception {
    Slowdown slowdown = new Slowdown();
    endsSoon(
        Stress.on(
                () -> {
                  slowdown.pass();
                  return new AtomicInteger();
                })
            .actor("a", AtomicInteger::incrementAndGet)
            .actor("b", AtomicInteger::incrementAndGet)
            .arbiter(AtomicInteger::get)
            .expect(2, "each acted once on each"),
        kind);
  }

  @ParameterizedTest
  @EnumSource
  void slowArbitersEndInTime(ThreadKind kind) throws Exception {
    Slowdown slowdown = new Slowdown();
    endsSoon(
        Stress.on(AtomicInteger::new)
            .actor("a", AtomicInteger::incrementAndGet)
            .actor("b", AtomicInteger::incrementAndGet)
            .arbiter(counter -> {
              slowdown.pass();
              return counter.get();
            })
            .expect(2, "each acted once on each"),
        kind);
  }

  private static void endsSoon(Stress<?> stress, ThreadKind kind) throws InterruptedException {
    StressReport report = stress.threads(kind).run(TIME);
    report.assertHolds();
    assertThat(report.elapsed()).isBetween(TIME, SOON);
    assertThat(report.perturbedRounds()).isPositive();
  }

  @Test
  void failFastDoesNotWaitForSlowRounds() throws Exception {
    Slowdown slowdown = new Slowdown();
    StressReport report =
        Stress.on(Object::new)
            .actorReturning(
                "a",
                s -> {
                  slowdown.pass();
                  return slowdown.hasBegun() ? "slow" : "fast";
                })
            .actor("b", s -> {})
            .expect("fast", "")
            .forbid("slow", "")
            .failFast()
            .run(Duration.ofSeconds(50));
    assertThat(report.holds()).isFalse();
    assertThat(report.elapsed()).isLessThan(SOON);
  }

  private static Object hang() throws InterruptedException {
    new CountDownLatch(1).await();
    return "";
  }

  /** Hangs once some rounds have gone well, and answers the interrupt. */
  private static Object hangAt(AtomicInteger countdown) throws InterruptedException {
    return countdown.getAndDecrement() > 0 ? "" : hang();
  }

  @ParameterizedTest
  @EnumSource
  void supplierThatHangs(ThreadKind kind) throws Exception {
    AtomicInteger countdown = new AtomicInteger(30);
    hangs(
        Stress.on(
                () -> {
                  try {
                    return hangAt(countdown);
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                })
            .actor("a", s -> {}),
        kind,
        "makes or sets up a subject");
  }

  @ParameterizedTest
  @EnumSource
  void setupThatHangs(ThreadKind kind) throws Exception {
    AtomicInteger countdown = new AtomicInteger(30);
    hangs(
        Stress.on(Object::new).setup(s -> hangAt(countdown)).actor("a", s -> {}),
        kind,
        "makes or sets up a subject");
  }

  @ParameterizedTest
  @EnumSource
  void arbiterThatHangs(ThreadKind kind) throws Exception {
    AtomicInteger countdown = new AtomicInteger(30);
    StressReport report =
        hangs(
            Stress.on(Object::new).actor("a", s -> {}).arbiter(s -> hangAt(countdown)),
            kind,
            "runs the arbiter or an invariant");
    Stress.Thrown own = new Stress.Thrown("arbiter", InterruptedException.class);
    assertThat(report.count(own)).as("it was the run that interrupted").isZero();
    assertThat(report.count("")).as("what went well before").isEqualTo(30);
  }

  private static StressReport hangs(Stress<?> stress, ThreadKind kind, String doing)
      throws InterruptedException {
    StressReport report =
        stress
            .unlisted(StressReport.Kind.EXPECTED)
            .threads(kind)
            .hangAfter(HANG)
            .abandonAfter(TIME_TO_END)
            .rounds(500)
            .run();
    StressReport.Hang hang = requireNonNull(report.hang(), "hang");
    assertThat(report.holds()).isFalse();
    assertThat(hang.stuck()).containsExactly("a");
    assertThat(hang.abandoned()).isEmpty();
    assertThat(hang.actors()).singleElement().asString().contains(doing);
    return report;
  }

  /** It answers the interrupt, but later than the grace that is usual with so short a limit. */
  @ParameterizedTest
  @EnumSource
  void whoIsGivenMoreTimeIsWaitedFor(ThreadKind kind) throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    StressReport report =
        Stress.on(Object::new)
            .actor(
                "late",
                s -> {
                  try {
                    never.await();
                  } catch (InterruptedException e) {
                    Slowdown.dawdle(HANG.toNanos() + SLOW_NANOS);
                  }
                })
            .threads(kind)
            .hangAfter(HANG)
            .abandonAfter(Duration.ofDays(1))
            .run(Duration.ofSeconds(20));
    assertThat(requireNonNull(report.hang(), "hang").abandoned()).isEmpty();
  }

  /** The interleaving of the perturbed round before says nothing of this one. */
  @Test
  void hangBeforeTheRoundHasNoInterleaving() throws Exception {
    AtomicInteger countdown = new AtomicInteger(3);
    StressReport report =
        Stress.on(Object::new)
            .setup(s -> hangAt(countdown))
            .actor("a", s -> {})
            .replay(7)
            .hangAfter(HANG)
            .run(Duration.ofSeconds(20));
    assertThat(requireNonNull(report.hang(), "hang").interleaving()).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void interruptedRunNamesWhomItLeavesBehind(ThreadKind kind) throws Exception {
    CountDownLatch acting = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Stress<Object> stress =
        Stress.on(Object::new)
            .actor(
                "deaf",
                s -> {
                  acting.countDown();
                  while (end.getCount() > 0) {
                    LockSupport.park();
                    Thread.interrupted();
                  }
                })
            .actor("quick", s -> {})
            .threads(kind)
            .hangAfter(Duration.ofSeconds(20));
    Thread runner =
        Thread.ofPlatform()
            .start(() -> {
              try {
                stress.run(Duration.ofSeconds(20));
              } catch (Throwable e) {
                thrown.set(e);
              }
            });
    acting.await();
    runner.interrupt();
    runner.join();
    end.countDown();
    assertThat(thrown.get())
        .isInstanceOf(InterruptedException.class)
        .hasMessageContaining("left behind: deaf");
  }

  @ParameterizedTest
  @EnumSource
  void failedRunEndsAndNamesWhomItLeavesBehind(ThreadKind kind) {
    CountDownLatch end = new CountDownLatch(1);
    AtomicInteger made = new AtomicInteger();
    assertThatThrownBy(() ->
            Stress.on(
                    () -> {
                      if (made.getAndIncrement() == 0) {
                        while (end.getCount() > 0) {
                          LockSupport.park();
                          Thread.interrupted();
                        }
                      }
                      throw new IllegalStateException("none left");
                    })
                .actor("a", s -> {})
                .actor("b", s -> {})
                .threads(kind)
                .hangAfter(Duration.ofSeconds(20))
                .run(Duration.ofSeconds(20)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("none left")
        .hasMessageContaining("left behind: ");
    end.countDown();
  }

  private record Threads(AtomicReference<Thread> first, CountDownLatch left) {
    Threads() {
      this(new AtomicReference<>(), new CountDownLatch(1));
    }
  }

  /** Too late for the actor, and before the arbiter, which often runs in the same thread. */
  @ParameterizedTest
  @EnumSource
  void lateInterruptReachesNeitherArbiterNorSetup(ThreadKind kind) throws Exception {
    Stress.on(
            () -> {
              assertThat(Thread.currentThread().isInterrupted()).as("when made").isFalse();
              return new Threads();
            })
        .setup(s -> assertThat(Thread.currentThread().isInterrupted()).as("setup").isFalse())
        .actor("left", s -> s.first.set(Thread.currentThread()))
        .actor(
            "late",
            s -> {
              Thread first = s.first.get();
              if (first != null) {
                first.interrupt();
              }
            })
        .invariant("clear", s -> !Thread.currentThread().isInterrupted())
        .arbiter(s -> Thread.currentThread().isInterrupted())
        .expect(false, "clear")
        .replay(0) // alone, since in bare rounds the actor may be in its next round by then
        .perturb()
        .threads(kind)
        .rounds(3_000)
        .run()
        .assertHolds();
  }

  /** Each of them leaves an interrupt behind. */
  @ParameterizedTest
  @EnumSource
  void interruptStatusReachesNothingElse(ThreadKind kind) throws Exception {
    Stress.on(
            () -> {
              assertThat(Thread.interrupted()).as("when made").isFalse();
              Thread.currentThread().interrupt();
              return new Object();
            })
        .setup(s -> Thread.currentThread().interrupt())
        .actorReturning("a", s -> interruptSelf())
        .actorReturning("b", s -> interruptSelf())
        .invariant("i", s -> !interruptSelf())
        .invariant("j", s -> !interruptSelf())
        .arbiter(s -> interruptSelf())
        .expect(Stress.outcome(false, false, false), "clear")
        .threads(kind)
        .rounds(2_000)
        .run()
        .assertHolds();
  }

  private static boolean interruptSelf() {
    boolean before = Thread.currentThread().isInterrupted();
    Thread.currentThread().interrupt();
    return before;
  }
}
