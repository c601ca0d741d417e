// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import java.util.List;

/**
 * Bars that answer one question: one or more panels below each other, in each groups of bars, in
 * each group a bar per series.
 *
 * @param title the question's short form
 * @param subtitle how to read it
 * @param axis what is measured, with its unit
 * @param scale of the axis
 * @param series in the order of the values of each group
 * @param panels from top to bottom
 */
public record Chart(
    String title,
    String subtitle,
    String axis,
    Scale scale,
    List<Series> series,
    List<Panel> panels) {

  /**
   * Bars of one colour.
   *
   * @param name in the legend
   * @param colour a number from 0 to 5; the same thing has the same colour in every chart
   */
  public record Series(String name, int colour) {
    /**
     * Checks the colour.
     *
     * @throws IllegalArgumentException if there is no such colour
     */
    public Series {
      if (colour < 0 || colour >= ChartSvg.LIGHT.size()) {
        throw new IllegalArgumentException("no such colour: " + colour);
      }
    }
  }

  /** Of the axis. */
  public enum Scale {
    /** From 0. */
    LINEAR,
    /** Logarithmic; the bars stand on the bottom. */
    LOG,
    /** Logarithmic; the bars stand on, or hang from, the line at 1. */
    RATIO
  }

  /**
   * One diagram.
   *
   * @param title what distinguishes it from the other panels
   * @param groups from left to right
   */
  public record Panel(String title, List<Group> groups) {}

  /**
   * Bars that touch.
   *
   * @param label below; a comma and a space begin a new line
   * @param values one per series, {@link Double#NaN} for none
   */
  public record Group(String label, List<Double> values) {}
}
