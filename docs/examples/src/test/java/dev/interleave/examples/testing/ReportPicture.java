// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.testing;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Turns the page that a stress report writes into one picture, for where there is no HTML: the
 * table as text, the bars and the interleaving as they are.
 */
final class ReportPicture {
  private static final Pattern TITLE = Pattern.compile("<title>(.*?)</title>");
  private static final Pattern PARAGRAPH = Pattern.compile("<p>(.*?)</p>");
  private static final Pattern ROW =
      Pattern.compile(
          "(?s)<tr><td><code>(.*?)</code></td><td class=\"n\">(.*?)</td><td><svg (.*?</svg>)</td>"
              + "<td class=\"n\">(.*?)</td><td class=\"\\w+\">(\\w+)</td><td>(.*?)</td>");
  private static final Pattern INTERLEAVING =
      Pattern.compile("(?s)<svg (class=\"interleaving\"[^>]* height=\"(\\d+)\".*?</svg>)");

  private static final String STYLE =
      """
      <style>
      text { font: 13px system-ui, sans-serif; fill: #222 }
      text.title { font-size: 18px; font-weight: bold } text.n { text-anchor: end }
      line { stroke: #888; stroke-opacity: .4 } .acts { fill: #888; fill-opacity: .2 }
      circle { fill: #222 } .time { fill: #666 }
      .EXPECTED { fill: #2e8b57 } .INTERESTING { fill: #a87500 } .FORBIDDEN { fill: #c0392b }
      .PERTURBED { fill: #7a5cc4 }
      </style>
      """;

  private static final int WIDTH = 940;
  private static final int MARGIN = 16;
  private static final int LINE = 24;

  private final StringBuilder body = new StringBuilder();
  private int y = MARGIN;

  private ReportPicture(String page) {
    // What went in, what a bar means, how to repeat it, and which round the interleaving is of.
    Iterator<String> paragraphs = all(PARAGRAPH, page, 1).iterator();
    line("title", all(TITLE, page, 1).get(0));
    line("", paragraphs.next());
    y += LINE / 2;
    ROW.matcher(page).results().forEach(this::row);
    y += LINE / 2;
    paragraphs.forEachRemaining(text -> line("", text));
    MatchResult interleaving =
        INTERLEAVING.matcher(page).results().findFirst().orElseThrow(NoSuchElementException::new);
    body.append("<svg x=\"" + MARGIN + "\" y=\"" + y + "\" ").append(interleaving.group(1));
    y += Integer.parseInt(interleaving.group(2)) + MARGIN;
  }

  /** The picture of a report with an interleaving, as SVG. */
  static String of(String page) {
    ReportPicture picture = new ReportPicture(page);
    return """
    <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d">
    %3$s<rect width="%1$d" height="%2$d" fill="#fff"/>
    %4$s</svg>
    """
        .formatted(WIDTH, picture.y, STYLE, picture.body);
  }

  private void row(MatchResult row) {
    text(MARGIN, row.group(5), row.group(1));
    text(170, "n", row.group(2));
    body.append("<svg x=\"190\" y=\"" + (y + 5) + "\" ").append(row.group(3)).append('\n');
    text(430, "n", row.group(4));
    text(450, row.group(5), row.group(5));
    text(560, "", row.group(6));
    y += LINE;
  }

  private void line(String type, String text) {
    text(MARGIN, type, text);
    y += LINE;
  }

  private void text(int x, String type, String text) {
    body.append("<text class=\"%s\" x=\"%d\" y=\"%d\">".formatted(type, x, y + 17));
    body.append(text).append("</text>\n");
  }

  private static List<String> all(Pattern pattern, String text, int group) {
    return pattern.matcher(text).results().map(found -> found.group(group)).toList();
  }
}
