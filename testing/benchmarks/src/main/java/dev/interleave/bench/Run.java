// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import java.util.List;
import java.util.Map;

/**
 * What JMH's file does not hold of a run.
 *
 * @param machine where
 * @param jmh JMH's version
 * @param quick whether it was a quick run
 * @param timing of JMH's iterations
 * @param calibrations one per round
 * @param disturbed which measurements others disturbed
 * @param programs what the programs measured
 */
public record Run(
    Machine machine,
    String jmh,
    boolean quick,
    Settings.Timing timing,
    List<Calibration> calibrations,
    List<Disturbed> disturbed,
    List<Program> programs) {

  /**
   * A measurement during which others took much of the processor.
   *
   * @param id of its case
   * @param round from 0 on
   * @param disturbance how much
   */
  public record Disturbed(String id, int round, Disturbance disturbance) {}

  /**
   * One run of a program.
   *
   * @param id of its {@link ProgramCase}
   * @param round from 0 on
   * @param figures by name
   */
  public record Program(String id, int round, Map<String, Double> figures) {}
}
