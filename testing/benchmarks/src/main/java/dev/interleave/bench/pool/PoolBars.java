// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.pool;

import dev.interleave.bench.Ratio;
import dev.interleave.bench.Verdict;
import java.util.ArrayList;
import java.util.List;

/** What the pool is meant to reach, and whether it does. */
final class PoolBars {
  private static final double BARE = 1.5;
  private static final double METERED = 3;
  private static final double SAMPLED = 2;
  private static final double SHORT_TASKS = 1;

  private PoolBars() {}

  static List<Verdict> judge(PoolFigures figures) {
    List<Verdict> verdicts = new ArrayList<>();
    for (Load load : PoolSuite.LOADS) {
      if (load.workNanos() == 0) {
        verdicts.add(flow(figures, load, PoolKind.POOL, PoolKind.EXECUTOR, BARE));
        verdicts.add(flow(figures, load, PoolKind.POOL, PoolKind.METERED, METERED));
        verdicts.add(flow(figures, load, PoolKind.SAMPLED, PoolKind.EXECUTOR, SAMPLED));
      } else {
        verdicts.add(flow(figures, load, PoolKind.POOL, PoolKind.EXECUTOR, SHORT_TASKS));
      }
    }
    for (String pace : PoolSuite.PACES) {
      verdicts.add(submit(figures, pace));
    }
    return verdicts;
  }

  private static Verdict flow(
      PoolFigures figures, Load load, PoolKind ours, PoolKind peer, double atLeast) {
    return Verdict.atLeast(
        load.tasks() + " per second" + (ours == PoolKind.SAMPLED ? ", one in 16 timed" : ""),
        load.threads(),
        peer.label(),
        atLeast,
        figures.flowRatio(ours, peer, load));
  }

  private static Verdict submit(PoolFigures figures, String pace) {
    Ratio ratio = figures.submitRatio(PoolKind.POOL, PoolKind.EXECUTOR, pace, "p99");
    return new Verdict(
        "99 of 100 submissions take, " + PoolReport.words(pace),
        PoolSuite.LATENCY_WORKERS + "+1",
        "≤ 1 × " + PoolKind.EXECUTOR.label(),
        ratio == null ? "–" : ratio.toString(),
        ratio == null ? null : ratio.median() <= 1);
  }
}
