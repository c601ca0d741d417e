// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.interleave.pool.AdaptiveSizing.Change;
import dev.interleave.testing.NoThreadLeaks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is around the law: samples, bounds, history, the end. */
@Timeout(60)
@NoThreadLeaks(ignoring = PoolKind.CLOCKS)
class AdaptiveSizingTest {
  private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");

  private final ScriptedTarget target = new ScriptedTarget(4);
  private final List<Change> told = new ArrayList<>();

  private AdaptiveSizing.Builder of(ScriptedTarget scripted) {
    return AdaptiveSizing.of(scripted)
        .between(2, 16)
        .listener(told::add)
        .time(scripted::nanoTime, InstantSource.fixed(THEN));
  }

  /** The first look is made. */
  private AdaptiveSizing begun() {
    AdaptiveSizing sizing = of(target).build();
    assertThat(sizing.step()).isEmpty();
    return sizing;
  }

  @Test
  void eachChangeHasItsFiguresAndItsReason() {
    AdaptiveSizing sizing = begun();
    assertThat(sizing.reason()).isEqualTo("nothing was measured yet");
    target.full(100);
    Change change = sizing.step().orElseThrow();
    assertThat(change)
        .isEqualTo(new Change(THEN, 1, 4, 8, "4 did 100/s, trying 8", 100, 4, 4))
        .hasToString("4 -> 8 threads: 4 did 100/s, trying 8");
    assertThat(told).containsExactly(change);
    assertThat(sizing.history()).containsExactly(change);
    assertThat(target.resizes).containsExactly(8);
    assertThat(sizing.decisions()).isOne();
    assertThat(sizing)
        .hasToString(
            "AdaptiveSizing[scripted, 8 threads, 2 to 16, 1 decisions: 4 did 100/s, trying 8]");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 17, 100_000})
  void aPoolOutsideTheBoundsIsBroughtInAtOnce(int size) {
    ScriptedTarget outside = new ScriptedTarget(size);
    AdaptiveSizing sizing = of(outside).build();
    Change change = sizing.step().orElseThrow();
    assertThat(change.to()).isEqualTo(size < 2 ? 2 : 16);
    assertThat(change.reason()).isEqualTo(size + " threads are not within the bounds, 2 and 16");
    assertThat(change.perSecond()).isNaN();
    assertThat(change.decision()).isZero();
    assertThat(outside.size).isEqualTo(change.to());
  }

  /** A third of a task more or less would be taken for a tenth of the throughput. */
  @Test
  void tooFewTasksProlongTheSample() {
    AdaptiveSizing sizing = begun();
    for (int i = 1; i <= 3; i++) {
      assertThat(target.full(5).size).isEqualTo(4);
      assertThat(sizing.step()).isEmpty();
      assertThat(sizing.reason())
          .isEqualTo(5 * i + " tasks completed, too few to tell anything from");
    }
    target.full(5);
    assertThat(sizing.step().orElseThrow().perSecond()).isEqualTo(5);
    target.full(31); // eight threads want more
    assertThat(sizing.step()).isEmpty();
    assertThat(sizing.decisions()).isOne();
  }

  /** What happened long ago does not belong to what happens now. */
  @Test
  void aSampleIsNotProlongedForEver() {
    AdaptiveSizing sizing = begun();
    for (int i = 0; i < 16; i++) {
      target.full(0);
      assertThat(sizing.step()).isEmpty();
    }
    target.full(100);
    assertThat(sizing.step().orElseThrow().perSecond()).isEqualTo(100);
  }

  /** Few tasks are enough to see that there are too many threads. */
  @Test
  void whereNobodyWaitsFewTasksAreEnough() {
    AdaptiveSizing sizing = begun();
    for (int i = 0; i < 2; i++) {
      target.period(1, 0.5, 0);
      assertThat(sizing.step()).isEmpty();
    }
    target.period(1, 0.5, 0);
    assertThat(sizing.step().orElseThrow().reason()).isEqualTo("only 0.5 of 4 threads were busy");
    assertThat(target.size).isEqualTo(2);
  }

  /** G56, F-29: an idle machine was a reason to grow, an idle pool one to shrink. */
  @Test
  void anIdlePoolIsLeftAlone() {
    AdaptiveSizing sizing = begun();
    for (int i = 0; i < 100; i++) {
      target.period(0, 0, 0);
      assertThat(sizing.step()).isEmpty();
    }
    assertThat(sizing.reason()).isEqualTo("nothing to do");
    assertThat(target.resizes).isEmpty();
  }

  /** F-29: its five scenarios made it go 2, 3, 2, 3, 2. */
  @Test
  void throughputThatGoesUpAndDownByItselfIsNotFollowed() {
    ScriptedTarget two = new ScriptedTarget(2);
    AdaptiveSizing sizing = of(two).between(1, 8).build();
    assertThat(sizing.step()).isEmpty();
    for (int i = 0; i < 40 || !sizing.reason().endsWith("which is no more"); i++) {
      assertThat(i).as("until it has come back from a step").isLessThan(100);
      two.full(100L * Math.min(two.size, 2)); // two processors
      var unused = sizing.step();
    }
    assertThat(two.size).isEqualTo(2);
    List<Integer> before = List.copyOf(two.resizes);
    for (long tasks : new long[] {160, 300, 60, 240, 80}) {
      two.full(tasks);
      var unused = sizing.step();
    }
    assertThat(two.resizes).isEqualTo(before);
  }

  /** Threads that are too many are still there, and do work, so the sample is not one. */
  @Test
  void nothingIsDecidedUntilThreadsHaveGone() {
    AdaptiveSizing sizing = begun();
    target.surplus = 10;
    target.full(100);
    assertThat(sizing.step()).isPresent(); // they were not there at the beginning
    for (int i = 0; i < 8; i++) {
      target.full(100);
      assertThat(sizing.step()).isEmpty();
      assertThat(sizing.reason()).startsWith("waiting for ").endsWith(" threads to end");
    }
    assertThat(sizing.decisions()).isOne();
    target.full(100); // stuck they are
    var unused = sizing.step();
    assertThat(sizing.decisions()).isEqualTo(2);
  }

  @Test
  void whatSomebodyElseDoesIsAccepted() {
    AdaptiveSizing sizing = begun();
    target.full(100);
    target.size = 11;
    assertThat(sizing.step()).isEmpty();
    assertThat(sizing.reason()).isEqualTo("somebody else made it 11 threads, instead of 4");
    target.full(100);
    assertThat(sizing.step().orElseThrow().from()).isEqualTo(11);
    target.size = 100; // but the bounds are hard
    assertThat(sizing.step().orElseThrow().to()).isEqualTo(16);
  }

  @Test
  void twoStepsAtTheSameTimeAreOne() {
    AdaptiveSizing sizing = begun();
    assertThat(sizing.step()).isEmpty();
    target.full(100);
    assertThat(sizing.step()).isPresent();
    assertThat(sizing.step()).isEmpty();
    assertThat(sizing.decisions()).isOne();
  }

  @Test
  void countersMayOverflow() {
    AdaptiveSizing sizing = of(target.nearOverflow()).build();
    assertThat(sizing.step()).isEmpty();
    target.full(100);
    assertThat(sizing.step().orElseThrow())
        .isEqualTo(new Change(THEN, 1, 4, 8, "4 did 100/s, trying 8", 100, 4, 4));
  }

  /** G56: no history. G43: one that nobody wrote to. */
  @Test
  void theHistoryIsBounded() {
    AdaptiveSizing sizing = of(target).history(3).build();
    for (int i = 0; i < 100; i++) {
      target.full(1000L * target.size);
      var unused = sizing.step();
    }
    assertThat(told).hasSizeGreaterThan(3);
    assertThat(sizing.history())
        .isEqualTo(told.subList(told.size() - 3, told.size()))
        .isUnmodifiable();
  }

  @Test
  void theEndOfThePoolIsTheEnd() {
    AdaptiveSizing sizing = begun();
    target.full(100);
    target.closed = true;
    assertThat(sizing.step()).isEmpty();
    assertThat(sizing.isEnded()).isTrue();
    assertThat(sizing.reason()).isEqualTo("scripted accepts nothing any more");
    sizing.close();
    assertThat(sizing.reason()).isEqualTo("scripted accepts nothing any more");
  }

  /** The pool is closed between the look at it and the change. */
  @Test
  void anEndMeanwhileIsNoFailure() {
    AdaptiveSizing sizing =
        AdaptiveSizing.of(
                new AdaptiveSizing.Target() {
                  @Override
                  public String name() {
                    return target.name();
                  }

                  @Override
                  public AdaptiveSizing.Load load() {
                    return target.load();
                  }

                  @Override
                  public void resize(int size) {
                    target.closed = true;
                    throw new IllegalStateException("closed");
                  }
                })
            .between(1, 16)
            .time(target::nanoTime, InstantSource.system())
            .build();
    assertThat(sizing.step()).isEmpty();
    target.full(100);
    assertThat(sizing.step()).isEmpty();
    assertThat(sizing.isEnded()).isTrue();
    assertThat(sizing.history()).isEmpty();
  }

  @Test
  void whatTheTargetThrowsIsTheCallers() {
    AdaptiveSizing sizing = begun();
    target.full(100);
    target.failing = true;
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(sizing::step)
        .isSameAs(target.failure);
    assertThat(sizing.history()).isEmpty();
    target.failing = false;
    assertThat(sizing.step()).isEmpty(); // it looks anew, at the size that it has
    target.full(100);
    assertThat(sizing.step().orElseThrow().from()).isEqualTo(4);
  }

  @Test
  void closedSteersNoMore() {
    AdaptiveSizing sizing = begun();
    target.full(100);
    sizing.close();
    sizing.close();
    assertThat(sizing.step()).isEmpty();
    assertThat(sizing.isEnded()).isTrue();
    assertThat(sizing.reason()).isEqualTo("closed");
    assertThat(target.resizes).isEmpty();
  }

  @Test
  void whatAListenerThrowsIsNotSwallowedAndStopsNothing() throws Exception {
    RuntimeException thrown = new IllegalStateException("listener");
    AdaptiveSizing sizing =
        of(target)
            .listener(change -> {
              throw thrown;
            })
            .build();
    AtomicReference<Throwable> uncaught = new AtomicReference<>(new Throwable("none"));
    AtomicBoolean changed = new AtomicBoolean();
    Thread thread =
        Thread.ofPlatform()
            .uncaughtExceptionHandler((who, what) -> uncaught.set(what))
            .start(() -> {
              var unused = sizing.step();
              target.full(100);
              changed.set(sizing.step().isPresent());
            });
    thread.join();
    assertThat(uncaught).hasValue(thrown);
    assertThat(changed).isTrue();
  }

  /** It is told with no lock held, so it may ask for what it likes, and close. */
  @Test
  void aListenerMayAskAndClose() throws Exception {
    AtomicReference<AdaptiveSizing> self = new AtomicReference<>();
    CountDownLatch closed = new CountDownLatch(1);
    CountDownLatch built = new CountDownLatch(1);
    AtomicReference<Thread> by = new AtomicReference<>();
    ScriptedTarget outside = new ScriptedTarget(100);
    AdaptiveSizing sizing =
        AdaptiveSizing.of(outside)
            .between(1, 16)
            .every(Duration.ofMillis(1))
            .listener(change -> {
              try {
                built.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              by.set(Thread.currentThread());
              assertThat(self.get().history()).containsExactly(change);
              self.get().close();
              closed.countDown();
            })
            .start();
    self.set(sizing);
    built.countDown();
    closed.await();
    Thread thread = by.get();
    thread.join();
    assertThat(thread.getName()).isEqualTo("scripted-sizing");
    assertThat(thread.isDaemon()).isTrue();
    assertThat(thread.isVirtual()).isFalse();
    assertThat(outside.resizes).containsExactly(16);
    assertThat(sizing.isEnded()).isTrue();
  }

  @Test
  void theThreadEndsWithThePool() throws Exception {
    AtomicReference<Thread> by = new AtomicReference<>();
    CountDownLatch steered = new CountDownLatch(1);
    MonitoredPool pool = MonitoredPool.builder("ends").threads(1, 20).build();
    try (AdaptiveSizing sizing =
        AdaptiveSizing.of(pool)
            .between(1, 4)
            .every(Duration.ofMillis(1))
            .listener(change -> {
              by.set(Thread.currentThread());
              steered.countDown();
            })
            .start()) {
      steered.await();
      assertThat(pool.stats().max()).isEqualTo(4);
      pool.close();
      by.get().join(); // by itself
      assertThat(sizing.isEnded()).isTrue();
      assertThat(sizing.reason()).isEqualTo("ends accepts nothing any more");
    }
  }

  /** G56: who started the monitor twice had two, and each undid what the other did. */
  @Test
  void aPoolIsSteeredByOneOnly() {
    try (MonitoredPool pool = MonitoredPool.builder("one").threads(1, 2).build()) {
      AdaptiveSizing.Builder builder = AdaptiveSizing.of(pool).between(1, 4);
      AdaptiveSizing first = builder.build();
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(builder::build)
          .withMessage("Pool one is steered already");
      first.close();
      AdaptiveSizing second = builder.build();
      first.close(); // again, which does not end the second one's
      assertThatExceptionOfType(IllegalStateException.class).isThrownBy(builder::start);
      second.close();
    }
  }

  @Test
  @SuppressWarnings("NullAway") // that is the test
  void allWrongArgumentsAreNamedAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AdaptiveSizing.of(target).build())
        .withMessage("between is missing");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            AdaptiveSizing.of(target)
                .between(0, -1)
                .every(Duration.ZERO)
                .listener(null)
                .history(0)
                .start())
        .withMessage(
            "min is less than 1: 0; max is less than min: -1 < 0; every is not positive: PT0S;"
                + " listener is null; history is less than 1: 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AdaptiveSizing.of(target).between(1, 1).every(null).build())
        .withMessage("every is null");
    assertThatNullPointerException()
        .isThrownBy(() -> AdaptiveSizing.of((MonitoredPool) null))
        .withMessage("pool");
    assertThatNullPointerException()
        .isThrownBy(() -> AdaptiveSizing.of((AdaptiveSizing.Target) null))
        .withMessage("target");
    try (MonitoredPool pool = MonitoredPool.builder("p").threads(1, 1).build()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> AdaptiveSizing.of(pool).between(1, Integer.MAX_VALUE).build())
          .withMessage("max is more than " + Admission.MAX_THREADS + ": 2147483647");
    }
  }
}
