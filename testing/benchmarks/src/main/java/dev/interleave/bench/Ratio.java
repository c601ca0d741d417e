// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One figure relative to another, both measured in the same rounds: what a slow state of the
 * machine does to one it does to the other.
 *
 * @param rounds the quotient in each round that has both, at least one
 * @param inHundredths whether it is told with two digits behind the point, rather than two in all
 */
public record Ratio(List<Double> rounds, boolean inHundredths) {

  /** Told with two digits in all. */
  public Ratio(List<Double> rounds) {
    this(rounds, false);
  }

  /** Of the figures of the same round, or null if no round has both. */
  public static @Nullable Ratio of(List<Double> figures, List<Double> base) {
    List<Double> quotients = new ArrayList<>();
    for (int i = 0; i < Math.min(figures.size(), base.size()); i++) {
      quotients.add(figures.get(i) / base.get(i));
    }
    return quotients.isEmpty() ? null : new Ratio(List.copyOf(quotients));
  }

  /** The same, told with two digits behind the point: for bars that are so close to one. */
  public Ratio toHundredths() {
    return new Ratio(rounds, true);
  }

  /** The one in the middle, or half-way between the two in the middle. */
  public double median() {
    List<Double> sorted = rounds.stream().sorted().toList();
    int n = sorted.size();
    return (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
  }

  /** The median, and from where to where the rounds reach if there are several. */
  @Override
  public String toString() {
    String median = text(median());
    if (rounds.size() == 1) {
      return median;
    }
    double min = rounds.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    double max = rounds.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    return median + " (" + text(min) + "–" + text(max) + ")";
  }

  private String text(double value) {
    return inHundredths ? String.format(Locale.ROOT, "%.2f", value) : Figures.format(value);
  }
}
