// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Benchmarks that are reported together. */
public interface Suite {
  /** Begins the names of its files. */
  String name();

  /** What to measure by JMH, in this order: cases to be compared stand next to each other. */
  List<JmhCase> jmhCases(Settings settings);

  /** What to measure by programs of its own. */
  List<ProgramCase> programCases(Settings settings);

  /**
   * Writes tables and plots.
   *
   * @param results what was measured; parts may be missing, because only a selection was run
   * @param out an existing folder
   */
  void report(Results results, Path out) throws IOException;
}
