// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;

/** Lines over time, as SVG in a page that has the colours {@code c0} to {@code c2}. */
final class LineChart {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 190;
  private static final int LEFT = 64;
  private static final int RIGHT = 12;
  private static final int TOP = 12;
  private static final int BOTTOM = 26;

  /**
   * One line.
   *
   * @param name in the legend
   * @param values one for each moment, not negative
   */
  record Line(String name, List<Double> values) {
    Line {
      values = List.copyOf(values);
    }
  }

  private final String title;
  private final List<Double> seconds;
  private final List<Line> lines;
  private final double top;
  private final double from;
  private final double span;

  /**
   * Makes a chart.
   *
   * @param title with the unit
   * @param seconds the moments, at least one, in order
   * @param lines at most three
   */
  LineChart(String title, List<Double> seconds, List<Line> lines) {
    this.title = title;
    this.seconds = List.copyOf(seconds);
    this.lines = List.copyOf(lines);
    from = seconds.get(0);
    span = Math.max(1e-9, seconds.get(seconds.size() - 1) - from);
    top =
        roundUp(
            lines.stream()
                .flatMap(line -> line.values().stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0));
  }

  /** The next of 1, 2 and 5 times a power of ten. */
  static double roundUp(double value) {
    if (value <= 1) {
      return 1;
    }
    double power = Math.pow(10, Math.floor(Math.log10(value)));
    for (int factor : new int[] {1, 2, 5}) {
      if (value <= factor * power) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  /** The figure with its title and its legend. */
  void appendTo(Markup page) {
    page.raw("<figure>\n<figcaption>").text(title).raw("</figcaption>\n<p class=\"legend\">");
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      page.raw("<span class=\"k" + i + "\"></span>").text(line.name()).raw(" ");
      page.text(figure(line.values().get(line.values().size() - 1))).raw(" &emsp;");
    }
    page.raw("</p>\n<svg viewBox=\"0 0 " + WIDTH + ' ' + HEIGHT + "\" role=\"img\"><title>");
    page.text(title).raw("</title>\n");
    grid(page);
    for (int i = 0; i < lines.size(); i++) {
      line(page, i, lines.get(i));
    }
    page.raw("</svg>\n</figure>\n");
  }

  private void grid(Markup page) {
    for (int i = 0; i <= 2; i++) {
      double value = top * i / 2;
      double y = y(value);
      page.raw(
          String.format(
              Locale.ROOT, "<path class=\"grid\" d=\"M%d %.1fH%d\"/>", LEFT, y, WIDTH - RIGHT));
      page.raw(
          String.format(
              Locale.ROOT, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">", LEFT - 6, y + 4));
      page.text(figure(value)).raw("</text>\n");
    }
    for (int i = 0; i <= 4; i++) {
      double second = from + span * i / 4;
      page.raw(
          String.format(
              Locale.ROOT,
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">",
              x(second),
              HEIGHT - 8));
      page.text(figure(second)).raw(" s</text>\n");
    }
  }

  private void line(Markup page, int colour, Line line) {
    StringBuilder path = new StringBuilder("M");
    for (int i = 0; i < seconds.size(); i++) {
      String point = String.format(Locale.ROOT, "%.1f %.1f", x(seconds.get(i)), y(line, i));
      path.append(i == 0 ? "" : "L").append(point);
    }
    if (seconds.size() == 1) {
      path.append("h1"); // or it would not be seen
    }
    page.raw("<path class=\"line c" + colour + "\" d=\"" + path + "\"/>\n");
  }

  private double y(Line line, int at) {
    return y(line.values().get(at));
  }

  private double x(double second) {
    return LEFT + (second - from) / span * (WIDTH - LEFT - RIGHT);
  }

  private double y(double value) {
    return TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM);
  }

  /** Three digits, or all before the point. */
  static String figure(double value) {
    if (value >= 100) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return BigDecimal.valueOf(value).round(new MathContext(3)).stripTrailingZeros().toPlainString();
  }
}
