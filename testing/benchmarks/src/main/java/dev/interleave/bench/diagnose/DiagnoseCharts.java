// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.diagnose;

import dev.interleave.bench.Chart;
import dev.interleave.bench.Chart.Group;
import dev.interleave.bench.Chart.Panel;
import dev.interleave.bench.Chart.Scale;
import dev.interleave.bench.Chart.Series;
import dev.interleave.bench.ChartSvg;
import dev.interleave.bench.Score;
import dev.interleave.bench.ThreadSetting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The plots, one per question; a question that nothing was measured for has none. */
final class DiagnoseCharts {
  static final String NESTED = "diagnose-nested.svg";
  static final String CONTENDED = "diagnose-contended.svg";
  static final String ABBA = "diagnose-abba.svg";

  private final DiagnoseFigures figures;

  DiagnoseCharts(DiagnoseFigures figures) {
    this.figures = figures;
  }

  /** File name to SVG. */
  Map<String, String> draw() {
    Map<String, String> drawn = new LinkedHashMap<>();
    put(drawn, NESTED, nested());
    put(drawn, CONTENDED, contended());
    put(drawn, ABBA, abba());
    return drawn;
  }

  private static void put(Map<String, String> drawn, String file, Chart chart) {
    if (!chart.panels().isEmpty()) {
      drawn.put(file, ChartSvg.draw(chart));
    }
  }

  private Chart nested() {
    List<Group> groups = new ArrayList<>();
    for (String depth : DiagnoseSuite.DEPTHS) {
      groups.add(
          new Group(
              DiagnoseBars.label(depth),
              DiagnoseSuite.NESTED.stream()
                  .map(kind -> mean(figures.nested(kind, depth)))
                  .toList()));
    }
    return new Chart(
        "Nobody else there",
        "Acquire and release all of them, one thread; down is faster",
        "ns",
        Scale.LINEAR,
        series(DiagnoseSuite.NESTED),
        panels("1 platform thread", groups));
  }

  private Chart contended() {
    List<Group> groups = new ArrayList<>();
    for (ThreadSetting threads : DiagnoseSuite.CROWDS) {
      groups.add(
          new Group(
              threads.words(),
              DiagnoseSuite.CONTENDED.stream()
                  .map(kind -> mean(figures.contended(kind, threads)))
                  .toList()));
    }
    return new Chart(
        "Many threads, one lock",
        "Increments of a plain field under one lock, in a tight loop; up is faster",
        "million operations / s",
        Scale.LINEAR,
        series(DiagnoseSuite.CONTENDED),
        panels("Throughput of all threads together", groups));
  }

  private Chart abba() {
    List<Panel> panels = new ArrayList<>();
    for (String threads : DiagnoseSuite.THREAD_KINDS) {
      List<Group> groups = new ArrayList<>();
      for (MutexKind kind : DiagnoseSuite.DETECTORS) {
        groups.add(
            new Group(
                kind.label(),
                List.of(
                    figures.abba(kind, threads, "oneRefused"),
                    figures.abba(kind, threads, "bothRefused"),
                    figures.abba(kind, threads, "deadlocked"))));
      }
      panels.addAll(panels("2 " + threads + " threads", groups));
    }
    return new Chart(
        "Two threads ask for each other's lock at the same moment",
        "New locks in each of %d rounds; how the rounds ended".formatted(FirstAbba.ROUNDS),
        "rounds",
        Scale.LINEAR,
        List.of(
            new Series("one refused, both end", 0),
            new Series("both refused", 4),
            new Series("deadlocked", 2)),
        panels);
  }

  private static double mean(@Nullable Score score) {
    return score == null ? Double.NaN : score.mean();
  }

  /** Without groups that have no figure; none if no group is left. */
  private static List<Panel> panels(String title, List<Group> groups) {
    List<Group> filled =
        groups.stream()
            .filter(group -> group.values().stream().anyMatch(value -> !value.isNaN()))
            .toList();
    return filled.isEmpty() ? List.of() : List.of(new Panel(title, filled));
  }

  /** Each kind keeps its colour. */
  private static List<Series> series(List<MutexKind> kinds) {
    return kinds.stream()
        .map(kind -> new Series(kind.label(), DiagnoseSuite.NESTED.indexOf(kind)))
        .toList();
  }
}
