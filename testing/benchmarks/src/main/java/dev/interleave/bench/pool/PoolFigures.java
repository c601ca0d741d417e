// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.pool;

import dev.interleave.bench.Ratio;
import dev.interleave.bench.Results;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the figures of the pool suite among all results: by round, empty if not measured. */
record PoolFigures(Results results) {

  /** Million tasks per second. */
  List<Double> flow(PoolKind kind, Load load) {
    return results.figures(PoolSuite.flow(kind, load), "tasksPerMicro");
  }

  @Nullable Ratio flowRatio(PoolKind kind, PoolKind base, Load load) {
    return Ratio.of(flow(kind, load), flow(base, load));
  }

  /** How long a submission takes, in microseconds: {@code p50}, {@code p99} or {@code p999}. */
  List<Double> submit(PoolKind kind, String pace, String quantile) {
    return results.figures(PoolSuite.latency(kind, pace), quantile + "Micros");
  }

  @Nullable Ratio submitRatio(PoolKind kind, PoolKind base, String pace, String quantile) {
    return Ratio.of(submit(kind, pace, quantile), submit(base, pace, quantile));
  }

  /** The middle of some figures; NaN of none. */
  static double median(List<Double> figures) {
    return figures.isEmpty() ? Double.NaN : new Ratio(figures).median();
  }
}
