// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Where and how a run was measured, as a table. */
public final class RunTable {
  private RunTable() {}

  /**
   * The table in Markdown.
   *
   * @param exception what does not take part in every round, beginning with a semicolon; or nothing
   */
  public static String of(Run run, String exception) {
    Machine machine = run.machine();
    Settings.Timing timing = run.timing();
    MarkdownTable table = new MarkdownTable(List.of("measured", "on"));
    table.row(List.of("processor", machine.processor() + ", " + machine.cores() + " cores"));
    table.row(List.of("system", machine.system()));
    table.row(List.of("JDK", machine.jdk()));
    table.row(List.of("JVM flags", String.join(" ", Settings.JVM_ARGUMENTS)));
    table.row(List.of("JMH", run.jmh()));
    table.row(List.of("date", machine.date()));
    table.row(List.of("commit", machine.commit()));
    table.row(
        List.of(
            "forks",
            run.calibrations().size()
                + " rounds, in each a fork of every case, one after the other"
                + exception
                + (run.quick() ? " (a quick run)" : "")));
    table.row(
        List.of(
            "iterations per fork",
            "%d × %d ms warm-up, %d × %d ms measured"
                .formatted(
                    timing.warmups(),
                    timing.warmupMillis(),
                    timing.measurements(),
                    timing.measurementMillis())));
    int round = 0;
    for (Calibration c : run.calibrations()) {
      table.row(List.of("state in round " + ++round, c.toString()));
    }
    table.row(List.of("disturbed by others", disturbed(run)));
    return table.toString();
  }

  private static String disturbed(Run run) {
    if (run.disturbed().isEmpty()) {
      return "no measurement";
    }
    Map<String, Long> ids =
        run.disturbed().stream()
            .collect(
                Collectors.groupingBy(
                    Run.Disturbed::id, LinkedHashMap::new, Collectors.counting()));
    return "a tenth of a core and more taken during "
        + ids.entrySet().stream()
            .map(e -> e.getKey() + (e.getValue() == 1 ? "" : " (" + e.getValue() + " rounds)"))
            .collect(Collectors.joining(", "));
  }
}
