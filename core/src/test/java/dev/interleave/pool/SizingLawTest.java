// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.pool.SizingLaw.Decision;
import dev.interleave.pool.SizingLaw.Sample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The law on workloads whose throughput is a known function of the size, with noise. */
class SizingLawTest {
  private static final int MAX = 256;

  /** Tasks per second with so many threads. */
  enum Workload {
    CPU_2(n -> Math.min(n, 2) * 100.0 / (1 + 0.002 * Math.max(0, n - 2))),
    CPU_8(n -> Math.min(n, 8) * 100.0 / (1 + 0.01 * Math.max(0, n - 8))),
    /** Waits 19 times as long as it computes, on two processors. */
    IO(n -> Math.min(n / 20.0, 2) * 100),
    /** There are 20 connections. */
    CONNECTIONS(n -> Math.min(n, 20) * 10.0),
    UNLIMITED(n -> n * 10.0),
    MIXED(n -> 100.0 * n / (n + 10.0) * (n > 60 ? 60.0 / n : 1)),
    /** Gunther's law, with a lock and with cache lines that threads share. */
    CONTENDED(n -> n * 10.0 / (1 + 0.02 * (n - 1) + 0.0008 * n * (n - 1))),
    /** One lock around everything. */
    SERIAL(n -> 100);

    @SuppressWarnings("ImmutableEnumChecker") // the functions are pure
    private final IntToDoubleFunction curve;

    Workload(IntToDoubleFunction curve) {
      this.curve = curve;
    }

    double rate(int size) {
      return curve.applyAsDouble(size);
    }

    double best() {
      return IntStream.rangeClosed(1, MAX).mapToDouble(curve).max().orElseThrow();
    }
  }

  /** All threads are busy, and as many tasks wait. */
  private static Sample busy(double rate, int size) {
    return new Sample(rate, size, size);
  }

  /** The sizes at which a law ran, one for each decision. */
  private static List<Integer> run(
      SizingLaw law, Workload workload, int decisions, double noise, long seed) {
    Random random = new Random(seed);
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < decisions; i++) {
      int size = law.size();
      sizes.add(size);
      double rate = workload.rate(size) * (1 + noise * random.nextGaussian());
      assertThat(law.decide(busy(rate, size)).reason()).isNotBlank();
      assertThat(law.size()).isBetween(1, MAX);
    }
    return sizes;
  }

  /** The mean throughput of the ten decisions after the first thirty, relative to the best. */
  private static double after30(Workload workload, double noise, long seed) {
    List<Integer> sizes = run(new SizingLaw(1, MAX, 1), workload, 40, noise, seed);
    return sizes.subList(30, 40).stream().mapToDouble(workload::rate).average().orElseThrow()
        / workload.best();
  }

  @ParameterizedTest
  @EnumSource
  void withinATenthOfTheBestAfterThirtyDecisions(Workload workload) {
    assertThat(after30(workload, 0, 0)).isGreaterThan(0.9);
    double[] noisy = IntStream.range(0, 200).mapToDouble(s -> after30(workload, 0.02, s)).toArray();
    assertThat(Arrays.stream(noisy).min().orElseThrow()).isGreaterThan(0.85);
    assertThat(IntStream.range(0, 200).filter(s -> noisy[s] > 0.9).count()).isGreaterThan(190);
  }

  @ParameterizedTest
  @EnumSource
  void thenItLeavesItsSizeByOneStepOnly(Workload workload) {
    List<Integer> sizes = run(new SizingLaw(1, MAX, 1), workload, 300, 0, 0);
    int held = sizes.getLast();
    int step = SizeSearch.unit(held);
    assertThat(sizes.subList(100, 300)).allMatch(size -> Math.abs(size - held) <= step);
    assertThat(sizes.subList(100, 300).stream().filter(size -> size != held).count())
        .isLessThan(20);
  }

  /** One of two threads fewer is half of all, and the search has seen that. */
  @Test
  void aStepThatIsKnownToCostMuchIsNotTriedForLong() {
    SizingLaw law = new SizingLaw(1, MAX, 1);
    List<Integer> sizes = run(law, Workload.CPU_2, 120, 0, 0);
    assertThat(sizes.subList(20, 120)).doesNotContain(1).contains(2, 3);
    List<Integer> later = run(law, Workload.CPU_2, 1000, 0, 0);
    assertThat(later.stream().filter(size -> size == 1).count()).as("%s", later).isBetween(1L, 5L);
  }

  /** What was seen once may have been a mistake, and that is found out. */
  @Test
  void whatIsKnownIsLookedAtAgain() {
    SizingLaw law = new SizingLaw(1, MAX, 1);
    List<String> reasons = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      sizes.add(law.size());
      reasons.add(law.decide(busy(i == 0 ? 50 : 100, law.size())).reason());
    }
    assertThat(reasons).contains("1 did 50.0/s before, which is less, holding at 100/s");
    assertThat(sizes.subList(20, 100)).as("%s", sizes).doesNotContain(1);
    assertThat(sizes.subList(900, 1000)).as("%s", sizes).isSubsetOf(1, 2);
    assertThat(Collections.frequency(sizes.subList(900, 1000), 1)).isGreaterThan(90);
  }

  /** More threads than are needed for as much are not kept. */
  @Test
  void theSmallestOfThePlateau() {
    List<Integer> sizes = run(new SizingLaw(1, MAX, MAX), Workload.CONNECTIONS, 100, 0, 0);
    assertThat(sizes.getLast()).isBetween(20, 22);
    assertThat(run(new SizingLaw(1, MAX, 64), Workload.SERIAL, 100, 0, 0).getLast()).isOne();
  }

  @Test
  void anotherLoadIsSearchedAnew() {
    SizingLaw law = new SizingLaw(1, MAX, 1);
    assertThat(run(law, Workload.CPU_8, 60, 0.01, 1).getLast()).isBetween(7, 9);
    assertThat(run(law, Workload.IO, 60, 0.01, 2).getLast()).isBetween(35, 50);
    assertThat(run(law, Workload.SERIAL, 60, 0.01, 3).getLast()).isBetween(1, 2);
  }

  @Test
  void aGlitchIsNotAnotherLoad() {
    SizingLaw law = new SizingLaw(1, MAX, 1);
    run(law, Workload.CPU_8, 60, 0, 0);
    while (!law.decide(busy(800, 8)).reason().startsWith("holding")) {
      // until it holds still
    }
    Decision once = law.decide(busy(300, 8));
    assertThat(once.reason()).startsWith("looking once more");
    assertThat(law.decide(busy(800, 8)).reason()).startsWith("holding");
  }

  /** C: threads that nobody needs go, at most half at a time, and not at the first sign. */
  @Test
  void idleThreadsGo() {
    SizingLaw law = new SizingLaw(2, 64, 64);
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      sizes.add(law.decide(new Sample(10, 1, 0)).size());
    }
    assertThat(sizes.subList(0, 9)).containsExactly(64, 64, 32, 32, 32, 16, 16, 16, 8);
    assertThat(sizes.getLast()).isEqualTo(2);
  }

  @Test
  void busyThreadsStayThoughNobodyWaits() {
    SizingLaw law = new SizingLaw(1, 64, 10);
    for (int i = 0; i < 30; i++) {
      assertThat(law.decide(new Sample(10, 6, 0))).isEqualTo(new Decision(10, "nobody waits"));
    }
    for (int i = 0; i < 3; i++) {
      law.decide(new Sample(10, 2, 0));
    }
    assertThat(law.size()).isEqualTo(5);
  }

  @Test
  void nothingCompletedIsNoRate() {
    SizingLaw law = new SizingLaw(1, 64, 4);
    assertThat(law.decide(busy(0, 4))).isEqualTo(new Decision(4, "nothing was completed"));
    assertThat(law.decide(busy(Double.NaN, 4)).size()).isEqualTo(4);
    assertThat(law.decide(busy(10, 4)).size()).isEqualTo(8);
  }

  /** G56: it grew when the machine was idle. */
  @Test
  void anIdlePoolIsLeftAlone() {
    SizingLaw law = new SizingLaw(1, 64, 16);
    for (int i = 0; i < 100; i++) {
      assertThat(law.decide(new Sample(0, 0, 0))).isEqualTo(new Decision(16, "nothing to do"));
    }
  }

  @Test
  void whatCannotBeIsNotBelieved() {
    SizingLaw law = new SizingLaw(1, 64, 4);
    for (double wrong : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -1}) {
      assertThat(law.decide(new Sample(wrong, 4, 4)).reason()).contains("makes no sense");
      assertThat(law.decide(new Sample(10, wrong, 4)).size()).isEqualTo(4);
      assertThat(law.decide(new Sample(10, 4, wrong)).size()).isEqualTo(4);
    }
  }

  /** B: those that were too many come back once, and then stay for twice as long. */
  @Test
  void whoRegretsAShrinkShrinksLater() {
    SizingLaw law = new SizingLaw(1, 64, 8);
    assertThat(samplesUntilItShrinks(law)).isEqualTo(3);
    law.decide(busy(100, law.size()));
    assertThat(law.size()).isEqualTo(8);
    assertThat(samplesUntilItShrinks(law)).isEqualTo(6);
    law.decide(busy(100, law.size()));
    assertThat(samplesUntilItShrinks(law)).isEqualTo(12);
  }

  private static int samplesUntilItShrinks(SizingLaw law) {
    int before = law.size();
    for (int i = 1; i < 1000; i++) {
      if (law.decide(new Sample(10, 0.5, 0)).size() < before) {
        return i;
      }
    }
    throw new AssertionError("it does not shrink");
  }

  /** What a size does is not told by a sample in which nobody waits. */
  @Test
  void aTrialEndsWhenNobodyWaits() {
    SizingLaw law = new SizingLaw(1, MAX, 1);
    while (!law.decide(busy(Workload.CPU_8.rate(law.size()), law.size()))
        .reason()
        .startsWith("trying")) {
      // until it tries a step
    }
    assertThat(law.size()).isEqualTo(9);
    assertThat(law.decide(new Sample(300, 7, 0)))
        .isEqualTo(new Decision(8, "nobody waits, back to 8"));
  }

  /** A backlog that grows says that a little more is needed, though throughput does not change. */
  @Test
  void whoseTasksWaitLongerTriesSooner() {
    SizingLaw law = new SizingLaw(1, MAX, 1);
    while (!law.decide(busy(Workload.CPU_8.rate(law.size()), law.size()))
        .reason()
        .contains("as the best")) {
      // until it holds
    }
    assertThat(law.decide(new Sample(800, 8, 10)).reason()).startsWith("holding");
    assertThat(law.decide(new Sample(800, 8, 19)).reason()).startsWith("holding");
    assertThat(law.decide(new Sample(800, 8, 21)))
        .isEqualTo(new Decision(9, "tasks wait longer, trying one step more"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1000})
  void aSearchEndsWhateverItMeasures(int start) {
    for (int seed = 0; seed < 1000; seed++) {
      Random random = new Random(seed);
      SizeSearch search = new SizeSearch(1, 1000);
      int measured = 0;
      OptionalInt next = OptionalInt.of(start);
      while (next.isPresent()) {
        assertThat(next.getAsInt()).isBetween(1, 1000);
        search.measured(next.getAsInt(), random.nextDouble());
        assertThat(++measured).as("seed %s", seed).isLessThanOrEqualTo(30);
        next = search.next();
      }
    }
  }

  @Test
  void nothingOverflows() {
    SizingLaw law = new SizingLaw(1, Integer.MAX_VALUE, 1);
    for (int i = 0; i < 100; i++) {
      assertThat(law.decide(busy(law.size() * 1e-3, law.size())).size()).isPositive();
    }
    assertThat(law.size()).isGreaterThan(Integer.MAX_VALUE / 10 * 8);
    for (int i = 0; i < 100; i++) {
      assertThat(law.decide(new Sample(1e308, 1e9, 1e308)).size()).isPositive();
    }
  }

  @Test
  void boundsAreHard() {
    assertThat(new SizingLaw(3, 5, 100).size()).isEqualTo(5);
    SizingLaw fixed = new SizingLaw(4, 4, 1);
    for (int i = 0; i < 50; i++) {
      assertThat(fixed.decide(new Sample(i % 7 + 1, 4, i % 2)).size()).isEqualTo(4);
    }
  }

  @Test
  void reasonsNameFigures() {
    SizingLaw law = new SizingLaw(1, 8, 1);
    assertThat(law.decide(busy(5, 1))).isEqualTo(new Decision(2, "1 did 5.00/s, trying 2"));
    law.decide(busy(10, 2));
    assertThat(law.decide(busy(10.1, 4)).reason()).isEqualTo("4 did 10.1/s, trying 8");
  }
}
