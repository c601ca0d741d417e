// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A report as text. */
final class ReportText {
  private ReportText() {}

  static String of(Diagnosis.Report report) {
    StringBuilder out = new StringBuilder();
    int count = report.blocked().size();
    out.append(count).append(count == 1 ? " call is blocked" : " calls are blocked");
    for (Deadlock deadlock : report.deadlocks()) {
      out.append("\n\n").append(deadlock);
    }
    if (!report.jvmDeadlocks().isEmpty()) {
      out.append("\n\nThe JVM finds deadlocked:");
      report.jvmDeadlocks().forEach(line -> out.append("\n  ").append(line));
    }
    if (count > 0) {
      out.append("\n\nWho waits, the longest first");
      for (Blocked blocked : report.blocked()) {
        out.append("\n  ").append(blocked);
        for (StackTraceElement frame : blocked.stack()) {
          out.append("\n    at ").append(frame);
        }
      }
      appendHolds(report, out);
    }
    return out.append('\n').toString();
  }

  /** Of what somebody waits for, who holds what. */
  private static void appendHolds(Diagnosis.Report report, StringBuilder out) {
    Map<String, List<String>> holds = new LinkedHashMap<>();
    for (Blocked blocked : report.blocked()) {
      for (Owner owner : blocked.owners().list()) {
        List<String> of =
            holds.computeIfAbsent(
                Owner.describe(owner.threadName(), owner.threadId(), owner.virtual())
                    + (owner.hasEnded() ? ", which has ended" : ""),
                key -> new ArrayList<>());
        String hold =
            blocked.kind()
                + ' '
                + blocked.resource()
                + " ("
                + owner.mode()
                + (owner.holds() > 1 ? " ×" + owner.holds() + ")" : ")");
        if (!of.contains(hold)) {
          of.add(hold);
        }
      }
    }
    if (!holds.isEmpty()) {
      out.append("\n\nWho holds what others wait for");
      holds.forEach((who, what) ->
          out.append("\n  ").append(who).append(": ").append(String.join(", ", what)));
    }
  }
}
