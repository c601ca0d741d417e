// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0.0",
    "0.00012345, 0.00012",
    "0.000012345, 0.000012",
    "0.305, 0.31",
    "0.999, 1.0",
    "1, 1.0",
    "0.3, 0.30",
    "9.94, 9.9",
    "9.96, 10",
    "-9.96, -10",
    "12.5, 13",
    "240.4, 240",
    "'1234567', '1,234,567'",
    "NaN, –",
    "Infinity, ∞",
    "-Infinity, -∞"
  })
  void formats(double value, String text) {
    assertThat(Figures.format(value)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0.9, 0.9", "0.05, 0.05", "5, 5", "10, 10", "1000, '1,000'", "1.4, 1.4"})
  void givesNoDigitMore(double value, String text) {
    assertThat(Figures.exact(value)).isEqualTo(text);
  }

  private static Score score(double mean, double error) {
    return new Score(
        "B.m", ThreadSetting.platform(1), Map.of(), mean, error, "ns/op", List.of(mean), Map.of());
  }

  @Test
  void saysHowSureItIs() {
    assertThat(Figures.plusMinus(score(12.34, 0.5))).isEqualTo("12 ± 0.50");
    assertThat(Figures.plusMinus(score(12.34, Double.NaN))).isEqualTo("12");
    assertThat(Figures.plusMinus(null)).isEqualTo("–");
  }
}
