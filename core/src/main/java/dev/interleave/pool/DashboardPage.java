// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.pool.LineChart.Line;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The page of a {@link PoolDashboard}: figures, charts, and what runs. */
final class DashboardPage {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: #1b1f24; --soft: #6a737d; --rule: #d8dee4;
        --paper: #fff; --c0: #2f6fde; --c1: #d9730d; --c2: #8a94a0 }
      @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9198a1; --rule: #30363d;
        --paper: #0d1117; --c0: #6ea8fe; --c1: #f0a35e; --c2: #7d8590 } }
      body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper);
        max-width: 1360px; margin: 1.5rem auto; padding: 0 1rem }
      h1 { font-size: 1.4rem; margin: 0 } h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem }
      .when, .legend { color: var(--soft); margin: .2rem 0 }
      dl { display: flex; flex-wrap: wrap; gap: .4rem 2rem; margin: 1rem 0 }
      dt { color: var(--soft); font-size: .85rem } dd { margin: 0; font-size: 1.15rem }
      .bad dd { color: var(--c1); font-weight: 600 }
      .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(420px, 1fr)); gap: 1rem }
      figure { margin: 0 } figcaption { font-weight: 600 } svg { width: 100%; height: auto }
      svg text { font: 11px system-ui, sans-serif; fill: var(--soft) }
      .grid { stroke: var(--rule) } .line { fill: none; stroke-width: 1.6 }
      .c0 { stroke: var(--c0) } .c1 { stroke: var(--c1) }
      .c2 { stroke: var(--c2); stroke-dasharray: 4 3 }
      .legend span { display: inline-block; width: 1.1em; height: 3px; margin: 0 .4em .25em 0 }
      .k0 { background: var(--c0) } .k1 { background: var(--c1) } .k2 { background: var(--c2) }
      table { border-collapse: collapse; width: 100% }
      th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--rule);
        vertical-align: top } th { color: var(--soft); font-weight: 500 }
      td.n { text-align: right; white-space: nowrap } pre { margin: .3rem 0; font-size: 12px;
        overflow-x: auto }
      """;

  private final PoolStats stats;
  private final List<PoolSample> samples;
  private final List<InFlight> running;
  private final Instant when;
  private final Markup page = new Markup();

  DashboardPage(PoolStats stats, List<PoolSample> samples, List<InFlight> running, Instant when) {
    this.stats = stats;
    this.samples = List.copyOf(samples);
    this.running = List.copyOf(running);
    this.when = when.truncatedTo(ChronoUnit.SECONDS);
  }

  /** To be called once. */
  String html() {
    page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.raw("<meta name=\"viewport\" content=\"width=device-width\">\n");
    page.element("title", "Pool " + stats.name());
    page.raw("<style>\n" + STYLE + "</style>\n</head>\n<body>\n");
    page.element("h1", "Pool " + stats.name());
    page.raw("<p class=\"when\">");
    page.text(when + (stats.shutdown() ? ", shut down; " : "; "));
    page.text(samples.size() == 1 ? "1 sample" : samples.size() + " samples").raw("</p>\n");
    figures();
    charts();
    inFlight();
    page.raw("</body>\n</html>\n");
    return page.toString();
  }

  private void figures() {
    page.raw("<dl>\n");
    figure("threads", stats.live() + " of " + stats.min() + " to " + stats.max(), false);
    figure("peak", number(stats.peak()), false);
    figure("active", number(stats.active()), false);
    figure("queued", number(stats.queued()), false);
    figure("submitted", number(stats.submitted()), false);
    figure("completed", number(stats.completed()), false);
    figure("failed", stats.failed());
    figure("cancelled", number(stats.cancelled()), false);
    figure("timed out", stats.timedOut());
    figure("discarded", stats.discarded());
    figure("rejected", stats.rejected().total());
    figure("starvations", stats.starvations());
    figure("stuck", stats.stuck());
    page.raw("</dl>\n");
  }

  private void figure(String name, long unwanted) {
    figure(name, number(unwanted), unwanted > 0);
  }

  private void figure(String name, String value, boolean bad) {
    page.raw(bad ? "<div class=\"bad\"><dt>" : "<div><dt>").text(name);
    page.raw("</dt><dd>").text(value).raw("</dd></div>\n");
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private void charts() {
    page.raw("<div class=\"charts\">\n");
    chart(
        "Threads",
        line("active", PoolSample::active),
        line("live", PoolSample::live),
        line("at most", PoolSample::max));
    chart("Tasks that wait", line("queued", PoolSample::queued));
    chart(
        "Tasks each second",
        line("ended", PoolSample::endedPerSecond),
        line("failed or late", PoolSample::failedPerSecond),
        line("rejected", PoolSample::rejectedPerSecond));
    chart(
        "How long tasks waited, µs",
        line("half of them at most", sample -> sample.waitMicros().p50()),
        line("99 of 100 at most", sample -> sample.waitMicros().p99()));
    chart(
        "How long tasks ran, µs",
        line("half of them at most", sample -> sample.runMicros().p50()),
        line("99 of 100 at most", sample -> sample.runMicros().p99()));
    page.raw("</div>\n");
  }

  private Line line(String name, ToDoubleFunction<PoolSample> value) {
    return new Line(name, samples.stream().mapToDouble(value).boxed().toList());
  }

  private void chart(String title, Line... lines) {
    List<Double> seconds = samples.stream().map(PoolSample::seconds).toList();
    new LineChart(title, seconds, List.of(lines)).appendTo(page);
  }

  private void inFlight() {
    page.element("h2", running.isEmpty() ? "Nothing runs" : "What runs");
    if (running.isEmpty()) {
      return;
    }
    page.raw("<table>\n<tr><th>task</th><th>thread</th><th>for</th><th>where</th></tr>\n");
    for (InFlight task : running) {
      page.raw("<tr>").element("td", task.task()).element("td", task.thread());
      page.raw("<td class=\"n\">").text(age(task.age())).raw("</td>\n<td>");
      where(task.stack());
      page.raw("</td></tr>\n");
    }
    page.raw("</table>\n");
  }

  private static String age(Duration age) {
    return age.isZero() ? "–" : String.format(Locale.ROOT, "%,.3f s", age.toNanos() / 1e9);
  }

  private void where(List<StackTraceElement> stack) {
    if (stack.isEmpty()) {
      return;
    }
    page.raw("<details><summary>").text(stack.get(0).toString()).raw("</summary>\n<pre>");
    for (StackTraceElement frame : stack) {
      page.text(frame + "\n");
    }
    page.raw("</pre></details>");
  }
}
