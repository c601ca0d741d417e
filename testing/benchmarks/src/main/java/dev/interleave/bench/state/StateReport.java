// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.state;

import dev.interleave.bench.MarkdownTable;
import dev.interleave.bench.Ratio;
import dev.interleave.bench.ReportPage;
import dev.interleave.bench.Results;
import dev.interleave.bench.RunTable;
import dev.interleave.bench.Score;
import dev.interleave.bench.ThreadSetting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The page about the speed of confined and versioned state. */
final class StateReport {
  private final Results results;
  private final ReportPage page =
      new ReportPage("Confined and versioned state, measured", Map.of());

  StateReport(Results results) {
    this.results = results;
  }

  String markdown() {
    page.add(RunTable.of(results.run(), ""));
    page.add(
        """
        Million operations per second of all threads together, ± half of JMH's 99.9 % confidence
        interval; below it the ratio to the peer in the first column, the median of the rounds with
        the least and the greatest in brackets.

        """);
    section(
        "`Confined.submit`: sending without waiting for the result",
        "submit",
        OwnerKind.EXECUTOR_ARRAY,
        OwnerKind.values(),
        OwnerKind::label);
    section(
        "`Confined.call`: sending and waiting for the result",
        "call",
        OwnerKind.EXECUTOR_ARRAY,
        OwnerKind.values(),
        OwnerKind::label);
    section(
        "`VersionedState.update`",
        "update",
        SharedKind.ATOMIC_REFERENCE,
        SharedKind.values(),
        SharedKind::label);
    section(
        "`VersionedState.snapshot`",
        "read",
        SharedKind.ATOMIC_REFERENCE,
        SharedKind.values(),
        SharedKind::label);
    page.heading(
        "To repeat it",
        """
        `mvn -Pbench verify -Dbench.args="include=confined"` or `include=versioned`. `state.json` is
        JMH's own file, `state-run.json` has the rest; both have every round.
        """);
    return page.toString();
  }

  private <K extends Enum<K>> void section(
      String title, String method, K peer, K[] kinds, Function<K, String> label) {
    List<K> columns = new ArrayList<>(List.of(peer));
    Arrays.stream(kinds).filter(kind -> kind != peer).forEach(columns::add);
    List<String> header = new ArrayList<>(List.of("threads"));
    columns.forEach(kind -> header.add(label.apply(kind)));
    MarkdownTable table = new MarkdownTable(header);
    for (ThreadSetting threads : StateSuite.THREADS) {
      Score base = score(method, peer, threads);
      List<String> cells = new ArrayList<>(List.of(threads.words()));
      columns.forEach(kind -> cells.add(cell(score(method, kind, threads), base)));
      if (columns.stream().anyMatch(kind -> score(method, kind, threads) != null)) {
        table.row(cells);
      }
    }
    page.section(title, "", table);
  }

  private static String cell(@Nullable Score score, @Nullable Score base) {
    if (score == null) {
      return "–";
    }
    String figure = String.format(Locale.ROOT, "%.2f ± %.2f", score.mean(), score.error());
    Ratio ratio =
        base == null || base.equals(score) ? null : Ratio.of(score.rounds(), base.rounds());
    return ratio == null ? figure : figure + ", **" + ratio + "**";
  }

  private @Nullable Score score(String method, Enum<?> kind, ThreadSetting threads) {
    return results.scores().stream()
        .filter(score ->
            score.benchmark().endsWith("Benchmark." + method)
                && score.threads().equals(threads)
                && score.params().containsValue(kind.name()))
        .findFirst()
        .orElse(null);
  }
}
