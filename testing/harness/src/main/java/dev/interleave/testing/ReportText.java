// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import dev.interleave.testing.StressReport.Hang;
import dev.interleave.testing.StressReport.Kind;
import dev.interleave.testing.StressReport.Outcome;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes a stress report as text. */
final class ReportText {
  private static final List<String> HEAD =
      List.of("outcome", "count", "share", "kind", "meaning", "first perturbed round");
  private static final List<Integer> RIGHT_ALIGNED = List.of(1, 2, 5);

  /** Frames of an exception; the rest is the harness's own, and is in the cause of the failure. */
  private static final int STACK_LINES = 12;

  private final StressReport report;
  private final StringBuilder text = new StringBuilder(1000);

  ReportText(StressReport report) {
    this.report = report;
    line("Stress of " + report.name() + ": " + report.verdict());
    line("actors " + String.join(", ", report.actors()) + "; " + report.facts());
    line("");
    table();
    if (!report.holds()) {
      line("");
      line(report.howToRepeat());
    }
    report.seenForbidden().forEach(this::details);
    if (report.hang() != null) {
      hang(report.hang());
    }
  }

  @Override
  public String toString() {
    return text.toString();
  }

  private void line(String line) {
    text.append(line).append(System.lineSeparator());
  }

  private void table() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEAD);
    report.outcomes().forEach(outcome -> rows.add(row(outcome)));
    if (report.hang() != null) {
      rows.add(List.of("HUNG", "1", "", Kind.FORBIDDEN.toString(), "a round did not end", ""));
    }
    int[] widths = new int[HEAD.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String padding = " ".repeat(widths[i] - row.get(i).length());
        boolean right = RIGHT_ALIGNED.contains(i);
        line.append("  ").append(right ? padding + row.get(i) : row.get(i) + padding);
      }
      line(line.toString().stripTrailing());
    }
  }

  private List<String> row(Outcome outcome) {
    return List.of(
        oneLine(outcome.value()),
        String.format(Locale.ROOT, "%,d", outcome.count()),
        share(report, outcome),
        outcome.kind().toString(),
        oneLine(outcome.description()),
        outcome.perturbedRound().isPresent()
            ? String.valueOf(outcome.perturbedRound().getAsLong())
            : "");
  }

  static String share(StressReport report, Outcome outcome) {
    double share = 100.0 * outcome.count() / Math.max(report.rounds(), 1);
    if (share > 0 && share < 0.001) {
      return "< 0.001 %";
    }
    return String.format(Locale.ROOT, "%.3f %%", share);
  }

  static String oneLine(@Nullable Object value) {
    return String.valueOf(value).replaceAll("\\R", " ");
  }

  private void details(Outcome outcome) {
    Throwable failure = outcome.failure();
    if (failure != null) {
      line("");
      line("Thrown where the outcome was " + oneLine(outcome.value()) + ":");
      stackOf(failure).lines().limit(STACK_LINES).forEach(this::line);
    }
    if (outcome.interleaving() != null) {
      line("");
      line("How the outcome came to be " + oneLine(outcome.value()) + ":");
      diagram(outcome.interleaving());
    }
  }

  private void diagram(Interleaving interleaving) {
    line("(perturbed round " + interleaving.round() + ")");
    line(interleaving.toString());
  }

  private void hang(Hang hang) {
    line("");
    line("Nothing moved for " + hang.after().toMillis() + " ms. " + whoHangs(hang));
    hang.actors().forEach(this::line);
    if (hang.interleaving() != null) {
      line("");
      line("What happened before:");
      diagram(hang.interleaving());
    }
    if (hang.diagnosis() != null) {
      line("");
      line("Interleave's diagnosis:");
      line(hang.diagnosis());
    }
    line("");
    line("All threads:");
    line(hang.threads());
  }

  static String whoHangs(Hang hang) {
    String who = "Stuck: " + String.join(", ", hang.stuck()) + ". ";
    return who
        + (hang.abandoned().isEmpty()
            ? "All ended when interrupted."
            : "Not to be ended by an interrupt, left behind: "
                + String.join(", ", hang.abandoned())
                + ".");
  }

  static String stackOf(Throwable failure) {
    StringWriter stack = new StringWriter();
    failure.printStackTrace(new PrintWriter(stack));
    return stack.toString();
  }
}
