// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.diagnose;

import dev.interleave.bench.Figures;
import dev.interleave.bench.MarkdownTable;
import dev.interleave.bench.Ratio;
import dev.interleave.bench.ReportPage;
import dev.interleave.bench.RunTable;
import dev.interleave.bench.Score;
import dev.interleave.bench.ThreadSetting;
import dev.interleave.bench.Verdicts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The page about the cost of watched and ordered locks. */
final class DiagnoseReport {
  private final DiagnoseFigures figures;
  private final Map<String, String> charts;
  private final Verdicts verdicts;
  private final ReportPage page;

  DiagnoseReport(DiagnoseFigures figures) {
    this.figures = figures;
    charts = new DiagnoseCharts(figures).draw();
    verdicts = new Verdicts(DiagnoseBars.judge(figures));
    page = new ReportPage("Watched locks, ordered locks and deadlock detection, measured", charts);
  }

  /** File name to SVG. */
  Map<String, String> charts() {
    return charts;
  }

  /** One line: how many bars are met, and which are not. */
  String summary() {
    return verdicts.summary();
  }

  /** Writes the page; to be called once. */
  String markdown() {
    page.add(
        RunTable.of(
            figures.results().run(),
            "; programs in one, and what no bar is about in one less than the others"));
    page.add(
        """
        A ratio is the median of the ratios of the rounds, with the least and the greatest in
        brackets: both were measured one right after the other, so a change of the machine's state
        between rounds falls out. `±` is half of JMH's 99.9 % confidence interval.

        """);
    verdicts.addTo(page, "question");
    abba();
    nested();
    contended();
    keys();
    scans();
    page.heading(
        "To repeat it",
        """
        `mvn -Pbench verify -Dbench.args="include=diagnose/"` measures this page, `include=abba` or
        `include=nested` parts of it. `diagnose.json` is JMH's own file, `diagnose-run.json` has the
        rest; both have every round.
        """);
    return page.toString();
  }

  private void abba() {
    MarkdownTable table =
        new MarkdownTable(
            List.of(
                "threads",
                "locks",
                "rounds",
                "one refused",
                "both refused",
                "deadlocked",
                "median µs",
                "longest µs"));
    for (String threads : DiagnoseSuite.THREAD_KINDS) {
      for (MutexKind kind : DiagnoseSuite.DETECTORS) {
        if (Double.isNaN(figures.abba(kind, threads, "rounds"))) {
          continue;
        }
        List<String> row = new ArrayList<>(List.of("2 " + threads, kind.label()));
        for (String count : List.of("rounds", "oneRefused", "bothRefused", "deadlocked")) {
          row.add(String.format(Locale.ROOT, "%.0f", figures.abba(kind, threads, count)));
        }
        row.add(Figures.format(figures.abba(kind, threads, "medianMicros")));
        row.add(Figures.format(figures.abba(kind, threads, "maxMicros")));
        table.row(row);
      }
    }
    if (!table.isEmpty()) {
      page.heading(
          "Two threads that ask for each other's lock at the same moment",
          """
          Each holds one of two locks and then both ask for the other one, as simultaneously as two
          processors allow; the locks are new in each round, so there is no earlier order to learn
          from. Guava's detector looks before it enters what it looks for, and it looks only for
          orders: two threads that look at the same time see nothing, and wait for ever
          (google/guava#2048). The time is from both having met until one is refused.
          """);
      page.picture(DiagnoseCharts.ABBA, "How the rounds ended");
      page.add(table);
    }
  }

  private void nested() {
    List<String> header = new ArrayList<>(List.of("ns"));
    DiagnoseSuite.NESTED.forEach(kind -> header.add(kind.label()));
    MarkdownTable table = new MarkdownTable(header);
    for (String depth : DiagnoseSuite.DEPTHS) {
      Score base = figures.nested(MutexKind.REENTRANT_LOCK, depth);
      table.rowUnlessEmpty(
          DiagnoseBars.label(depth),
          DiagnoseSuite.NESTED.stream()
              .map(kind -> withRatio(figures.nested(kind, depth), base))
              .toList());
    }
    if (!table.isEmpty()) {
      page.heading(
          "Nobody else there",
          "Acquire and release, one thread, ns per operation, and the ratio to `ReentrantLock`.\n");
      page.picture(DiagnoseCharts.NESTED, "Nanoseconds for one, two and three locks");
      page.add(table);
    }
  }

  private void contended() {
    List<String> header = new ArrayList<>(List.of("M ops/s"));
    DiagnoseSuite.CONTENDED.forEach(kind -> header.add(kind.label()));
    MarkdownTable table = new MarkdownTable(header);
    for (ThreadSetting threads : DiagnoseSuite.CROWDS) {
      Score base = figures.contended(MutexKind.REENTRANT_LOCK, threads);
      table.rowUnlessEmpty(
          threads.words(),
          DiagnoseSuite.CONTENDED.stream()
              .map(kind -> withRatio(figures.contended(kind, threads), base))
              .toList());
    }
    if (!table.isEmpty()) {
      page.heading(
          "Many threads, one lock",
          """
          Increments of a plain field in a tight loop, million per second of all threads together,
          and the ratio to `ReentrantLock`. Virtual threads, which are not preempted, make way for
          each other now and then.
          """);
      page.picture(DiagnoseCharts.CONTENDED, "Million operations per second");
      page.add(table);
    }
  }

  private void keys() {
    List<String> header = new ArrayList<>(List.of("M ops/s"));
    DiagnoseSuite.KEYED.forEach(method -> header.add(method(method)));
    MarkdownTable table = new MarkdownTable(header);
    for (ThreadSetting threads : DiagnoseSuite.KEY_THREADS) {
      table.rowUnlessEmpty(
          threads.words(),
          DiagnoseSuite.KEYED.stream()
              .map(method ->
                  withRatio(
                      figures.keys(method, threads),
                      figures.keys(method.startsWith("two") ? "twoByHand" : "oneByHand", threads)))
              .toList());
    }
    if (!table.isEmpty()) {
      page.heading(
          "Locks by key",
          """
          One or two random keys of %,d, million per second of all threads together, and the ratio
          to locks by hand: `ReentrantLock`s in a `ConcurrentHashMap` that never forgets one, taken
          in the order of their keys because the code says so. `Striped` has as many stripes as
          there are keys, so two keys may share one. Each fork warms up for %d ms: before that, the
          ordered locks are not compiled as they are in the long run.
          """
              .formatted(KeysBenchmark.KEYS, KeysBenchmark.WARM_UP_MILLIS));
      page.add(table);
    }
  }

  private static String method(String method) {
    return switch (method) {
      case "two" -> "`OrderedLockManager.acquire`, 2 keys";
      case "twoByHand" -> "by hand, 2 keys";
      case "twoStriped" -> "Guava `Striped`, 2 keys";
      case "one" -> "`OrderedLockManager.lock`, 1 key";
      case "oneByHand" -> "by hand, 1 key";
      default -> throw new IllegalArgumentException(method);
    };
  }

  private void scans() {
    MarkdownTable table =
        new MarkdownTable(List.of("who waits for whom", "median ms", "longest ms", "the first ms"));
    for (BlockedScan.Shape shape : BlockedScan.Shape.values()) {
      if (!Double.isNaN(figures.scan(shape, "medianMillis"))) {
        table.row(
            List.of(
                shape.label(),
                Figures.format(figures.scan(shape, "medianMillis")),
                Figures.format(figures.scan(shape, "maxMillis")),
                Figures.format(figures.scan(shape, "firstMillis"))));
      }
    }
    if (!table.isEmpty()) {
      page.heading(
          "A scan",
          "`DeadlockDetector.scan()` with %,d virtual threads blocked. The first scan runs in the"
                  .formatted(BlockedScan.THREADS)
              + "\ninterpreter.\n");
      page.add(table);
    }
  }

  private static String withRatio(@Nullable Score score, @Nullable Score base) {
    String figure = Figures.plusMinus(score);
    Ratio ratio = score == null || score.equals(base) ? null : DiagnoseFigures.ratio(score, base);
    return ratio == null ? figure : figure + ", **" + ratio + "**";
  }
}
