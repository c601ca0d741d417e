// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** A report as a Mermaid flow chart. */
final class ReportMermaid {
  private final StringBuilder nodes = new StringBuilder();
  private final Set<String> edges = new LinkedHashSet<>();
  private final Set<String> threads = new HashSet<>();
  private final Map<String, String> resources = new LinkedHashMap<>();

  private ReportMermaid() {}

  static String of(Diagnosis.Report report) {
    ReportMermaid chart = new ReportMermaid();
    report.blocked().forEach(chart::add);
    report.deadlocks().forEach(deadlock -> deadlock.threads().forEach(chart::add));
    return chart.draw(report);
  }

  private void add(Blocked blocked) {
    String waiter = thread(blocked.threadName(), blocked.threadId(), blocked.virtual());
    String resource = resource(blocked);
    String timed = blocked.exit() == Wait.Exit.TIMEOUT ? ", timed" : "";
    edges.add(waiter + " -->|" + label(blocked.wants() + timed) + "| " + resource);
    String some = blocked.owners().need() == Owners.Need.ANY ? "any: " : "";
    for (Owner owner : blocked.owners().list()) {
      String holder = thread(owner.threadName(), owner.threadId(), owner.virtual());
      edges.add(resource + " -.->|" + label(some + owner.mode()) + "| " + holder);
    }
  }

  private String thread(String name, long id, boolean virtual) {
    String node = "t" + id;
    if (threads.add(node)) {
      String what = (virtual ? "virtual " : "") + (name.isEmpty() ? "#" : name + " #") + id;
      nodes.append("  ").append(node).append('(').append(label(what)).append(")\n");
    }
    return node;
  }

  /** Resources with the same name and kind are drawn as one. */
  private String resource(Blocked blocked) {
    String what = blocked.kind() + ' ' + blocked.resource();
    String known = resources.get(what);
    if (known != null) {
      return known;
    }
    String node = "r" + resources.size();
    resources.put(what, node);
    nodes.append("  ").append(node).append('[').append(label(what)).append("]\n");
    return node;
  }

  private String draw(Diagnosis.Report report) {
    StringBuilder out = new StringBuilder("flowchart LR\n").append(nodes);
    edges.forEach(edge -> out.append("  ").append(edge).append('\n'));
    Set<String> dead = new LinkedHashSet<>();
    for (Deadlock deadlock : report.deadlocks()) {
      deadlock.threads().forEach(blocked -> dead.add("t" + blocked.threadId()));
    }
    if (!dead.isEmpty()) {
      out.append("  classDef dead stroke:#c00,stroke-width:3px\n");
      out.append("  class ").append(String.join(",", dead)).append(" dead\n");
    }
    return out.toString();
  }

  /** Quoted; what would end the quotation or mean something within it is written as an entity. */
  private static String label(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '#' || c == '&' || c == '<' || c == '>' || c == '`' || c < ' ') {
        out.append('#').append((int) c).append(';');
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
