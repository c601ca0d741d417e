// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.lock;

import dev.interleave.bench.Chart;
import dev.interleave.bench.Chart.Group;
import dev.interleave.bench.Chart.Panel;
import dev.interleave.bench.Chart.Scale;
import dev.interleave.bench.Chart.Series;
import dev.interleave.bench.ChartSvg;
import dev.interleave.bench.Ratio;
import dev.interleave.bench.Score;
import dev.interleave.bench.ThreadSetting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The plots, one per question; a question that nothing was measured for has none. */
final class LockCharts {
  static final String RATIO = "lock-ratio.svg";
  static final String THROUGHPUT = "lock-throughput.svg";
  static final String WRITER = "lock-writer-wait.svg";
  static final String OPTIMISTIC = "lock-optimistic.svg";

  /** In the plots of throughput. */
  private static final List<LockKind> DRAWN =
      List.of(
          LockKind.BIASED,
          LockKind.RRWL,
          LockKind.STAMPED,
          LockKind.REENTRANT_LOCK,
          LockKind.SYNCHRONIZED);

  private final LockFigures figures;

  LockCharts(LockFigures figures) {
    this.figures = figures;
  }

  /** File name to SVG. */
  Map<String, String> draw() {
    Map<String, String> drawn = new LinkedHashMap<>();
    put(drawn, RATIO, ratio());
    put(drawn, THROUGHPUT, throughput());
    put(drawn, WRITER, writer());
    put(drawn, OPTIMISTIC, optimistic());
    return drawn;
  }

  private static void put(Map<String, String> drawn, String file, Chart chart) {
    if (!chart.panels().isEmpty()) {
      drawn.put(file, ChartSvg.draw(chart));
    }
  }

  private Chart ratio() {
    List<LockKind> compared = DRAWN.stream().filter(kind -> kind != LockKind.RRWL).toList();
    return new Chart(
        "Throughput relative to ReentrantReadWriteLock",
        "Reads and writes in a tight loop on one lock; up is faster, logarithmic",
        "times",
        Scale.RATIO,
        series(compared),
        mixes(
            compared,
            (kind, percent, threads) -> {
              Ratio ratio = figures.mixRatio(kind, LockKind.RRWL, percent, threads);
              return ratio == null ? Double.NaN : ratio.median();
            }));
  }

  private Chart throughput() {
    return new Chart(
        "Throughput of all threads together",
        "Reads and writes in a tight loop on one lock; up is faster",
        "million operations / s",
        Scale.LINEAR,
        series(DRAWN),
        mixes(
            DRAWN,
            (kind, percent, threads) -> {
              Score score = figures.mix(kind, percent, threads);
              return score == null ? Double.NaN : score.mean();
            }));
  }

  private interface MixFigure {
    double of(LockKind kind, int percent, ThreadSetting threads);
  }

  private static List<Panel> mixes(List<LockKind> kinds, MixFigure figure) {
    List<Panel> panels = new ArrayList<>();
    for (ThreadSetting threads : LockSuite.THREADS) {
      List<Group> groups = new ArrayList<>();
      for (int percent : LockSuite.WRITE_PERCENTS) {
        groups.add(
            new Group(
                LockReport.mix(percent),
                kinds.stream().map(kind -> figure.of(kind, percent, threads)).toList()));
      }
      addUnlessEmpty(panels, threads.words(), groups);
    }
    return panels;
  }

  private Chart writer() {
    List<Panel> panels = new ArrayList<>();
    for (String threads : LockSuite.THREAD_KINDS) {
      List<Group> groups = new ArrayList<>();
      for (LockKind kind : LockSuite.WRITERS) {
        groups.add(
            new Group(
                kind.label(),
                List.of(
                    LockFigures.median(figures.writer(kind, threads, "medianMicros")),
                    LockFigures.median(figures.writer(kind, threads, "p99Micros")))));
      }
      addUnlessEmpty(panels, WriterWait.READERS + " " + threads + " readers", groups);
    }
    return new Chart(
        "How long a writer waits for busy readers",
        "A write every millisecond against readers in a tight loop; down is better, logarithmic",
        "µs",
        Scale.LOG,
        List.of(new Series("median", 0), new Series("99 of 100 wait less", 2)),
        panels);
  }

  private Chart optimistic() {
    List<Group> groups = new ArrayList<>();
    for (ThreadSetting threads : LockSuite.OPTIMISTIC_THREADS) {
      List<Double> values = new ArrayList<>();
      for (String method : List.of("biased", "stamped", "bare")) {
        Score score = figures.score(OptimisticBenchmark.class, method, threads);
        values.add(score == null ? Double.NaN : score.mean());
      }
      groups.add(new Group(threads.words(), values));
    }
    List<Panel> panels = new ArrayList<>();
    addUnlessEmpty(panels, "Two plain fields, no writer", groups);
    return new Chart(
        "Optimistic reads",
        "tryOptimisticRead, two reads, validate; up is faster",
        "million reads / s",
        Scale.LINEAR,
        List.of(
            series(LockKind.BIASED), series(LockKind.STAMPED), new Series("the reads alone", 5)),
        panels);
  }

  /** Leaves out groups without any figure, and the panel if none is left. */
  private static void addUnlessEmpty(List<Panel> panels, String title, List<Group> groups) {
    List<Group> filled =
        groups.stream()
            .filter(group -> group.values().stream().anyMatch(value -> !value.isNaN()))
            .toList();
    if (!filled.isEmpty()) {
      panels.add(new Panel(title, filled));
    }
  }

  /** Each lock keeps its colour, whichever locks are drawn. */
  private static List<Series> series(List<LockKind> kinds) {
    return kinds.stream().map(LockCharts::series).toList();
  }

  private static Series series(LockKind kind) {
    return new Series(kind.label(), DRAWN.indexOf(kind));
  }
}
