// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.pool;

import dev.interleave.bench.Figures;
import dev.interleave.bench.MarkdownTable;
import dev.interleave.bench.Ratio;
import dev.interleave.bench.ReportPage;
import dev.interleave.bench.RunTable;
import dev.interleave.bench.Verdicts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The page about the monitored pool's speed. */
final class PoolReport {
  private final PoolFigures figures;
  private final Map<String, String> charts;
  private final Verdicts verdicts;
  private final ReportPage page;

  PoolReport(PoolFigures figures) {
    this.figures = figures;
    charts = new PoolCharts(figures).draw();
    verdicts = new Verdicts(PoolBars.judge(figures));
    page = new ReportPage("The monitored pool, measured", charts);
  }

  /** File name to SVG. */
  Map<String, String> charts() {
    return charts;
  }

  /** One line: how many bars are met, and which are not. */
  String summary() {
    return verdicts.summary();
  }

  /** How submissions follow each other. */
  static String words(String pace) {
    return pace.equals("paced") ? "one each 20 µs" : "in a tight loop";
  }

  /** Writes the page; to be called once. */
  String markdown() {
    page.add(RunTable.of(figures.results().run(), ""));
    page.add(
        """
        Every figure comes from a program in a process of its own, warmed up for as long as it is
        measured or longer. A figure is the median of the rounds. A ratio is the median of the ratios of
        the rounds, with the least and the greatest in brackets: both were measured one soon after the
        other, so a change of the machine's state between rounds falls out.

        """);
    verdicts.addTo(page, "MonitoredPool");
    flows();
    submissions();
    losses();
    page.heading(
        "To repeat it",
        """
        `mvn -Pbench verify -Dbench.args="include=^pool/"` measures all of this, with `quick` in
        shorter rounds. `pool-run.json` has every round.
        """);
    return page.toString();
  }

  private void flows() {
    page.heading(
        "Tasks that are run",
        """
        `2+1` are two threads of the pool and one that submits, by `execute`, in a tight loop; million
        tasks per second that have been run, and each that was submitted is. A trivial task does nothing:
        the figure is the cost of handing it over and recording it. %,d tasks may wait; then whoever
        submits waits for a place, in the executor of the JDK by a handler of rejections that puts the
        task into its queue. MonitoredPool and Micrometer record how long each task waited and ran, the
        bare executor nothing.
        """
            .formatted(PoolKind.CAPACITY));
    page.picture(PoolCharts.THROUGHPUT, "Million tasks per second");
    List<String> header = new ArrayList<>(List.of("M tasks/s"));
    PoolSuite.LOADS.forEach(load -> header.add(load.threads() + ", " + load.tasks()));
    MarkdownTable table = new MarkdownTable(header);
    for (PoolKind kind : PoolSuite.KINDS) {
      table.rowUnlessEmpty(
          kind.label(),
          PoolSuite.LOADS.stream()
              .map(load -> Figures.format(PoolFigures.median(figures.flow(kind, load))))
              .toList());
    }
    for (PoolKind peer : List.of(PoolKind.EXECUTOR, PoolKind.METERED)) {
      table.rowUnlessEmpty(
          "**× " + peer.label() + "**",
          PoolSuite.LOADS.stream()
              .map(load -> bold(figures.flowRatio(PoolKind.POOL, peer, load)))
              .toList());
    }
    page.add(table.isEmpty() ? "" : table);
  }

  private void submissions() {
    MarkdownTable table =
        new MarkdownTable(List.of("µs per submission", "", "half", "99 of 100", "999 of 1,000"));
    for (String pace : PoolSuite.PACES) {
      for (PoolKind kind : PoolSuite.KINDS) {
        if (!figures.submit(kind, pace, "p99").isEmpty()) {
          table.row(
              List.of(
                  kind.label(),
                  words(pace),
                  micros(kind, pace, "p50"),
                  micros(kind, pace, "p99"),
                  micros(kind, pace, "p999")));
        }
      }
    }
    page.section(
        "How long a submission takes",
        """
        To two threads by one; the clock takes 0.03 µs of it. In a tight loop the workers are awake. One
        each 20 µs finds them asleep, or about to be, and has to wake one. No more than so many take
        longer:
        """,
        table);
  }

  private String micros(PoolKind kind, String pace, String quantile) {
    return Figures.format(PoolFigures.median(figures.submit(kind, pace, quantile)));
  }

  /** Every case in which another one was faster. */
  private void losses() {
    MarkdownTable table = new MarkdownTable(List.of("what", "against", "ratio"));
    for (PoolKind peer : List.of(PoolKind.EXECUTOR, PoolKind.METERED)) {
      for (Load load : PoolSuite.LOADS) {
        Ratio ratio = figures.flowRatio(PoolKind.POOL, peer, load);
        if (ratio != null && ratio.median() < 1) {
          table.row(List.of(load.tasks() + ", " + load.threads(), peer.label(), ratio.toString()));
        }
      }
      for (String pace : PoolSuite.PACES) {
        for (String quantile : List.of("p50", "p99", "p999")) {
          Ratio ratio = figures.submitRatio(PoolKind.POOL, peer, pace, quantile);
          if (ratio != null && ratio.median() > 1) {
            table.row(
                List.of(
                    "a submission takes longer, " + words(pace) + ", " + quantile,
                    peer.label(),
                    ratio.toString()));
          }
        }
      }
    }
    page.heading("Where it loses", "Every case in which another one is faster:\n");
    page.add(table.isEmpty() ? "none in this run.\n\n" : table.toString());
  }

  private static String bold(@Nullable Ratio ratio) {
    return ratio == null ? "–" : "**" + ratio + "**";
  }
}
