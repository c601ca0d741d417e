// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RatioTest {
  @Test
  void comparesFiguresOfTheSameRound() {
    Ratio ratio = requireNonNull(Ratio.of(List.of(10.0, 30.0, 8.0), List.of(1.0, 10.0, 2.0)));
    assertThat(ratio.rounds()).containsExactly(10.0, 3.0, 4.0);
    assertThat(ratio.median()).isEqualTo(4.0);
    assertThat(ratio).hasToString("4.0 (3.0–10)");
  }

  @Test
  void isToldInHundredthsWhereBarsAreCloseToOne() {
    assertThat(new Ratio(List.of(1.234)).toHundredths()).hasToString("1.23");
    assertThat(new Ratio(List.of(10.0, 3.0, 4.125)).toHundredths())
        .hasToString("4.13 (3.00–10.00)");
  }

  @Test
  void medianOfAnEvenNumberLiesHalfWay() {
    assertThat(new Ratio(List.of(8.0, 1.0, 2.0, 4.0)).median()).isEqualTo(3.0);
  }

  @Test
  void leavesOutRoundsThatOnlyOneHas() {
    Ratio ratio = requireNonNull(Ratio.of(List.of(10.0, 30.0), List.of(5.0)));
    assertThat(ratio).hasToString("2.0");
  }

  @Test
  void isNothingWithoutACommonRound() {
    assertThat(Ratio.of(List.of(), List.of(5.0))).isNull();
  }
}
