// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.context;

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
import org.jspecify.annotations.Nullable;

/** The page about the context's speed. */
final class ContextReport {
  private static final Map<String, String> LABELS =
      Map.ofEntries(
          Map.entry("context", "Context"),
          Map.entry("contextLater", "Context, a later local"),
          Map.entry("threadLocal", "ThreadLocal"),
          Map.entry("threadLocalDisplaced", "ThreadLocal, displaced"),
          Map.entry("scopedValue", "ScopedValue"),
          Map.entry("openTelemetry", "OpenTelemetry"),
          Map.entry("micrometer", "Micrometer"),
          Map.entry("ttl", "TransmittableThreadLocal"),
          Map.entry("adapter", "MdcBridge"),
          Map.entry("copy", "copying the map"));

  private final ContextFigures figures;
  private final Verdicts verdicts;
  private final ReportPage page = new ReportPage("The context, measured", Map.of());

  ContextReport(ContextFigures figures) {
    this.figures = figures;
    verdicts = new Verdicts(ContextBars.judge(figures));
  }

  /** One line: how many bars are met, and which are not. */
  String summary() {
    return verdicts.summary();
  }

  /** Writes the page; to be called once. */
  String markdown() {
    page.add(RunTable.of(figures.results().run(), "; heap figures only once"));
    page.add(
        """
        Nanoseconds, mean of all rounds ± half of JMH's 99.9 % confidence interval; in bold the time
        relative to the first column, the median of the rounds, with the least and the greatest in
        brackets.

        """);
    verdicts.addTo(page, "Context");
    byValues(
        "Reading a value: `get()`",
        """
        Of constants, on a thread that has nothing else in its table of thread-locals. A scoped value is
        read within bindings of all ten, always. "A later local" is one that was made after the sixteen that have a
        field of their own. "Displaced" is a thread-local whose place in the table was taken by another
        one: which are, depends on the order in which a program made them. It happens to the one thread-local of
        `Context`, and to that of OpenTelemetry, as to any other, and is why some JVMs take longer for all that is below,
        by as much for each time a context is looked up.
        """,
        GetBenchmark.class,
        List.of(
            "threadLocal",
            "context",
            "contextLater",
            "threadLocalDisplaced",
            "scopedValue",
            "openTelemetry",
            "ttl"));
    byValues(
        "A task is wrapped and run where it was wrapped",
        """
        The task does nothing. TransmittableThreadLocal and Micrometer copy each value, and put it
        back; the two contexts find that they are there already.
        """,
        WrapBenchmark.class,
        ContextSuite.CARRIERS);
    byValues(
        "A wrapped task is run where nothing is set",
        """
        As on the thread of a pool.
        """,
        ElsewhereBenchmark.class,
        ContextSuite.CARRIERS);
    handOff();
    once(
        "A task that logs",
        """
        Wrapped where four fields are set, run where none is, and one event that asks for all fields.
        The map is that of SLF4J's `BasicMDCAdapter`.
        """,
        LogBenchmark.class,
        List.of("adapter", "copy"));
    heap();
    page.heading(
        "To repeat it",
        """
        `mvn -Pbench verify -Dbench.args="include=^context/"`. `context.json` is JMH's own file,
        `context-run.json` has the rest; both have every round.
        """);
    return page.toString();
  }

  private void byValues(String title, String words, Class<?> benchmark, List<String> methods) {
    List<String> header = new ArrayList<>(List.of("values"));
    methods.forEach(method -> header.add(LABELS.get(method)));
    MarkdownTable table = new MarkdownTable(header);
    for (int values : ContextSuite.VALUES) {
      table.rowUnlessEmpty(Integer.toString(values), cells(benchmark, methods, values));
    }
    page.section(title, words, table);
  }

  private void once(String title, String words, Class<?> benchmark, List<String> methods) {
    List<String> header = new ArrayList<>(List.of(""));
    methods.forEach(method -> header.add(LABELS.get(method)));
    MarkdownTable table = new MarkdownTable(header);
    table.rowUnlessEmpty("ns", cells(benchmark, methods, ContextFigures.ANY));
    page.section(title, words, table);
  }

  private List<String> cells(Class<?> benchmark, List<String> methods, int values) {
    @Nullable Score base = figures.score(benchmark, methods.get(0), values);
    return methods.stream()
        .map(method -> cell(figures.score(benchmark, method, values), base))
        .toList();
  }

  private static String cell(@Nullable Score score, @Nullable Score base) {
    if (score == null) {
      return "–";
    }
    String figure = String.format(Locale.ROOT, "%.2f ± %.2f", score.mean(), score.error());
    var ratio = base == null || base.equals(score) ? null : ContextFigures.ratio(score, base);
    return ratio == null ? figure : figure + ", **" + ratio + "**";
  }

  private void handOff() {
    MarkdownTable table =
        new MarkdownTable(List.of("", "the pool as it is", "Context.propagating"));
    Ratio ratio = figures.handOff();
    if (ratio != null) {
      table.row(
          List.of(
              "ns",
              inRounds(figures.handOff(HandOff.RAW)),
              inRounds(figures.handOff(HandOff.PROPAGATING)) + ", **" + ratio + "**"));
    }
    page.section(
        "Through a pool",
        """
        Through a pool of one thread, by a thread that has ten values: a thousand tasks one way and a thousand the
        other, in turn, in the same JVM. Each figure is the median of the thousands of a round; given are the least and
        the greatest of the rounds. In JVMs of their own the two ways cannot be told apart: the wrapped pool took 0.71 to
        1.7 times the time of the pool as it is then, in five rounds, as the two threads wait for each other more or less.
        """,
        table);
  }

  private static String inRounds(List<Double> nanos) {
    double least = nanos.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    double greatest = nanos.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    return Figures.format(least) + "–" + Figures.format(greatest);
  }

  private void heap() {
    MarkdownTable table =
        new MarkdownTable(List.of("values", "in one Context", "inherited thread-locals"));
    for (int values : ContextSuite.VALUES) {
      table.rowUnlessEmpty(
          Integer.toString(values),
          List.of(
              bytes(figures.heap(ThreadsInContext.inContext(values))),
              bytes(figures.heap(ThreadsInContext.inherited(values)))));
    }
    page.section(
        "Heap of a hundred thousand virtual threads",
        """
        Bytes for each thread that is alive, more than one that has neither. What a thread in a context
        has is its table of thread-locals, with one entry; the context exists once.
        """,
        table);
  }

  private static String bytes(List<Double> figures) {
    return figures.isEmpty() ? "–" : Figures.format(figures.get(0));
  }
}
