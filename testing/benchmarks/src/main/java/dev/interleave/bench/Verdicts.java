// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * What became of all the bars of a suite.
 *
 * @param all in the order in which they are shown
 */
public record Verdicts(List<Verdict> all) {
  /** Copies the list. */
  public Verdicts {
    all = List.copyOf(all);
  }

  /** One line: how many bars are met, and which are not. */
  public String summary() {
    List<String> missed = new ArrayList<>();
    int judged = 0;
    for (Verdict v : all) {
      if (v.met() != null) {
        judged++;
        if (!v.met()) {
          missed.add(v.question() + " (" + v.threads() + "): " + v.measured() + ", bar " + v.bar());
        }
      }
    }
    String met = (judged - missed.size()) + " of " + judged + " bars met";
    return missed.isEmpty() ? met + "." : met + "; missed: " + String.join("; ", missed) + ".";
  }

  /**
   * Adds the table of all bars to a page, and the summary below it.
   *
   * @param first the head of the first column
   */
  public void addTo(ReportPage page, String first) {
    MarkdownTable table = new MarkdownTable(List.of(first, "threads", "bar", "measured", ""));
    for (Verdict v : all) {
      table.row(List.of(v.question(), v.threads(), v.bar(), v.measured(), v.word()));
    }
    page.heading("What it is meant to reach", "");
    page.add(table);
    page.add(summary() + "\n\n");
  }
}
