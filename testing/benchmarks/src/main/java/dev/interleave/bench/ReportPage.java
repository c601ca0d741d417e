// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import java.util.Map;

/** The Markdown page of a suite, as it is written from top to bottom. Not thread-safe. */
public final class ReportPage {
  private final Map<String, String> charts;
  private final StringBuilder text = new StringBuilder();

  /**
   * Begins a page with its title, and says how it was made.
   *
   * @param charts the charts that were drawn, by the names of their files
   */
  public ReportPage(String title, Map<String, String> charts) {
    this.charts = charts;
    text.append("# ").append(title).append("\n\nMade by `mvn -Pbench verify`, not by hand.\n\n");
  }

  /** Adds Markdown as it is. */
  public void add(Object markdown) {
    text.append(markdown);
  }

  /** Begins a section; its text is set off from what follows, if there is one. */
  public void heading(String title, String words) {
    text.append("## ").append(title).append("\n\n").append(words);
    text.append(words.isEmpty() ? "" : "\n");
  }

  /** Adds a section, unless its table is empty. */
  public void section(String title, String words, MarkdownTable table) {
    if (!table.isEmpty()) {
      heading(title, words);
      text.append(table);
    }
  }

  /** Shows a chart if it was drawn. */
  public void picture(String file, String description) {
    if (charts.containsKey(file)) {
      text.append("![").append(description).append("](").append(file).append(")\n\n");
    }
  }

  /** The whole page. */
  @Override
  public String toString() {
    return text.toString().stripTrailing() + "\n";
  }
}
