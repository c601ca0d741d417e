// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.internal.linear;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Draws calls over time, from left to right: a row for each thread with the calls written into it
 * or, if that gets too wide, a row for each call. Only the order of beginnings and ends counts.
 */
public final class TimeDiagram {
  private static final String INDENT = "  ";

  private final List<Bar> bars;
  private final int[] events;
  private final int nameWidth;

  /**
   * A call.
   *
   * @param thread the thread
   * @param label what to write into it
   * @param start when it began
   * @param end when it ended, or {@link Timeline#NEVER}
   */
  public record Bar(String thread, String label, int start, int end) {
    boolean ends() {
      return end != Timeline.NEVER;
    }
  }

  /** Prepares a drawing of some calls, at least one. */
  public TimeDiagram(List<Bar> bars) {
    this.bars = List.copyOf(bars);
    TreeSet<Integer> times = new TreeSet<>();
    for (Bar bar : bars) {
      times.add(bar.start);
      if (bar.ends()) {
        times.add(bar.end);
      }
    }
    this.events = times.stream().mapToInt(time -> time).toArray();
    this.nameWidth = bars.stream().mapToInt(bar -> bar.thread.length()).max().orElse(0);
  }

  /** Returns the lines of the drawing, each at most so wide if that is possible. */
  public List<String> draw(int width) {
    List<String> lines = rowPerThread();
    return lines.stream().allMatch(line -> line.length() <= width) ? lines : rowPerCall();
  }

  private List<String> rowPerThread() {
    int[] columns = columnsForLabels();
    int right = columns[columns.length - 1];
    for (Bar bar : bars) {
      right = Math.max(right, columns[event(bar.start)] + bar.label.length() + 2);
    }
    Map<String, StringBuilder> rows = new LinkedHashMap<>();
    for (Bar bar : bars) {
      StringBuilder row =
          rows.computeIfAbsent(bar.thread, thread -> new StringBuilder(pad(thread) + INDENT));
      int from = columns[event(bar.start)];
      int to = bar.ends() ? columns[event(bar.end)] : right;
      row.append(" ".repeat(nameWidth + 2 * INDENT.length() + from - row.length()));
      row.append("|-").append(bar.label).append("-".repeat(to - from - 2 - bar.label.length()));
      row.append(bar.ends() ? "|" : "");
    }
    return rows.values().stream().map(StringBuilder::toString).toList();
  }

  private int[] columnsForLabels() {
    int[] columns = new int[events.length];
    for (int i = 1; i < events.length; i++) {
      columns[i] = columns[i - 1] + 2;
      for (Bar bar : bars) {
        if (bar.end == events[i]) {
          columns[i] = Math.max(columns[i], columns[event(bar.start)] + bar.label.length() + 3);
        }
      }
    }
    return columns;
  }

  private List<String> rowPerCall() {
    int labelWidth = bars.stream().mapToInt(bar -> bar.label.length()).max().orElse(0);
    List<String> lines = new ArrayList<>();
    for (Bar bar : bars) {
      int from = event(bar.start);
      int to = bar.ends() ? event(bar.end) : events.length;
      lines.add(
          pad(bar.thread)
              + INDENT
              + bar.label
              + " ".repeat(labelWidth - bar.label.length() + INDENT.length() + from)
              + "|"
              + "-".repeat(to - from - 1)
              + (bar.ends() ? "|" : ""));
    }
    return lines;
  }

  private String pad(String thread) {
    return INDENT + thread + " ".repeat(nameWidth - thread.length());
  }

  private int event(int time) {
    return Arrays.binarySearch(events, time);
  }
}
