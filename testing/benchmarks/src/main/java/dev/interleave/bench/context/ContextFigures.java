// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.context;

import dev.interleave.bench.Ratio;
import dev.interleave.bench.Results;
import dev.interleave.bench.Score;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was measured, by benchmark, method and number of values. */
record ContextFigures(Results results) {
  /** Nothing to be varied. */
  static final int ANY = 0;

  @Nullable Score score(Class<?> benchmark, String method, int values) {
    String name = benchmark.getSimpleName() + "." + method;
    return results.scores().stream()
        .filter(score ->
            score.benchmark().equals(name)
                && (values == ANY || Integer.toString(values).equals(score.params().get("values"))))
        .findFirst()
        .orElse(null);
  }

  /** The time of one in relation to that of another one. */
  @Nullable Ratio ratio(Class<?> benchmark, String method, String base, int values) {
    return ratio(score(benchmark, method, values), score(benchmark, base, values));
  }

  static @Nullable Ratio ratio(@Nullable Score figure, @Nullable Score base) {
    return figure == null || base == null ? null : Ratio.of(figure.rounds(), base.rounds());
  }

  /** Nanoseconds for a task through a pool, a figure for each round; empty if not measured. */
  List<Double> handOff(String way) {
    return results.figures(ContextSuite.HAND_OFF, way);
  }

  /** The time of a task through the wrapped pool in relation to the pool as it is. */
  @Nullable Ratio handOff() {
    return Ratio.of(handOff(HandOff.PROPAGATING), handOff(HandOff.RAW));
  }

  /** Bytes for each thread, by the name of the figure; empty if it was not measured. */
  List<Double> heap(String figure) {
    return results.figures(ContextSuite.HEAP, figure);
  }
}
