// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.interleave.bench.Disturbance.Mark;
import org.junit.jupiter.api.Test;

class DisturbanceTest {
  private static final long SECOND = 1_000_000_000;

  private static Mark mark(long second, long user, long steal, long own, long children) {
    String all = "cpu  " + user + " 1 2 500 3 0 4 " + steal + " 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n";
    String self =
        "42 (a (java) b) S 1 2 3 4 5 6 7 8 9 10 " + own + " 20 " + children + " 30 20 0 1\n";
    return Mark.parse(second * SECOND, all, self);
  }

  @Test
  void tellsOthersFromItselfAndItsChildren() {
    Disturbance d = mark(10, 1000, 50, 100, 200).until(mark(20, 2800, 80, 200, 1400));
    assertThat(d.others()).isCloseTo(0.5, within(1e-9)); // 18 s used, 13 of them here, in 10 s
    assertThat(d.stolen()).isCloseTo(0.03, within(1e-9));
    assertThat(d.isDoubtful()).isTrue();
  }

  @Test
  void isQuietWhenOnlyThisProgramRan() {
    Disturbance d = mark(10, 1000, 50, 100, 200).until(mark(20, 2300, 60, 200, 1400));
    assertThat(d.others()).isZero();
    assertThat(d.isDoubtful()).isFalse();
  }

  @Test
  void hostAloneMakesItDoubtful() {
    assertThat(mark(10, 0, 0, 0, 0).until(mark(20, 0, 300, 0, 0)).isDoubtful()).isTrue();
  }

  @Test
  void unknownIsNotDoubtful() {
    assertThat(new Disturbance(Double.NaN, Double.NaN).isDoubtful()).isFalse();
  }
}
