// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.diagnose;

import dev.interleave.bench.Ratio;
import dev.interleave.bench.Results;
import dev.interleave.bench.Score;
import dev.interleave.bench.ThreadSetting;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the figures of the suite among all results. */
record DiagnoseFigures(Results results) {

  /** Nanoseconds for locks in each other; null if not measured. */
  @Nullable Score nested(MutexKind kind, String depth) {
    return score("NestedBenchmark." + depth, kind, ThreadSetting.platform(1));
  }

  /** Throughput of many threads on one lock; null if not measured. */
  @Nullable Score contended(MutexKind kind, ThreadSetting threads) {
    return score("ContendedBenchmark.increment", kind, threads);
  }

  /** Throughput of locks by key; null if not measured. */
  @Nullable Score keys(String method, ThreadSetting threads) {
    return score("KeysBenchmark." + method, null, threads);
  }

  private @Nullable Score score(String benchmark, @Nullable MutexKind kind, ThreadSetting threads) {
    for (Score score : results.scores()) {
      if (score.benchmark().equals(benchmark)
          && score.threads().equals(threads)
          && (kind == null || kind.name().equals(score.params().get("lock")))) {
        return score;
      }
    }
    return null;
  }

  /** One figure relative to another of the same round; null if one was not measured. */
  static @Nullable Ratio ratio(@Nullable Score score, @Nullable Score base) {
    Ratio ratio = score == null || base == null ? null : Ratio.of(score.rounds(), base.rounds());
    return ratio == null ? null : ratio.toHundredths(); // some bars have two digits themselves
  }

  /** A figure of {@link BlockedScan}; NaN if it was not run. */
  double scan(BlockedScan.Shape shape, String figure) {
    return only(results.figures(DiagnoseSuite.scan(shape), figure));
  }

  /** A figure of {@link FirstAbba}; NaN if it was not run. */
  double abba(MutexKind kind, String threads, String figure) {
    return only(results.figures(DiagnoseSuite.abba(kind, threads), figure));
  }

  private static double only(List<Double> figures) {
    return figures.isEmpty() ? Double.NaN : figures.getFirst();
  }
}
