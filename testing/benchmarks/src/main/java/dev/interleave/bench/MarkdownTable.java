// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A table in Markdown: the first column flush left, the others flush right. */
public final class MarkdownTable {
  private final int columns;
  private final List<String> lines = new ArrayList<>();

  /** With these words at the top. */
  public MarkdownTable(List<String> header) {
    columns = header.size();
    row(header);
    lines.add("|---|" + "--:|".repeat(columns - 1));
  }

  /**
   * Adds a row.
   *
   * @throws IllegalArgumentException if it has more or fewer cells than the header
   */
  public void row(List<String> cells) {
    if (cells.size() != columns) {
      throw new IllegalArgumentException(
          "a row of " + cells.size() + " cells in a table of " + columns + ": " + cells);
    }
    lines.add(
        cells.stream()
            .map(cell -> cell.replace("|", "\\|"))
            .collect(Collectors.joining(" | ", "| ", " |")));
  }

  /** Adds a row, unless there is nothing in it but dashes. */
  public void rowUnlessEmpty(String first, List<String> cells) {
    if (cells.stream().anyMatch(cell -> !cell.equals("–"))) {
      List<String> row = new ArrayList<>(List.of(first));
      row.addAll(cells);
      row(row);
    }
  }

  /** Whether nothing stands below the header. */
  public boolean isEmpty() {
    return lines.size() == 2;
  }

  /** The Markdown, with an empty line after it. */
  @Override
  public String toString() {
    return String.join("\n", lines) + "\n\n";
  }
}
