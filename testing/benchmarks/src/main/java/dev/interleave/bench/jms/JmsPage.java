// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.jms;

import dev.interleave.bench.Figures;
import dev.interleave.bench.MarkdownTable;
import dev.interleave.bench.Ratio;
import dev.interleave.bench.ReportPage;
import dev.interleave.bench.Results;
import dev.interleave.bench.RunTable;
import dev.interleave.bench.Verdict;
import dev.interleave.bench.Verdicts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The page about the transport over a broker. */
final class JmsPage {
  /** What it may take, relative to a peer. */
  private static final double BAR = 1.1;

  private final Results results;
  private final Verdicts verdicts;

  JmsPage(Results results) {
    this.results = results;
    List<Verdict> all = new ArrayList<>();
    for (String reached : JmsSuite.REACHED) {
      for (String peer : RoundTrips.WAYS.subList(0, RoundTrips.WAYS.size() - 1)) {
        all.add(
            Verdict.lessThan(
                "time of a round trip, " + reached,
                "1+1",
                label(peer),
                BAR,
                Ratio.of(figures(reached, "transport"), figures(reached, peer))));
      }
    }
    verdicts = new Verdicts(all);
  }

  private static String label(String way) {
    return switch (way) {
      case "bare" -> "bare request and reply";
      case "lean" -> "the same, lean";
      case "listener" -> "the same, lean, the server a listener";
      case "transport" -> "`JmsTransport`";
      default -> throw new IllegalArgumentException(way);
    };
  }

  private List<Double> figures(String reached, String figure) {
    return results.figures(JmsSuite.id(reached), figure);
  }

  String summary() {
    return verdicts.summary();
  }

  String markdown() {
    ReportPage page = new ReportPage("A message broker as transport, measured", Map.of());
    page.add(RunTable.of(results.run(), ""));
    page.add(
        """
        Round trips of 64 bytes through Apache Artemis, which keeps nothing; client, server and broker
        are in one JVM. All ways go through the same broker, in turns of 100 round trips, and what is
        compared are their medians. Bare request and reply is what one writes against the API: a queue
        for requests, a temporary queue for replies, a correlation id, a thread that waits on each
        side. The lean one leaves out ids and times of messages, acknowledges lazily, and has a
        producer for the one client, as the transport does; the third replies on the provider's thread.

        """);
    verdicts.addTo(page, "what");
    MarkdownTable table =
        new MarkdownTable(List.of("the broker is reached", "way", "median, µs", "p99, µs"));
    for (String reached : JmsSuite.REACHED) {
      for (String way : RoundTrips.WAYS) {
        if (!figures(reached, way).isEmpty()) {
          table.row(List.of(reached, label(way), each(reached, way), each(reached, way + "99")));
        }
      }
    }
    page.section("What was measured, in each round", "", table);
    page.heading(
        "To repeat it",
        """
        `mvn -Pbench verify -Dbench.args="include=jms/"`. `jms-run.json` has every round.
        """);
    return page.toString();
  }

  private String each(String reached, String figure) {
    return figures(reached, figure).stream()
        .map(Figures::format)
        .collect(Collectors.joining(" / "));
  }
}
