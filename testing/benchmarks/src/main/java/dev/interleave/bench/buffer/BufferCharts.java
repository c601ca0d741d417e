// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.buffer;

import dev.interleave.bench.Chart;
import dev.interleave.bench.Chart.Group;
import dev.interleave.bench.Chart.Panel;
import dev.interleave.bench.Chart.Scale;
import dev.interleave.bench.Chart.Series;
import dev.interleave.bench.ChartSvg;
import dev.interleave.bench.Ratio;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The plots; a question that nothing was measured for has none. */
final class BufferCharts {
  static final String RATIO = "buffer-ratio.svg";
  static final String THROUGHPUT = "buffer-throughput.svg";

  private final BufferFigures figures;

  BufferCharts(BufferFigures figures) {
    this.figures = figures;
  }

  /** File name to SVG. */
  Map<String, String> draw() {
    List<PassageKind> compared =
        BufferSuite.FLOWING.stream().filter(kind -> kind != PassageKind.ARRAY).toList();
    Map<String, String> drawn = new LinkedHashMap<>();
    put(
        drawn,
        RATIO,
        new Chart(
            "Items per second relative to ArrayBlockingQueue",
            "Producers and consumers in a tight loop; up is faster, logarithmic",
            "times",
            Scale.RATIO,
            series(compared),
            panels(
                compared,
                (kind, shape) -> {
                  Ratio ratio = figures.flowRatio(kind, PassageKind.ARRAY, shape);
                  return ratio == null ? Double.NaN : ratio.median();
                })));
    put(
        drawn,
        THROUGHPUT,
        new Chart(
            "Items that come through",
            "Producers and consumers in a tight loop; up is faster, logarithmic",
            "million items / s",
            Scale.LOG,
            series(BufferSuite.FLOWING),
            panels(
                BufferSuite.FLOWING,
                (kind, shape) -> BufferFigures.median(figures.flow(kind, shape)))));
    return drawn;
  }

  private static void put(Map<String, String> drawn, String file, Chart chart) {
    if (!chart.panels().isEmpty()) {
      drawn.put(file, ChartSvg.draw(chart));
    }
  }

  private interface Figure {
    double of(PassageKind kind, Shape shape);
  }

  private static List<Panel> panels(List<PassageKind> kinds, Figure figure) {
    List<Panel> panels = new ArrayList<>();
    for (String threads : BufferSuite.THREAD_KINDS) {
      List<Group> groups = new ArrayList<>();
      for (Shape shape : BufferSuite.flows(threads)) {
        List<Double> values =
            kinds.stream()
                .map(kind -> figure.of(kind, shape))
                .map(value -> value > 0 ? value : Double.NaN) // nothing has no logarithm
                .toList();
        if (values.stream().anyMatch(value -> !value.isNaN())) {
          groups.add(new Group(shape.threads() + ", capacity " + shape.capacity(), values));
        }
      }
      if (!groups.isEmpty()) {
        panels.add(new Panel(threads + " threads", groups));
      }
    }
    return panels;
  }

  /** Each kind keeps its colour, whichever kinds are drawn. */
  private static List<Series> series(List<PassageKind> kinds) {
    return kinds.stream()
        .map(kind -> new Series(kind.label(), BufferSuite.FLOWING.indexOf(kind)))
        .toList();
  }
}
