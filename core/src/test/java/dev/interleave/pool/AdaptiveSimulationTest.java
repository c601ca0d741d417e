// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.pool.AdaptiveSizing.Change;
import dev.interleave.pool.SimulatedPool.Arrivals;
import dev.interleave.pool.SimulatedPool.Work;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole of {@link AdaptiveSizing} on simulated machines, with seeds. */
class AdaptiveSimulationTest {
  private static final int MAX = 64;
  private static final int SEEDS = 4;
  private static final int CONVERGED = 30;
  private static final double PERIOD = 0.3;
  private static final double CONTENTION = 0.005;
  private static final InstantSource WALL = InstantSource.fixed(Instant.EPOCH);

  enum Workload {
    CPU(new Work(0.005, 0, Integer.MAX_VALUE, 0.2)),
    IO(new Work(0.0005, 0.0195, Integer.MAX_VALUE, 0.2)),
    MIXED(new Work(0.004, 0.016, Integer.MAX_VALUE, 0.2)),
    CONNECTIONS(new Work(0.0005, 0.0195, 12, 0.2));

    @SuppressWarnings("ImmutableEnumChecker") // a record of numbers
    private final Work work;

    Workload(Work work) {
      this.work = work;
    }
  }

  /** The most that any fixed size gets done, of some that are less than a tenth apart. */
  private static double best(Work work) {
    return IntStream.of(1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 20, 24, 32, 40, 48, 56, 64)
        .mapToDouble(size -> fixed(work, size))
        .max()
        .orElseThrow();
  }

  private static double fixed(Work work, int size) {
    SimulatedPool pool = pool(size, work, SimulatedPool.BACKLOG, 7);
    pool.run(0.5);
    long before = pool.completed();
    pool.run(4);
    return (pool.completed() - before) / 4.0;
  }

  private static AdaptiveSizing steer(SimulatedPool pool) {
    return AdaptiveSizing.of(pool).between(1, MAX).time(pool::nanoTime, WALL).build();
  }

  /** Runs for so many decisions; returns the size that each was made at. */
  private static List<Integer> decide(SimulatedPool pool, AdaptiveSizing sizing, int decisions) {
    List<Integer> sizes = new ArrayList<>();
    long last = sizing.decisions() + decisions;
    for (int i = 0; sizing.decisions() < last; i++) {
      assertThat(i).as("steps for %s decisions", decisions).isLessThan(40 * decisions);
      pool.run(PERIOD);
      long before = sizing.decisions();
      int size = pool.load().size();
      assertThat(size).isBetween(1, MAX);
      var unused = sizing.step();
      if (sizing.decisions() > before) {
        sizes.add(size);
      }
      assertThat(sizing.reason()).isNotBlank();
    }
    return sizes;
  }

  private static double throughput(SimulatedPool pool, AdaptiveSizing sizing, int decisions) {
    double start = pool.now();
    long before = pool.completed();
    decide(pool, sizing, decisions);
    return (pool.completed() - before) / (pool.now() - start);
  }

  private static void assertReasons(AdaptiveSizing sizing) {
    for (Change change : sizing.history()) {
      assertThat(change.reason()).isNotBlank();
      assertThat(change.to()).isNotEqualTo(change.from()).isBetween(1, MAX);
    }
  }

  @ParameterizedTest
  @EnumSource
  void withinATenthOfTheBestFixedSizeAfterThirtyDecisions(Workload workload) {
    double best = best(workload.work);
    for (int seed = 0; seed < SEEDS; seed++) {
      for (int start : new int[] {1, 8, MAX}) {
        SimulatedPool pool = pool(start, workload.work, SimulatedPool.BACKLOG, seed);
        AdaptiveSizing sizing = steer(pool);
        decide(pool, sizing, CONVERGED);
        assertThat(throughput(pool, sizing, 20))
            .as("%s from %s, seed %s: %s", workload, start, seed, sizing.history())
            .isGreaterThan(0.9 * best);
        assertReasons(sizing);
      }
    }
  }

  /** It may come down step by step, but what it has left it does not go back to and fro. */
  @ParameterizedTest
  @EnumSource
  void thenItGoesByOneStepAndSwingsByOneStep(Workload workload) {
    for (int seed = 0; seed < SEEDS; seed++) {
      SimulatedPool pool = pool(4, workload.work, SimulatedPool.BACKLOG, seed);
      AdaptiveSizing sizing = steer(pool);
      decide(pool, sizing, CONVERGED);
      List<Integer> sizes = decide(pool, sizing, 300);
      String what = workload + ", seed " + seed + ": " + sizes;
      for (int i = 1; i < sizes.size(); i++) {
        int step = SizeSearch.unit(Math.max(sizes.get(i - 1), sizes.get(i)));
        assertThat(Math.abs(sizes.get(i) - sizes.get(i - 1))).as(what).isLessThanOrEqualTo(step);
      }
      List<Integer> held = held(sizes);
      int least = held.getFirst();
      for (int size : held) {
        assertThat(size).as(what).isLessThanOrEqualTo(least + SizeSearch.unit(least));
        least = Math.min(least, size);
      }
      assertThat(sizes.stream().filter(size -> !held.contains(size)).count())
          .as("decisions spent on trials, %s", what)
          .isLessThan(30);
    }
  }

  /** Those that were kept for longer than a trial takes. */
  private static List<Integer> held(List<Integer> sizes) {
    List<Integer> held = new ArrayList<>();
    int times = 0;
    for (int i = 0; i < sizes.size(); i++) {
      times = i > 0 && sizes.get(i).equals(sizes.get(i - 1)) ? times + 1 : 1;
      if (times == 4) {
        held.add(sizes.get(i));
      }
    }
    return held;
  }

  @Test
  void aLoadThatBecomesAnotherIsSearchedAnew() {
    double bestCpu = best(Workload.CPU.work);
    double bestIo = best(Workload.IO.work);
    for (int seed = 0; seed < SEEDS; seed++) {
      SimulatedPool pool = pool(4, Workload.CPU.work, SimulatedPool.BACKLOG, seed);
      AdaptiveSizing sizing = steer(pool);
      decide(pool, sizing, 60);
      pool.change(Workload.IO.work, SimulatedPool.BACKLOG);
      decide(pool, sizing, CONVERGED);
      assertThat(throughput(pool, sizing, 20))
          .as("then I/O, seed %s: %s", seed, sizing.history())
          .isGreaterThan(0.9 * bestIo);
      pool.change(Workload.CPU.work, SimulatedPool.BACKLOG);
      decide(pool, sizing, CONVERGED);
      assertThat(throughput(pool, sizing, 20))
          .as("then CPU again, seed %s: %s", seed, sizing.history())
          .isGreaterThan(0.9 * bestCpu);
      assertThat(pool.load().size()).isLessThanOrEqualTo(4);
      assertReasons(sizing);
    }
  }

  /** C: a third of what two processors can do: eight threads are not needed, one is not enough. */
  @Test
  void aLoadThatIsMetKeepsNoIdleThreads() {
    for (int seed = 0; seed < SEEDS; seed++) {
      SimulatedPool pool = pool(MAX, Workload.CPU.work, poisson(130, seed), seed);
      AdaptiveSizing sizing = steer(pool);
      decide(pool, sizing, CONVERGED);
      List<Integer> sizes = decide(pool, sizing, 300);
      assertThat(sizes).as("seed %s: %s", seed, sizing.history()).allMatch(n -> n <= 8);
      assertThat(sizing.history()).hasSizeLessThan(40);
      assertThat(pool.load().queued()).isLessThan(20);
      assertReasons(sizing);
    }
  }

  /** Overload and quiet in turn: the quiet does not make it forget, so it does not run to max. */
  @Test
  void intermittentOverloadDoesNotRunToTheMaximum() {
    SimulatedPool pool = pool(2, Workload.CPU.work, SimulatedPool.BACKLOG, 1);
    AdaptiveSizing sizing = steer(pool);
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      boolean quiet = i % 2 == 1;
      pool.change(Workload.CPU.work, quiet ? poisson(100, i) : SimulatedPool.BACKLOG);
      sizes.addAll(decide(pool, sizing, 1));
    }
    assertThat(sizes.subList(60, 100)).as("%s", sizing.history()).allMatch(n -> n <= 4);
  }

  /** Fifty at once, which mostly wait, ten times a second: threads are what they wait for. */
  @Test
  void burstsOfTasksThatWaitGetThreads() {
    SimulatedPool pool = pool(2, Workload.IO.work, bursts(40, 2), 3);
    AdaptiveSizing sizing = steer(pool);
    decide(pool, sizing, 200);
    assertThat(pool.load().size()).as("%s", sizing.history()).isGreaterThan(8);
    assertReasons(sizing);
  }

  /** The same, which compute: more threads make none of them faster. */
  @Test
  void burstsOfTasksThatComputeGetFew() {
    SimulatedPool pool = pool(2, Workload.CPU.work, bursts(40, 2), 3);
    AdaptiveSizing sizing = steer(pool);
    decide(pool, sizing, 200);
    assertThat(pool.load().size()).as("%s", sizing.history()).isLessThanOrEqualTo(4);
    assertReasons(sizing);
  }

  private static SimulatedPool pool(int size, Work work, Arrivals come, long seed) {
    return new SimulatedPool(2, CONTENTION, size, work, come, seed);
  }

  private static Arrivals poisson(double perSecond, long seed) {
    Random random = new Random(seed);
    return now -> now - Math.log(1 - random.nextDouble()) / perSecond;
  }

  /** So many at the same time, so often in a second. */
  private static Arrivals bursts(int tasks, int perSecond) {
    int[] come = {0};
    return now -> {
      come[0]++;
      return Math.max(now, Math.ceil(come[0] / (double) tasks) / perSecond);
    };
  }
}
