// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.lock;

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

/** The page about the read-write lock's speed. */
final class LockReport {
  private static final List<LockKind> PEERS =
      List.of(LockKind.RRWL, LockKind.STAMPED, LockKind.REENTRANT_LOCK, LockKind.SYNCHRONIZED);

  private final LockFigures figures;
  private final Map<String, String> charts;
  private final Verdicts verdicts;
  private final ReportPage page;

  LockReport(LockFigures figures) {
    this.figures = figures;
    charts = new LockCharts(figures).draw();
    verdicts = new Verdicts(LockBars.judge(figures));
    page = new ReportPage("The read-write lock, measured", charts);
  }

  /** The name of a share of writes. */
  static String mix(int writePercent) {
    return switch (writePercent) {
      case 0 -> "read only";
      case 100 -> "write only";
      default -> (100 - writePercent) + "/" + writePercent;
    };
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
    machine();
    verdicts.addTo(page, "BiasedReadWriteLock");
    throughput();
    losses();
    writer();
    optimistic();
    uncontended();
    retained();
    repeat();
    return page.toString();
  }

  private void machine() {
    page.add(
        RunTable.of(figures.results().run(), "; locks that no bar is about take part in fewer"));
    page.add(
        """
        A ratio is the median of the ratios of the rounds, with the least and the greatest in
        brackets: both locks were measured one right after the other, so a change of the machine's
        state between rounds falls out. `±` is half of JMH's 99.9 % confidence interval.

        """);
  }

  private void throughput() {
    page.heading(
        "Throughput",
        """
        One lock, one plain field behind it, a tight loop; each operation is a read or a write by a
        pseudo-random sequence that is the same for every lock. Million operations per second of all
        threads together. Virtual threads, which are not preempted, make way for each other now and
        then.  Work outside the lock makes all ratios smaller.
        """);
    page.picture(LockCharts.RATIO, "Throughput relative to ReentrantReadWriteLock");
    page.picture(LockCharts.THROUGHPUT, "Throughput in million operations per second");
    List<ThreadSetting> settings = new ArrayList<>(LockSuite.THREADS);
    settings.add(LockSuite.TWO_VIRTUAL);
    for (ThreadSetting threads : settings) {
      throughput(threads);
    }
  }

  private void throughput(ThreadSetting threads) {
    List<Integer> percents =
        LockSuite.WRITE_PERCENTS.stream()
            .filter(p -> LockSuite.MIXED.stream().anyMatch(k -> figures.mix(k, p, threads) != null))
            .toList();
    if (percents.isEmpty()) {
      return;
    }
    List<String> header = new ArrayList<>(List.of("M ops/s"));
    percents.forEach(percent -> header.add(mix(percent)));
    MarkdownTable table = new MarkdownTable(header);
    for (LockKind kind : LockSuite.MIXED) {
      List<Score> scores = percents.stream().map(p -> figures.mix(kind, p, threads)).toList();
      table.rowUnlessEmpty(kind.label(), scores.stream().map(Figures::plusMinus).toList());
    }
    for (LockKind peer : List.of(LockKind.RRWL, LockKind.STAMPED)) {
      List<String> ratios =
          percents.stream()
              .map(p -> figures.mixRatio(LockKind.BIASED, peer, p, threads))
              .map(ratio -> ratio == null ? "–" : "**" + ratio + "**")
              .toList();
      table.rowUnlessEmpty("**× " + peer.label() + "**", ratios);
    }
    page.add("### " + threads.words() + "\n\n" + table);
  }

  /** Every cell in which another lock was faster. */
  private void losses() {
    MarkdownTable table = new MarkdownTable(List.of("mix", "threads", "against", "ratio"));
    for (ThreadSetting threads : LockSuite.THREADS) {
      for (int percent : LockSuite.WRITE_PERCENTS) {
        for (LockKind peer : PEERS) {
          Ratio ratio = figures.mixRatio(LockKind.BIASED, peer, percent, threads);
          if (ratio != null && ratio.median() < 1) {
            table.row(List.of(mix(percent), threads.words(), peer.label(), ratio.toString()));
          }
        }
      }
    }
    page.heading("Where it loses", "Every mix in which another lock gets more done:\n");
    page.add(table.isEmpty() ? "none in this run.\n\n" : table.toString());
  }

  private void writer() {
    List<String> header =
        List.of(
            "readers",
            "lock",
            "median µs",
            "p90 µs",
            "p99 µs",
            "longest µs",
            "corrected median µs",
            "corrected p99 µs",
            "writes/s",
            "M reads/s");
    MarkdownTable table = new MarkdownTable(header);
    for (String threads : LockSuite.THREAD_KINDS) {
      for (LockKind kind : LockSuite.WRITERS) {
        if (figures.writer(kind, threads, "medianMicros").isEmpty()) {
          continue;
        }
        List<String> row = new ArrayList<>(List.of(threads, kind.label()));
        for (String figure :
            List.of(
                "medianMicros",
                "p90Micros",
                "p99Micros",
                "maxMicros",
                "correctedMedianMicros",
                "correctedP99Micros",
                "writesPerSecond",
                "readsPerMicro")) {
          row.add(Figures.format(LockFigures.median(figures.writer(kind, threads, figure))));
        }
        table.row(row);
      }
    }
    if (!table.isEmpty()) {
      page.heading(
          "A writer among readers",
          """
          One thread writes every millisecond while %d threads read in a tight loop: how long it
          waits from its call until it is in, and what the readers get done meanwhile. A writer that
          waits longer than a millisecond misses its next turns; corrected figures count these too,
          with the rest of its wait (coordinated omission). The median of the rounds.
          """
              .formatted(WriterWait.READERS));
      page.picture(LockCharts.WRITER, "How long a writer waits");
      page.add(table);
    }
  }

  private void optimistic() {
    MarkdownTable table =
        new MarkdownTable(
            List.of("M reads/s", "BiasedReadWriteLock", "StampedLock", "ratio", "the reads alone"));
    for (ThreadSetting threads : LockSuite.OPTIMISTIC_THREADS) {
      Ratio ratio = figures.optimisticRatio(threads);
      if (ratio != null) {
        table.row(
            List.of(
                threads.words(),
                Figures.plusMinus(figures.score(OptimisticBenchmark.class, "biased", threads)),
                Figures.plusMinus(figures.score(OptimisticBenchmark.class, "stamped", threads)),
                "**" + ratio + "**",
                Figures.plusMinus(figures.score(OptimisticBenchmark.class, "bare", threads))));
      }
    }
    if (!table.isEmpty()) {
      page.heading(
          "Optimistic reads",
          """
          `tryOptimisticRead`, two plain reads, `validate`, while nobody writes. The last column is
          the loop with the reads and no lock: that much is contained in both.
          """);
      page.picture(LockCharts.OPTIMISTIC, "Optimistic reads per second");
      page.add(table);
    }
  }

  private void uncontended() {
    MarkdownTable table = new MarkdownTable(List.of("form", "ns", "bytes allocated"));
    for (String method : LockSuite.UNCONTENDED) {
      Score score = figures.score(UncontendedBenchmark.class, method, ThreadSetting.platform(1));
      if (score != null) {
        double bytes = score.secondary().getOrDefault("gc.alloc.rate.norm", Double.NaN);
        table.row(
            List.of(
                form(method),
                Figures.plusMinus(score),
                String.format(Locale.ROOT, "%.1f", Math.abs(bytes) < 0.05 ? 0 : bytes)));
      }
    }
    if (!table.isEmpty()) {
      page.heading(
          "One thread, nobody else",
          "Acquire and release, per operation. A guard is an object, but not one that is made.\n");
      page.add(table);
    }
  }

  private static String form(String method) {
    return switch (method) {
      case "readLock" -> "`readLock().lock()`, `unlock()`";
      case "readGuard" -> "`try (var g = lock.read())`";
      case "readGuardDeadline" -> "`try (var g = lock.read(deadline))`";
      case "rrwlReadLock" -> "ReentrantReadWriteLock, read";
      case "writeLock" -> "`writeLock().lock()`, `unlock()`";
      case "writeGuard" -> "`try (var g = lock.write())`";
      case "writeGuardDeadline" -> "`try (var g = lock.write(deadline))`";
      case "rrwlWriteLock" -> "ReentrantReadWriteLock, write";
      default -> throw new IllegalArgumentException(method);
    };
  }

  private void retained() {
    MarkdownTable table =
        new MarkdownTable(
            List.of(
                "bytes per thread",
                "alive",
                "alive, read beside a holder",
                "ended",
                "ended, read beside a holder"));
    for (LockKind kind : LockSuite.HEAP) {
      List<String> cells =
          List.of(
                  "aliveBytes",
                  RetainedHeap.beside("aliveBytes"),
                  "endedBytes",
                  RetainedHeap.beside("endedBytes"))
              .stream()
              .map(figure -> bytes(LockFigures.median(figures.heap(kind, figure))))
              .toList();
      table.rowUnlessEmpty(kind.label(), cells);
    }
    if (!table.isEmpty()) {
      page.heading(
          "What it keeps of its readers",
          """
          %,d virtual threads read once each; the heap after collection, less that of as many
          threads that did not read. Once while they are parked and hold nothing, once after they
          have ended; reading among themselves, or beside a thread that holds the read lock.
          """
              .formatted(RetainedHeap.THREADS));
      page.add(table);
    }
  }

  private static String bytes(double bytes) {
    return Double.isNaN(bytes) ? "–" : String.format(Locale.ROOT, "%.2f", bytes);
  }

  private void repeat() {
    page.heading(
        "To repeat it",
        """
        `mvn -Pbench verify` measures all of this, `-Dbench.args=quick` less of it,
        `-Dbench.args="quick include=w10/8p"` the cases whose name matches. `lock.json` is JMH's own
        file, `lock-run.json` has the rest; both have every round.
        """);
  }
}
