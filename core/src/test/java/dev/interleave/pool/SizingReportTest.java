// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class SizingReportTest {
  private static SizingReport.Level level(int size, double rate, double error, double failures) {
    return new SizingReport.Level(
        size, rate, error, 1_000_000, 2_000_000, 3_000_000, failures, 1.5, null);
  }

  private static SizingReport of(SizingReport.Level... levels) {
    return SizingReport.of(List.of(levels), 5, 5, Long.MAX_VALUE);
  }

  /** The throughput of G42: 100 and 200 do as much as 50, and cost more. */
  @Test
  void theSmallestWithinItsErrorOfTheBest() {
    SizingReport report =
        of(
            level(1, 19.6, 0.5, 0),
            level(5, 97.6, 2, 0),
            level(10, 193.8, 4, 0),
            level(20, 322.5, 9, 0),
            level(50, 737.4, 15, 0),
            level(100, 740, 15, 0),
            level(200, 731, 15, 0));
    assertThat(report.recommended()).hasValue(50);
    assertThat(report.conclusive()).isTrue();
    assertThat(report.reason())
        .isEqualTo("50 comes within its error of the best, which is 100 with 740.0 tasks/s");
    assertThat(report.toString())
        .contains(
            "      5         97.6      2.0        1.00     1.000     2.000     3.000       0.0     "
                + "   1.50\n")
        .endsWith("recommended: " + report.reason());
  }

  /** F-11: 1 for each that doubles; and F-28: not of another size if the first one is missing. */
  @Test
  void efficiencyIsOfTheFirstSize() {
    SizingReport report = of(level(2, 100, 1, 0), level(4, 150, 1, 0), level(8, 100, 1, 0));
    assertThat(report.efficiency(2)).isEqualTo(1);
    assertThat(report.efficiency(4)).isEqualTo(0.75);
    assertThat(report.efficiency(8)).isEqualTo(0.25);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> report.efficiency(3))
        .withMessage("size was not measured: 3");
    assertThat(of(level(1, 0, 0, 1)).efficiency(1)).isNaN();
  }

  /** G42: one noisy run decided between levels that are nearly equal. */
  @Test
  void whatIsNoisyIsNotConclusive() {
    SizingReport report = of(level(1, 100, 80, 0), level(2, 120, 50, 0));
    assertThat(report.recommended()).hasValue(1);
    assertThat(report.conclusive()).isFalse();
    assertThat(report.reason()).endsWith("; not conclusive: measure longer");
  }

  /** G42: who refuses most is fast, and was the best unless its rate of failures was looked at. */
  @Test
  void whoFailsMoreIsNotFast() {
    SizingReport report = of(level(1, 100, 1, 0.01), level(2, 190, 1, 0.02), level(4, 900, 1, 0.3));
    assertThat(report.recommended()).hasValue(2);
    assertThat(report.reason())
        .isEqualTo("2 does most, and no smaller one comes within its error of it");
  }

  @Test
  void missingRoundsAreSaid() {
    SizingReport report = SizingReport.of(List.of(level(1, 100, 1, 0)), 3, 5, Long.MAX_VALUE);
    assertThat(report.recommended()).hasValue(1);
    assertThat(report.conclusive()).isFalse();
    assertThat(report.reason()).contains("(only 3 of 5 rounds)");
  }

  /** With an infinite error the smallest size would always reach the best. */
  @Test
  void aSingleRoundRecommendsNothing() {
    double unknown = Double.POSITIVE_INFINITY;
    SizingReport report =
        SizingReport.of(
            List.of(level(1, 100, unknown, 0), level(2, 200, unknown, 0)), 1, 5, Long.MAX_VALUE);
    assertThat(report.recommended()).isEmpty();
    assertThat(report.reason())
        .isEqualTo("a single round says nothing about its error (only 1 of 5 rounds)");
  }

  /** G42: latency did not count. */
  @Test
  void whatTakesTooLongIsLeftOut() {
    List<SizingReport.Level> levels =
        List.of(
            new SizingReport.Level(1, 100, 1, 1_000, 2_000, 3_000, 0, 1, null),
            new SizingReport.Level(2, 190, 1, 1_000, 2_000, 4_000, 0, 1, null),
            new SizingReport.Level(4, 300, 1, 1_000, 2_000, 4_001, 0, 1, null));
    assertThat(SizingReport.of(levels, 5, 5, 4_000).recommended()).hasValue(2);
    assertThat(SizingReport.of(levels, 5, 5, 4_001).recommended()).hasValue(4);
    SizingReport none = SizingReport.of(levels, 5, 5, 2_999);
    assertThat(none.recommended()).isEmpty();
    assertThat(none.reason()).isEqualTo("no size keeps the 99th percentile at 0.003 ms");
  }

  /** G42: division by zero where nothing was done. */
  @Test
  void nothingDone() {
    assertThat(of(level(1, 0, 0, 1)).recommended()).isEmpty();
    assertThat(of().recommended()).isEmpty();
  }

  @Test
  void confidenceIsStudents() {
    double[] values = {10, 12, 14};
    assertThat(Confidence.mean(values)).isEqualTo(12);
    assertThat(Confidence.error(values)).isCloseTo(4.303 * 2 / Math.sqrt(3), within(1e-9));
    assertThat(Confidence.error(new double[] {10})).isInfinite();
    assertThat(Confidence.mean(new double[0])).isNaN();
    assertThat(Confidence.error(new double[40])).isZero();
  }
}
