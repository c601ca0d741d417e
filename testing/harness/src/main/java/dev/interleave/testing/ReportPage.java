// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import dev.interleave.testing.StressReport.Hang;
import dev.interleave.testing.StressReport.Kind;
import dev.interleave.testing.StressReport.Outcome;
import dev.interleave.testing.internal.Html;
import java.util.Locale;

/** Writes a stress report as one HTML page, with styles and pictures in it. */
final class ReportPage {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; --line: #8886; --good: #2e8b57; --odd: #c98a00; --bad: #c0392b; --pert: #7a5cc4 }
      body { font: 15px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 2rem auto; padding: 0 1rem }
      table { border-collapse: collapse; width: 100% }
      th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top }
      td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
      pre { overflow: auto; padding: .8rem; border: 1px solid var(--line); font-size: 13px }
      code { font-size: 13px; overflow-wrap: anywhere }
      .EXPECTED { color: var(--good); fill: var(--good) } .INTERESTING { color: var(--odd); fill: var(--odd) }
      .FORBIDDEN { color: var(--bad); fill: var(--bad) }
      svg { max-width: 100%; height: auto } svg text { font: 13px system-ui, sans-serif; fill: currentColor }
      svg .time { font-variant-numeric: tabular-nums; opacity: .7 } svg line { stroke: var(--line) }
      svg .acts { fill: #8883 } svg .SYNC { fill: currentColor } svg .PERTURBED { fill: var(--pert) }
      """;

  private static final int BAR = 160;

  private final StressReport report;
  private final Html page = new Html();

  ReportPage(StressReport report) {
    this.report = report;
    String title = "Stress of " + report.name() + ": " + report.verdict();
    page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .raw("<meta name=\"viewport\" content=\"width=device-width\">\n")
        .element("title", title)
        .raw("<style>\n" + STYLE + "</style>\n</head>\n<body>\n");
    page.raw("<h1>").text("Stress of " + report.name() + ": ");
    page.raw("<span class=\"" + (report.holds() ? Kind.EXPECTED : Kind.FORBIDDEN) + "\">");
    page.text(report.verdict()).raw("</span></h1>\n");
    page.element("p", "Actors " + String.join(", ", report.actors()) + "; " + report.facts() + ".");
    histogram();
    if (!report.holds()) {
      page.element("p", report.howToRepeat());
    }
    report.outcomes().forEach(this::details);
    if (report.hang() != null) {
      hang(report.hang());
    }
    page.raw("</body>\n</html>\n");
  }

  @Override
  public String toString() {
    return page.toString();
  }

  private void histogram() {
    page.raw("<table>\n<tr><th>outcome</th><th>count</th><th></th><th>share</th><th>kind</th>");
    page.raw("<th>meaning</th></tr>\n");
    long most = report.outcomes().stream().mapToLong(Outcome::count).max().orElse(0);
    for (Outcome outcome : report.outcomes()) {
      page.raw("<tr><td>").raw("<code>").text(String.valueOf(outcome.value())).raw("</code></td>");
      page.raw("<td class=\"n\">").text(String.format(Locale.ROOT, "%,d", outcome.count()));
      page.raw("</td><td>").raw(bar(outcome, most)).raw("</td><td class=\"n\">");
      page.text(ReportText.share(report, outcome)).raw("</td>");
      page.raw("<td class=\"" + outcome.kind() + "\">").text(outcome.kind().toString());
      page.raw("</td>").element("td", outcome.description()).raw("</tr>\n");
    }
    if (report.hang() != null) {
      page.raw("<tr><td><code>HUNG</code></td><td class=\"n\">1</td><td></td><td></td>");
      page.raw("<td class=\"FORBIDDEN\">FORBIDDEN</td><td>a round did not end</td></tr>\n");
    }
    page.raw("</table>\n");
    page.element("p", "The length of a bar is the logarithm of its count.");
  }

  /** A forbidden outcome may be one in a million: on a linear scale it would not be seen. */
  private static String bar(Outcome outcome, long most) {
    double width =
        BAR * Math.log1p((double) outcome.count()) / Math.log1p((double) Math.max(most, 1));
    return String.format(
        Locale.ROOT,
        "<svg width=\"%1$d\" height=\"14\" viewBox=\"0 0 %1$d 14\" role=\"img\""
            + " aria-label=\"%2$d\"><rect class=\"%3$s\" width=\"%4$.1f\" height=\"14\"/></svg>",
        BAR,
        outcome.count(),
        outcome.kind(),
        width);
  }

  private void details(Outcome outcome) {
    if (outcome.kind() == Kind.EXPECTED || outcome.count() == 0) {
      return;
    }
    page.raw("<h2 class=\"" + outcome.kind() + "\">");
    page.text("Outcome " + outcome.value() + ": " + outcome.description()).raw("</h2>\n");
    if (outcome.failure() != null) {
      page.element("pre", ReportText.stackOf(outcome.failure()));
    }
    if (outcome.interleaving() == null) {
      page.element("p", "Seen in bare rounds only, which are not recorded.");
    } else {
      diagram(outcome.interleaving());
    }
  }

  private void diagram(Interleaving interleaving) {
    page.element("p", "Perturbed round " + interleaving.round() + ", microseconds:");
    page.raw(new InterleavingChart(interleaving).toString());
  }

  private void hang(Hang hang) {
    page.raw("<h2 class=\"FORBIDDEN\">Hung</h2>\n");
    page.element(
        "p", "Nothing moved for " + hang.after().toMillis() + " ms. " + ReportText.whoHangs(hang));
    page.element("pre", String.join("\n", hang.actors()));
    if (hang.interleaving() != null) {
      diagram(hang.interleaving());
    }
    if (hang.diagnosis() != null) {
      page.element("h2", "Interleave's diagnosis").element("pre", hang.diagnosis());
    }
    page.raw("<details><summary>All threads</summary>").element("pre", hang.threads());
    page.raw("</details>\n");
  }
}
