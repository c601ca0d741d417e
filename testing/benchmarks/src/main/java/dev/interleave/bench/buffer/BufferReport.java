// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.buffer;

import dev.interleave.bench.Figures;
import dev.interleave.bench.MarkdownTable;
import dev.interleave.bench.Ratio;
import dev.interleave.bench.ReportPage;
import dev.interleave.bench.RunTable;
import dev.interleave.bench.Score;
import dev.interleave.bench.Verdicts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The page about the bounded buffer's speed. */
final class BufferReport {
  private final BufferFigures figures;
  private final Map<String, String> charts;
  private final Verdicts verdicts;
  private final ReportPage page;

  BufferReport(BufferFigures figures) {
    this.figures = figures;
    charts = new BufferCharts(figures).draw();
    verdicts = new Verdicts(BufferBars.judge(figures));
    page = new ReportPage("The bounded buffer, measured", charts);
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
    verdicts.addTo(page, "BoundedBuffer");
    flows();
    batches();
    fanOut();
    pingPong();
    uncontended();
    resting();
    stats();
    losses();
    repeat();
    return page.toString();
  }

  private void machine() {
    page.add(RunTable.of(figures.results().run(), "; what idle takers cost only once"));
    page.add(
        """
        Every figure but that of one thread alone comes from a program in a process of its own, warmed
        up for as long as it is measured or longer. A figure is the median of the rounds. A ratio is
        the median of the ratios of the rounds, with the least and the greatest in brackets: both were
        measured one soon after the other, so a change of the machine's state between rounds falls out.

        """);
  }

  private void flows() {
    page.heading(
        "Items that come through",
        """
        Producers put and consumers take in a tight loop, `1+1` one of each; million items per second
        that come out, and each that was put in does. Where there are more virtual threads than cores,
        they make way for each other now and then. Work outside the queue makes all ratios smaller.
        LinkedTransferQueue has no bound: its producers never wait for a place. So that it does not grow
        until it is slow, they look up every %,d items and pause while more than %,d wait. A Disruptor
        calls each of its consumers for every item, so it has one consumer where the others have four.
        """
            .formatted(Flow.BURST, Flow.BACKLOG));
    page.picture(BufferCharts.RATIO, "Items per second relative to ArrayBlockingQueue");
    page.picture(BufferCharts.THROUGHPUT, "Million items per second");
    for (String threads : BufferSuite.THREAD_KINDS) {
      List<Shape> shapes =
          BufferSuite.flows(threads).stream()
              .filter(shape ->
                  BufferSuite.FLOWING.stream()
                      .anyMatch(kind -> !figures.flow(kind, shape).isEmpty()))
              .toList();
      if (!shapes.isEmpty()) {
        page.add("### " + threads + " threads\n\n" + flows(shapes));
      }
    }
  }

  private MarkdownTable flows(List<Shape> shapes) {
    MarkdownTable table =
        table("M items/s", shapes, shape -> shape.threads() + ", capacity " + shape.capacity());
    for (PassageKind kind : BufferSuite.FLOWING) {
      table.rowUnlessEmpty(kind.label(), cells(shapes, shape -> median(figures.flow(kind, shape))));
    }
    for (PassageKind peer : BufferSuite.FLOWING) {
      if (peer != PassageKind.BUFFER) {
        table.rowUnlessEmpty(
            "**× " + peer.label() + "**",
            cells(shapes, shape -> bold(figures.flowRatio(PassageKind.BUFFER, peer, shape))));
      }
    }
    return table;
  }

  private void batches() {
    List<Shape> shapes = BufferSuite.THREAD_KINDS.stream().map(BufferSuite::batches).toList();
    MarkdownTable table = table("M items/s", shapes, Shape::kind);
    for (PassageKind kind : BufferSuite.BATCHING) {
      table.rowUnlessEmpty(kind.label(), cells(shapes, shape -> median(figures.flow(kind, shape))));
    }
    table.rowUnlessEmpty(
        "**× " + PassageKind.ARRAY.label() + "**",
        cells(
            shapes,
            shape -> bold(figures.flowRatio(PassageKind.BUFFER, PassageKind.ARRAY, shape))));
    page.section(
        "Batches",
        """
        One producer, and one consumer that takes up to 64 items at once, with capacity 1,024: by
        `take` and `drainTo`, or by our `takeBatch`, which makes a new list each time.
        """,
        table);
  }

  private void fanOut() {
    List<Shape> shapes = List.of(BufferSuite.FAN_OUT);
    MarkdownTable table = table("M items/s", shapes, Shape::words);
    for (PassageKind kind : BufferSuite.TAKING) {
      table.rowUnlessEmpty(kind.label(), cells(shapes, shape -> median(figures.flow(kind, shape))));
    }
    table.rowUnlessEmpty(
        "**× " + PassageKind.ARRAY.label() + "**",
        cells(
            shapes,
            shape -> bold(figures.flowRatio(PassageKind.BUFFER, PassageKind.ARRAY, shape))));
    page.section("One producer, eight consumers", "", table);
  }

  private void pingPong() {
    MarkdownTable table = table("ns per round trip", BufferSuite.THREAD_KINDS, kind -> kind);
    for (PassageKind kind : BufferSuite.TAKING) {
      table.rowUnlessEmpty(
          kind.label(),
          cells(
              BufferSuite.THREAD_KINDS,
              threads -> {
                double trips = BufferFigures.median(figures.pingPong(kind, threads));
                return Figures.format(1000 / trips);
              }));
    }
    table.rowUnlessEmpty(
        "**ArrayBlockingQueue takes × as long**",
        cells(
            BufferSuite.THREAD_KINDS,
            threads ->
                bold(figures.pingPongRatio(PassageKind.BUFFER, PassageKind.ARRAY, threads))));
    page.section(
        "Ping-pong",
        """
        Two threads pass an item to and fro through two queues of capacity 1 and each time wait for each
        other. Who sleeps meanwhile has to be woken, which takes some 20 µs on the other core.
        """,
        table);
  }

  private void uncontended() {
    MarkdownTable table = new MarkdownTable(List.of("one thread", "ns", "bytes allocated"));
    for (PassageKind kind : BufferSuite.TAKING) {
      Score score = figures.uncontended(kind);
      if (score != null) {
        double bytes = score.secondary().getOrDefault("gc.alloc.rate.norm", Double.NaN);
        table.row(
            List.of(
                kind.label(),
                Figures.format(1000 / score.mean()),
                String.format(Locale.ROOT, "%.1f", Math.abs(bytes) < 0.05 ? 0 : bytes)));
      }
    }
    page.section("One thread, nobody else", "Putting one item and taking it, by JMH.\n", table);
  }

  private void resting() {
    MarkdownTable table =
        new MarkdownTable(
            List.of("", "threads", "1,000 items/s, % of a core", "on its way, µs", "idle, %"));
    for (String threads : BufferSuite.THREAD_KINDS) {
      for (PassageKind kind : BufferSuite.RESTING) {
        List<String> cells =
            Stream.of(
                    BufferFigures.median(figures.trickle(kind, threads, "percent")),
                    BufferFigures.median(figures.trickle(kind, threads, "medianMicros")),
                    BufferFigures.median(figures.idle(kind, threads)))
                .map(Figures::format)
                .toList();
        if (cells.stream().anyMatch(cell -> !cell.equals("–"))) {
          List<String> row = new ArrayList<>(List.of(kind.label(), threads));
          row.addAll(cells);
          table.row(row);
        }
      }
    }
    page.section(
        "When little happens",
        """
        A producer that puts one item each millisecond and a consumer that waits for it: the processor
        time of the process, most of which is two threads that sleep and wake, and how long an item is
        on its way (median). Then %d consumers that wait for nothing.
        """
            .formatted(Idle.TAKERS),
        table);
  }

  private void stats() {
    MarkdownTable table =
        new MarkdownTable(List.of("1+1, capacity 1024", "relative to nobody looking"));
    for (String threads : BufferSuite.THREAD_KINDS) {
      Ratio ratio = figures.stats(threads);
      if (ratio != null) {
        table.row(List.of(threads, String.format(Locale.ROOT, "%.3f", ratio.median())));
      }
    }
    page.section(
        "What the statistics cost",
        """
        Items per second while somebody calls `stats()` every 100 ms. Slices of 200 ms with and without
        alternate within one process; the median of their ratios.
        """,
        table);
  }

  /** Every case in which another one was faster. */
  private void losses() {
    MarkdownTable table = new MarkdownTable(List.of("what", "against", "ratio", "why"));
    BufferLosses.of(figures)
        .forEach(loss ->
            table.row(List.of(loss.what(), loss.peer(), loss.ratio().toString(), loss.why())));
    page.heading("Where it loses", "Every case in which another one gets more done:\n");
    page.add(table.isEmpty() ? "none in this run.\n\n" : table.toString());
  }

  private void repeat() {
    page.heading(
        "To repeat it",
        """
        `mvn -Pbench verify` measures all of this, `-Dbench.args="quick include=^buffer/"` in
        shorter rounds, `-Dbench.args="quick include=buffer/flow/.*1024"` the cases whose name
        matches. `buffer.json` is JMH's own file, `buffer-run.json` has the rest; both have every
        round.
        """);
  }

  private static <T> MarkdownTable table(String first, List<T> columns, Function<T, String> name) {
    List<String> header = new ArrayList<>(List.of(first));
    columns.forEach(column -> header.add(name.apply(column)));
    return new MarkdownTable(header);
  }

  private static <T> List<String> cells(List<T> columns, Function<T, String> cell) {
    return columns.stream().map(cell).toList();
  }

  private static String median(List<Double> rounds) {
    return Figures.format(BufferFigures.median(rounds));
  }

  private static String bold(@Nullable Ratio ratio) {
    return ratio == null ? "–" : "**" + ratio + "**";
  }
}
