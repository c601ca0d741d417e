// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import java.util.List;
import java.util.function.BiConsumer;

/**
 * A report as JSON (RFC 8259), on one line. Times are nanoseconds; what is not known is {@code
 * null}.
 */
final class ReportJson {
  private final StringBuilder out = new StringBuilder();

  private ReportJson() {}

  static String of(Diagnosis.Report report) {
    ReportJson json = new ReportJson();
    json.report(report);
    return json.out.toString();
  }

  private void report(Diagnosis.Report report) {
    out.append("{\"blocked\":");
    array(report.blocked(), ReportJson::blocked);
    out.append(",\"deadlocks\":");
    array(report.deadlocks(), ReportJson::deadlock);
    out.append(",\"jvm\":");
    array(report.jvmDeadlocks(), ReportJson::string);
    out.append('}');
  }

  private void deadlock(Deadlock deadlock) {
    out.append("{\"threads\":");
    array(deadlock.threads(), ReportJson::blocked);
    out.append(",\"behind\":");
    array(deadlock.behind(), ReportJson::blocked);
    out.append('}');
  }

  private void blocked(Blocked blocked) {
    out.append("{\"thread\":");
    thread(blocked.threadName(), blocked.threadId(), blocked.virtual());
    out.append(",\"resource\":");
    string(blocked.resource());
    out.append(",\"kind\":");
    string(blocked.kind());
    out.append(",\"wants\":");
    string(blocked.wants());
    out.append(",\"timed\":").append(blocked.exit() == Wait.Exit.TIMEOUT);
    out.append(",\"waitedNanos\":").append(blocked.waited().toNanos());
    out.append(",\"need\":\"").append(blocked.owners().need()).append("\",\"owners\":");
    array(blocked.owners().list(), ReportJson::owner);
    out.append(",\"stack\":");
    array(blocked.stack(), (json, frame) -> json.string(frame.toString()));
    out.append('}');
  }

  private void owner(Owner owner) {
    out.append("{\"thread\":");
    thread(owner.threadName(), owner.threadId(), owner.virtual());
    out.append(",\"mode\":");
    string(owner.mode());
    out.append(",\"holds\":").append(owner.holds());
    out.append(",\"ended\":").append(owner.hasEnded());
    out.append(",\"heldNanos\":");
    out.append(owner.heldNanos() < 0 ? "null" : Long.toString(owner.heldNanos()));
    out.append(",\"site\":");
    Throwable site = owner.site();
    if (site == null) {
      out.append("null");
    } else {
      array(List.of(site.getStackTrace()), (json, frame) -> json.string(frame.toString()));
    }
    out.append('}');
  }

  private void thread(String name, long id, boolean virtual) {
    out.append("{\"name\":");
    string(name);
    out.append(",\"id\":").append(id).append(",\"virtual\":").append(virtual).append('}');
  }

  private <T> void array(List<T> elements, BiConsumer<ReportJson, T> write) {
    out.append('[');
    String separator = "";
    for (T element : elements) {
      out.append(separator);
      write.accept(this, element);
      separator = ",";
    }
    out.append(']');
  }

  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c)) {
        out.append(String.format("\\u%04x", (int) c)); // a lone surrogate is no character
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
