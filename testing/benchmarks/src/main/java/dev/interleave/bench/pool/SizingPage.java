// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.pool;

import dev.interleave.bench.Figures;
import dev.interleave.bench.MarkdownTable;
import dev.interleave.bench.Ratio;
import dev.interleave.bench.ReportPage;
import dev.interleave.bench.Results;
import dev.interleave.bench.RunTable;
import dev.interleave.bench.Verdict;
import dev.interleave.bench.Verdicts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The page about steered pools. */
final class SizingPage {
  private static final double BAR = 0.9;

  private final Results results;
  private final Verdicts verdicts;

  SizingPage(Results results) {
    this.results = results;
    List<Verdict> all = new ArrayList<>();
    for (SizedWork work : SizedWork.values()) {
      all.add(
          Verdict.atLeast(
              work.label(),
              "1 to " + SizingRun.SIZES[SizingRun.SIZES.length - 1],
              "best fixed size",
              BAR,
              Ratio.of(figures(work, "adaptive"), figures(work, "fixed"))));
    }
    verdicts = new Verdicts(all);
  }

  private List<Double> figures(SizedWork work, String figure) {
    return results.figures(SizingSuite.id(work), figure);
  }

  String summary() {
    return verdicts.summary();
  }

  String markdown() {
    ReportPage page = new ReportPage("Steered pools, measured", Map.of());
    page.add(RunTable.of(results.run(), ""));
    page.add(
        """
        Each round is a JVM of its own. There are always more tasks than threads, and each is a fixed
        amount of work. `AdaptiveSizing` starts with one thread and decides every %d ms; what is
        measured are the %d decisions after the first %d, its trials of other sizes included. The best
        fixed size is that of %s which did most in the same JVM, measured before and again after.

        """
            .formatted(
                SizingRun.PERIOD.toMillis(),
                SizingRun.MEASURED,
                SizingRun.DECISIONS,
                Arrays.stream(SizingRun.SIZES)
                    .mapToObj(String::valueOf)
                    .collect(Collectors.joining(", "))));
    verdicts.addTo(page, "a task is");
    MarkdownTable table =
        new MarkdownTable(
            List.of(
                "a task is",
                "best fixed: tasks/s",
                "with threads",
                "steered: tasks/s",
                "with threads at the end"));
    for (SizedWork work : SizedWork.values()) {
      if (!figures(work, "fixed").isEmpty()) {
        table.row(
            List.of(
                work.label(),
                each(work, "fixed"),
                each(work, "fixedSize"),
                each(work, "adaptive"),
                each(work, "adaptiveSize")));
      }
    }
    page.section("What was measured, in each round", "", table);
    page.heading(
        "To repeat it",
        """
        `mvn -Pbench verify -Dbench.args="include=sizing/"`. `sizing-run.json` has every round.
        """);
    return page.toString();
  }

  private String each(SizedWork work, String figure) {
    return figures(work, figure).stream()
        .map(value -> figure.endsWith("Size") ? Figures.exact(value) : Figures.format(value))
        .collect(Collectors.joining(" / "));
  }
}
