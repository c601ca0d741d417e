// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples;

import static dev.interleave.examples.SourceText.escaped;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The tour as one HTML page that needs nothing else. */
final class TourPage {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH);

  private static final String STYLE =
      """
      :root {
        color-scheme: light dark;
        --page: #f6f7f9; --card: #ffffff; --line: #dde1e7; --text: #1c2230; --soft: #5a6475;
        --code: #f1f3f6; --good: #17803d; --good-back: #e3f5e9; --bad: #b3261e;
        --bad-back: #fdeceb; --link: #2456c9; --key: #8a2ca0; --str: #176b46; --com: #6b7484;
        --ann: #8a5a00;
      }
      @media (prefers-color-scheme: dark) {
        :root {
          --page: #12151b; --card: #1a1f28; --line: #2d3441; --text: #e4e8ef; --soft: #9aa5b7;
          --code: #141820; --good: #5fd38a; --good-back: #163323; --bad: #ff8a80;
          --bad-back: #3a1b1a; --link: #8ab0ff; --key: #d59be6; --str: #86d3a8; --com: #8b95a6;
          --ann: #e0b25c;
        }
      }
      * { box-sizing: border-box; }
      body {
        margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 58rem; background: var(--page);
        color: var(--text); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif;
      }
      h1 { margin: 0; font-size: 1.9rem; letter-spacing: -0.02em; }
      h2 { margin: 0; font-size: 1.1rem; overflow-wrap: anywhere; }
      h2, pre, code { font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; }
      p { margin: 0.6rem 0; }
      .soft { color: var(--soft); }
      .sum {
        margin: 1.25rem 0; padding: 0.7rem 1rem; border-radius: 8px; font-weight: 600;
        background: var(--good-back); color: var(--good);
      }
      .sum.bad { background: var(--bad-back); color: var(--bad); }
      .table { overflow-x: auto; }
      table { width: 100%; border-collapse: collapse; margin-bottom: 2rem; font-size: 0.93rem; }
      td { padding: 0.45rem 0.9rem 0.45rem 0; border-bottom: 1px solid var(--line); }
      td { vertical-align: top; }
      td:last-child { padding-right: 0; text-align: right; white-space: nowrap; }
      a { color: var(--link); text-decoration: none; }
      a:hover { text-decoration: underline; }
      article {
        margin: 1.25rem 0; padding: 1.1rem 1.35rem; border: 1px solid var(--line);
        border-radius: 10px; background: var(--card); scroll-margin-top: 1rem;
      }
      header.of { display: flex; gap: 0.6rem; align-items: baseline; }
      header.of h2 { flex: 1; }
      .mark { font-weight: 700; color: var(--good); }
      .bad .mark, .bad .result { color: var(--bad); }
      pre {
        margin: 0.8rem 0; padding: 0.8rem 1rem; border-radius: 8px; background: var(--code);
        font-size: 0.82rem; line-height: 1.5; overflow-x: auto; tab-size: 2;
      }
      pre.output { white-space: normal; }
      pre.output span {
        display: block; min-height: 1.5em; padding-left: 2ch; text-indent: -2ch;
        white-space: pre-wrap; overflow-wrap: anywhere;
      }
      pre.failure { color: var(--bad); background: var(--bad-back); max-height: 30rem; }
      .result { font-weight: 600; color: var(--good); }
      summary { cursor: pointer; color: var(--link); font-size: 0.93rem; }
      .keyword { color: var(--key); }
      .string { color: var(--str); }
      .comment { color: var(--com); font-style: italic; }
      .annotation { color: var(--ann); }
      @media (max-width: 40rem) { td:nth-child(3) { display: none; } }
      """;

  private final List<Outcome> outcomes;
  private final Duration took;
  private final StringBuilder html = new StringBuilder();

  TourPage(List<Outcome> outcomes, Duration took) {
    this.outcomes = outcomes;
    this.took = took;
  }

  void write(Path file) throws IOException {
    head();
    contents();
    for (Outcome outcome : outcomes) {
      example(outcome);
    }
    html.append("</body>\n</html>\n");
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.writeString(file, html);
  }

  private void head() {
    long failed = outcomes.stream().filter(outcome -> !outcome.passed()).count();
    String sum =
        failed == 0
            ? "✓ All %d examples passed, in %s".formatted(outcomes.size(), Outcome.inShort(took))
            : "✗ %d of %d examples failed".formatted(failed, outcomes.size());
    html.append(
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Interleave: the tour</title>
        <style>
        %s</style>
        </head>
        <body>
        <h1>Interleave: the tour</h1>
        <p class="soft">Each example ran on this machine and checked what it shows. %s, Java %s, \
        %s, %d processors.</p>
        <p class="sum%s">%s</p>
        """
            .formatted(
                STYLE,
                TIME.format(ZonedDateTime.now(ZoneOffset.UTC)),
                escaped(System.getProperty("java.version")),
                escaped(System.getProperty("os.name") + " " + System.getProperty("os.arch")),
                Runtime.getRuntime().availableProcessors(),
                failed == 0 ? "" : " bad",
                sum));
  }

  private void contents() {
    html.append("<div class=\"table\"><table>\n");
    for (Outcome outcome : outcomes) {
      String name = escaped(outcome.example().name());
      html.append(
          """
          <tr%s><td class="mark">%s</td><td><a href="#%s"><code>%s</code></a></td><td>%s</td>\
          <td class="soft">%s</td></tr>
          """
              .formatted(
                  outcome.passed() ? "" : " class=\"bad\"",
                  mark(outcome),
                  name,
                  name,
                  escaped(outcome.inOneLine()),
                  Outcome.inShort(outcome.took())));
    }
    html.append("</table></div>\n");
  }

  private void example(Outcome outcome) throws IOException {
    String name = escaped(outcome.example().name());
    html.append(
        """
        <article id="%s"%s>
        <header class="of"><span class="mark">%s</span><h2>%s</h2><span class="soft">%s</span>\
        </header>
        <p>%s</p>
        """
            .formatted(
                name,
                outcome.passed() ? "" : " class=\"bad\"",
                mark(outcome),
                name,
                Outcome.inShort(outcome.took()),
                escaped(outcome.example().shows())));
    if (!outcome.output().isEmpty()) {
      html.append("<pre class=\"output\">");
      outcome
          .output()
          .lines()
          .forEach(line -> html.append("<span>").append(escaped(line)).append("</span>\n"));
      html.append("</pre>\n");
    }
    html.append("<p class=\"result\">").append(escaped(outcome.inOneLine())).append("</p>\n");
    if (!outcome.passed()) {
      html.append("<pre class=\"failure\">").append(escaped(outcome.trace())).append("</pre>\n");
    }
    for (Class<?> type : outcome.example().sources()) {
      Optional<String> source = SourceText.of(type);
      source.ifPresent(java -> source(type, java));
    }
    html.append("</article>\n");
  }

  private void source(Class<?> type, String java) {
    html.append(
        "<details><summary>%s.java, %d lines</summary><pre>%s</pre></details>\n"
            .formatted(
                escaped(type.getSimpleName()), java.lines().count(), SourceText.highlighted(java)));
  }

  private static String mark(Outcome outcome) {
    return outcome.passed() ? "✓" : "✗";
  }
}
