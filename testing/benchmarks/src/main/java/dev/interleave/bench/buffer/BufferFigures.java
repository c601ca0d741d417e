// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.buffer;

import dev.interleave.bench.Ratio;
import dev.interleave.bench.Results;
import dev.interleave.bench.Score;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the figures of the buffer suite among all results: by round, empty if not measured. */
record BufferFigures(Results results) {

  /** Million items per second. */
  List<Double> flow(PassageKind kind, Shape shape) {
    return results.figures(BufferSuite.flow(kind, shape), "itemsPerMicro");
  }

  @Nullable Ratio flowRatio(PassageKind kind, PassageKind base, Shape shape) {
    return Ratio.of(flow(kind, shape), flow(base, shape));
  }

  /** Million round trips per second. */
  List<Double> pingPong(PassageKind kind, String threads) {
    return results.figures(BufferSuite.pingPong(kind, threads), "tripsPerMicro");
  }

  @Nullable Ratio pingPongRatio(PassageKind kind, PassageKind base, String threads) {
    return Ratio.of(pingPong(kind, threads), pingPong(base, threads));
  }

  @Nullable Score uncontended(PassageKind kind) {
    for (Score score : results.scores()) {
      if (score.benchmark().equals("UncontendedBenchmark.putAndTake")
          && kind.name().equals(score.params().get("passage"))) {
        return score;
      }
    }
    return null;
  }

  @Nullable Ratio uncontendedRatio(PassageKind kind, PassageKind base) {
    Score score = uncontended(kind);
    Score other = uncontended(base);
    return score == null || other == null ? null : Ratio.of(score.rounds(), other.rounds());
  }

  /** A figure of {@link Trickle}. */
  List<Double> trickle(PassageKind kind, String threads, String figure) {
    return results.figures(BufferSuite.trickle(kind, threads), figure);
  }

  /** In per cent of a core. */
  List<Double> idle(PassageKind kind, String threads) {
    return results.figures(BufferSuite.idle(kind, threads), "percent");
  }

  /** With somebody who looks at the statistics, relative to without. */
  @Nullable Ratio stats(String threads) {
    List<Double> ratios = results.figures(BufferSuite.stats(threads), "ratio");
    return ratios.isEmpty() ? null : new Ratio(ratios);
  }

  /** The middle of some figures; NaN of none. */
  static double median(List<Double> figures) {
    return figures.isEmpty() ? Double.NaN : new Ratio(figures).median();
  }
}
