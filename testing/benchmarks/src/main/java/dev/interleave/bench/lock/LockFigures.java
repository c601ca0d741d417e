// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.lock;

import dev.interleave.bench.Ratio;
import dev.interleave.bench.Results;
import dev.interleave.bench.Score;
import dev.interleave.bench.ThreadSetting;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the figures of the lock suite among all results. */
record LockFigures(Results results) {

  /** Throughput of a mix; null if it was not measured. */
  @Nullable Score mix(LockKind kind, int writePercent, ThreadSetting threads) {
    for (Score score : results.scores()) {
      if (score.benchmark().equals("MixBenchmark.operation")
          && score.threads().equals(threads)
          && kind.name().equals(score.params().get("lock"))
          && Integer.toString(writePercent).equals(score.params().get("writePercent"))) {
        return score;
      }
    }
    return null;
  }

  /** Throughput of one lock relative to another's; null if one was not measured. */
  @Nullable Ratio mixRatio(LockKind kind, LockKind base, int writePercent, ThreadSetting threads) {
    return ratio(mix(kind, writePercent, threads), mix(base, writePercent, threads));
  }

  /** A benchmark without parameters; null if it was not measured. */
  @Nullable Score score(Class<?> type, String method, ThreadSetting threads) {
    for (Score score : results.scores()) {
      if (score.benchmark().equals(type.getSimpleName() + "." + method)
          && score.threads().equals(threads)) {
        return score;
      }
    }
    return null;
  }

  /** Optimistic reads relative to the stamped lock's. */
  @Nullable Ratio optimisticRatio(ThreadSetting threads) {
    return ratio(
        score(OptimisticBenchmark.class, "biased", threads),
        score(OptimisticBenchmark.class, "stamped", threads));
  }

  private static @Nullable Ratio ratio(@Nullable Score score, @Nullable Score base) {
    return score == null || base == null ? null : Ratio.of(score.rounds(), base.rounds());
  }

  /** A figure of {@link WriterWait}, by round. */
  List<Double> writer(LockKind kind, String threads, String figure) {
    return results.figures(LockSuite.writer(kind, threads), figure);
  }

  /** A figure of {@link RetainedHeap}, by round. */
  List<Double> heap(LockKind kind, String figure) {
    return results.figures(LockSuite.heap(kind), figure);
  }

  /** The middle of some figures; NaN of none. */
  static double median(List<Double> figures) {
    return figures.isEmpty() ? Double.NaN : new Ratio(figures).median();
  }
}
