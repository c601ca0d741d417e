// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import dev.interleave.bench.Chart.Group;
import dev.interleave.bench.Chart.Panel;
import dev.interleave.bench.Chart.Scale;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** Draws a {@link Chart} as SVG that can be read on light and on dark pages. */
public final class ChartSvg {
  private static final double WIDTH = 860;
  private static final double LEFT = 66;
  private static final double RIGHT = 14;
  private static final double PLOT_HEIGHT = 168;
  private static final double LEGEND_TOP = 72;
  private static final double LEGEND_LINE = 20;
  private static final double LABEL_LINE = 14;

  /** Okabe and Ito's colours, which the colour-blind can tell apart, for light pages. */
  static final List<String> LIGHT =
      List.of("#0072b2", "#8c959f", "#e69f00", "#009e73", "#cc79a7", "#d55e00");

  /** The same, lighter where the page is dark. */
  private static final List<String> DARK =
      List.of("#56b4e9", "#9198a1", "#e69f00", "#1bbd93", "#dd8fbb", "#ee7733");

  private final Chart chart;
  private final StringBuilder svg = new StringBuilder();

  private ChartSvg(Chart chart) {
    this.chart = chart;
  }

  /**
   * The text of an SVG file.
   *
   * @throws IllegalArgumentException if a panel has nothing to draw
   */
  public static String draw(Chart chart) {
    return new ChartSvg(chart).draw();
  }

  private String draw() {
    double top = legend();
    for (Panel panel : chart.panels()) {
      top = panel(panel, top);
    }
    String text = chart.title() + ". " + chart.subtitle();
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" role="img" aria-label="%s">
    <style>
    text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
    .title { font-size: 17px; font-weight: 600; }
    .panel { font-size: 13px; font-weight: 600; }
    .value { font-size: 10px; }
    .m { text-anchor: middle; }
    .e { text-anchor: end; }
    %s@media (prefers-color-scheme: dark) {
    %s}
    </style>
    <rect class="page" width="100%%" height="100%%"/>
    """
            .formatted(
                number(WIDTH),
                number(top),
                escape(text),
                colours("#ffffff", "#1f2328", "#d1d9e0", "#59636e", LIGHT),
                colours("#0d1117", "#f0f6fc", "#3d444d", "#9198a1", DARK))
        + svg
        + "</svg>\n";
  }

  private static String colours(
      String page, String text, String grid, String line, List<String> series) {
    StringBuilder css = new StringBuilder();
    css.append(".page { fill: ").append(page).append("; }\n");
    css.append("text { fill: ").append(text).append("; }\n");
    css.append(".grid { stroke: ").append(grid).append("; }\n");
    css.append(".line { stroke: ").append(line).append("; stroke-width: 1.5; }\n");
    for (int i = 0; i < series.size(); i++) {
      css.append(".s").append(i).append(" { fill: ").append(series.get(i)).append("; }\n");
    }
    return css.toString();
  }

  /** The head of the page; returns where the panels begin. */
  private double legend() {
    text("title", LEFT, 28, chart.title());
    text("", LEFT, 48, chart.subtitle());
    double x = LEFT;
    double y = LEGEND_TOP;
    for (int i = 0; i < chart.series().size(); i++) {
      String name = chart.series().get(i).name();
      double width = 34 + 6.8 * name.length();
      if (x + width > WIDTH - RIGHT) {
        x = LEFT;
        y += LEGEND_LINE;
      }
      rectangle(colour(i), x, y - 10, 12, 12);
      text("", x + 18, y, name);
      x += width;
    }
    return y + 16;
  }

  private double panel(Panel panel, double top) {
    double plotTop = top + 26;
    double bottom = plotTop + PLOT_HEIGHT;
    text("panel", LEFT, top + 16, panel.title());
    Axis axis = Axis.over(panel, chart.scale(), plotTop, bottom);
    for (double tick : axis.ticks()) {
      double y = axis.y(tick);
      horizontal("grid", y);
      String label = Figures.exact(tick) + (chart.scale() == Scale.RATIO ? "×" : "");
      text("value e", LEFT - 6, y + 3.5, label);
    }
    double middle = (plotTop + bottom) / 2;
    svg.append(
        "<text class=\"m\" transform=\"translate(14 %s) rotate(-90)\">%s</text>\n"
            .formatted(number(middle), escape(chart.axis())));
    double groupWidth = (WIDTH - LEFT - RIGHT) / panel.groups().size();
    int lines = 1;
    for (int g = 0; g < panel.groups().size(); g++) {
      Group group = panel.groups().get(g);
      double left = LEFT + g * groupWidth;
      bars(group, axis, left, groupWidth);
      String[] label = group.label().split(", ", -1);
      for (int i = 0; i < label.length; i++) {
        text("m", left + groupWidth / 2, bottom + 16 + i * LABEL_LINE, label[i]);
      }
      lines = Math.max(lines, label.length);
    }
    horizontal("line", axis.y(axis.foot()));
    return bottom + 22 + lines * LABEL_LINE;
  }

  private void bars(Group group, Axis axis, double left, double groupWidth) {
    int n = group.values().size();
    double barWidth = Math.min(groupWidth * 0.86 / n, 64);
    double start = left + (groupWidth - n * barWidth) / 2;
    for (int i = 0; i < n; i++) {
      double value = group.values().get(i);
      if (Double.isNaN(value)) {
        continue;
      }
      double x = start + i * barWidth;
      double y = axis.y(value);
      double foot = axis.y(axis.foot());
      rectangle(colour(i), x + 0.5, Math.min(y, foot), barWidth - 1, Math.abs(foot - y));
      double labelY = y <= foot ? y - 3 : y + 10;
      text("value m", x + barWidth / 2, labelY, Figures.format(value));
    }
  }

  private String colour(int series) {
    return "s" + chart.series().get(series).colour();
  }

  private void horizontal(String cssClass, double y) {
    svg.append(
        "<line class=\"%s\" x1=\"%s\" x2=\"%s\" y1=\"%s\" y2=\"%s\"/>\n"
            .formatted(cssClass, number(LEFT), number(WIDTH - RIGHT), number(y), number(y)));
  }

  private void rectangle(String cssClass, double x, double y, double width, double height) {
    svg.append(
        "<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"/>\n"
            .formatted(cssClass, number(x), number(y), number(width), number(height)));
  }

  private void text(String cssClass, double x, double y, String text) {
    svg.append(
        "<text class=\"%s\" x=\"%s\" y=\"%s\">%s</text>\n"
            .formatted(cssClass, number(x), number(y), escape(text)));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value).replace(".0", "");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** From a figure to its height on the page. */
  private record Axis(
      boolean log, double low, double high, double foot, double top, double bottom) {

    static Axis over(Panel panel, Scale scale, double top, double bottom) {
      double[] values =
          panel.groups().stream()
              .flatMap(group -> group.values().stream())
              .mapToDouble(Double::doubleValue)
              .filter(value -> !Double.isNaN(value))
              .toArray();
      double min = DoubleStream.of(values).min().orElseThrow(() -> nothing(panel));
      double max = DoubleStream.of(values).max().orElseThrow(() -> nothing(panel));
      return switch (scale) {
        case LINEAR -> new Axis(false, 0, max <= 0 ? 1 : max * 1.1, 0, top, bottom);
        case LOG -> new Axis(true, min / 2, max * 1.6, min / 2, top, bottom);
        case RATIO ->
            new Axis(true, Math.min(min, 1) / 1.7, Math.max(max, 1) * 1.7, 1, top, bottom);
      };
    }

    private static IllegalArgumentException nothing(Panel panel) {
      return new IllegalArgumentException("nothing to draw in " + panel.title());
    }

    double y(double value) {
      double part =
          log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
      return bottom - part * (bottom - top);
    }

    List<Double> ticks() {
      List<Double> ticks = new ArrayList<>();
      if (log) {
        boolean wide = high / low > 300;
        for (int e = (int) Math.floor(Math.log10(low)); Math.pow(10, e) <= high; e++) {
          for (int digit : wide ? new int[] {1} : new int[] {1, 2, 5}) {
            double tick = digit * Math.pow(10, e);
            if (tick >= low && tick <= high) {
              ticks.add(tick);
            }
          }
        }
      } else {
        double step = Math.pow(10, Math.floor(Math.log10(high / 2)));
        while (high / step > 6) {
          step *= high / step > 12 ? 5 : 2;
        }
        for (double tick = 0; tick <= high; tick += step) {
          ticks.add(tick);
        }
      }
      return ticks;
    }
  }
}
