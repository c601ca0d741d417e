// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.context;

import dev.interleave.bench.Figures;
import dev.interleave.bench.Ratio;
import dev.interleave.bench.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the context is meant to reach, and whether it does. */
final class ContextBars {
  private static final String OURS = "context";
  private static final String ONE = "1 platform";

  /** The most that ten values may cost where one costs 1: noise. */
  private static final double NO_MORE = 1.15;

  /** Bytes that count as none: the padding of an object. */
  private static final double NO_BYTES = 8;

  private ContextBars() {}

  static List<Verdict> judge(ContextFigures figures) {
    List<Verdict> verdicts = new ArrayList<>();
    for (int values : ContextSuite.VALUES) {
      atMost(verdicts, figures, GetBenchmark.class, "threadLocal", values, 1.4);
      atMost(verdicts, figures, GetBenchmark.class, "scopedValue", values, 1.3);
    }
    faster(verdicts, figures, "ttl", 1, 50);
    faster(verdicts, figures, "ttl", 10, 300);
    faster(verdicts, figures, "micrometer", 1, 15);
    faster(verdicts, figures, "micrometer", 10, 60);
    for (int values : ContextSuite.VALUES) {
      atMost(verdicts, figures, WrapBenchmark.class, "openTelemetry", values, 1.05);
      atMost(verdicts, figures, ElsewhereBenchmark.class, "openTelemetry", values, 1);
    }
    for (Class<?> each :
        List.of(GetBenchmark.class, WrapBenchmark.class, ElsewhereBenchmark.class)) {
      verdicts.add(
          atMost(
              words(each) + " with 10 values",
              "with 1",
              NO_MORE,
              ContextFigures.ratio(figures.score(each, OURS, 10), figures.score(each, OURS, 1))));
    }
    verdicts.add(atMost("hand-off to a pool", "the pool as it is", 1.2, figures.handOff()));
    verdicts.add(
        Verdict.atLeast(
            "a task that logs: time of copying the MDC",
            ONE,
            "that of the bridge",
            3,
            figures.ratio(LogBenchmark.class, "copy", "adapter", ContextFigures.ANY)));
    verdicts.add(heap(figures));
    return verdicts;
  }

  static String words(Class<?> benchmark) {
    if (benchmark == GetBenchmark.class) {
      return "get";
    }
    return benchmark == WrapBenchmark.class ? "capture, wrap, run" : "run elsewhere";
  }

  private static void atMost(
      List<Verdict> verdicts,
      ContextFigures figures,
      Class<?> benchmark,
      String peer,
      int values,
      double bound) {
    verdicts.add(
        atMost(
            words(benchmark) + ", " + values + (values == 1 ? " value" : " values"),
            peer,
            bound,
            figures.ratio(benchmark, OURS, peer, values)));
  }

  private static Verdict atMost(String question, String peer, double bound, @Nullable Ratio ratio) {
    return Verdict.atMost(question, ONE, peer, bound, ratio);
  }

  private static void faster(
      List<Verdict> verdicts, ContextFigures figures, String peer, int values, double bound) {
    verdicts.add(
        Verdict.atLeast(
            "capture, wrap, run, "
                + values
                + (values == 1 ? " value" : " values")
                + ": time of "
                + peer,
            ONE,
            "ours",
            bound,
            figures.ratio(WrapBenchmark.class, peer, OURS, values)));
  }

  private static Verdict heap(ContextFigures figures) {
    List<Double> one = figures.heap(ThreadsInContext.inContext(1));
    List<Double> ten = figures.heap(ThreadsInContext.inContext(10));
    boolean measured = !one.isEmpty() && !ten.isEmpty();
    double more = measured ? ten.get(0) - one.get(0) : Double.NaN;
    return new Verdict(
        "heap for nine more values",
        ThreadsInContext.THREADS + " virtual",
        "0 bytes for each thread",
        measured ? Figures.format(more) : "–",
        measured ? more < NO_BYTES : null);
  }
}
