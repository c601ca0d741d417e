// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.pool;

import dev.interleave.bench.Chart;
import dev.interleave.bench.Chart.Group;
import dev.interleave.bench.Chart.Panel;
import dev.interleave.bench.Chart.Scale;
import dev.interleave.bench.Chart.Series;
import dev.interleave.bench.ChartSvg;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The plots; a question that nothing was measured for has none. */
final class PoolCharts {
  static final String THROUGHPUT = "pool-throughput.svg";

  private final PoolFigures figures;

  PoolCharts(PoolFigures figures) {
    this.figures = figures;
  }

  /** File name to SVG. */
  Map<String, String> draw() {
    Map<String, String> drawn = new LinkedHashMap<>();
    List<Panel> panels = new ArrayList<>();
    for (int work : PoolSuite.LOADS.stream().mapToInt(Load::workNanos).distinct().toArray()) {
      List<Load> loads = PoolSuite.LOADS.stream().filter(load -> load.workNanos() == work).toList();
      List<Group> groups = groups(loads);
      if (!groups.isEmpty()) {
        panels.add(new Panel(loads.get(0).tasks(), groups));
      }
    }
    if (!panels.isEmpty()) {
      List<Series> series =
          PoolSuite.KINDS.stream()
              .map(kind -> new Series(kind.label(), PoolSuite.KINDS.indexOf(kind)))
              .toList();
      drawn.put(
          THROUGHPUT,
          ChartSvg.draw(
              new Chart(
                  "Tasks that are run",
                  "Workers + producers, which submit in a tight loop; up is faster",
                  "million tasks / s",
                  Scale.LINEAR,
                  series,
                  panels)));
    }
    return drawn;
  }

  private List<Group> groups(List<Load> loads) {
    List<Group> groups = new ArrayList<>();
    for (Load load : loads) {
      List<Double> values =
          PoolSuite.KINDS.stream()
              .map(kind -> PoolFigures.median(figures.flow(kind, load)))
              .toList();
      if (values.stream().anyMatch(value -> !value.isNaN())) {
        groups.add(new Group(load.threads(), values));
      }
    }
    return groups;
  }
}
