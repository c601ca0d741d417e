// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoolSizingTest {
  private final PoolSizing eight = PoolSizing.onProcessors(8);

  /** A57 to A61: the formulas and their values. */
  @ParameterizedTest
  @CsvSource({
    "8, 0, 5, 8",
    "8, 45, 5, 80",
    "4, 100, 10, 44",
    "2, 1, 1, 4",
    "1, 1, 3, 2",
    "8, 5, 1, 48"
  })
  void blockingIsProcessorsTimesOnePlusRatio(int processors, long wait, long compute, int threads) {
    assertThat(
            PoolSizing.onProcessors(processors)
                .blocking(Duration.ofMillis(wait), Duration.ofMillis(compute))
                .threads())
        .isEqualTo(threads);
  }

  @Test
  void cpuBoundIsOneForEachProcessor() {
    assertThat(eight.cpuBound())
        .isEqualTo(new PoolSizing.Advice(8, "8 processors, nobody waits = 8"));
    assertThat(eight.cpuBoundPlusOne().threads()).isEqualTo(9);
    assertThat(eight.ioBound(2).threads()).isEqualTo(16);
    assertThat(eight.ioBound(5)).hasToString("40 threads: 8 processors x 5, by rule of thumb = 40");
  }

  /** F-10: 1.5 for each, without the cap of 16 that nobody explained; and at least 1. */
  @Test
  void mixedIsThreeForTwoProcessors() {
    assertThat(eight.mixed()).hasToString("12 threads: 8 processors x 1.5, by rule of thumb = 12");
    assertThat(PoolSizing.onProcessors(1).mixed().threads()).isOne();
    assertThat(PoolSizing.onProcessors(16).mixed().threads()).isEqualTo(24);
  }

  /** A61: no part of the processors was left to others. */
  @Test
  void utilizationScalesWhatDependsOnProcessors() {
    PoolSizing half = eight.utilization(0.5);
    assertThat(half.cpuBound().threads()).isEqualTo(4);
    assertThat(half.blocking(Duration.ofMillis(30), Duration.ofMillis(10)))
        .hasToString(
            "16 threads: 8 processors used to 50 % x (1 + 30 ms waiting / 10 ms computing) = 16");
    assertThat(PoolSizing.onProcessors(1).utilization(0.1).cpuBound().threads()).isOne();
  }

  /** A61: the rule of thumb and the formula disagree for ratios above four, and this says why. */
  @Test
  void theRuleOfThumbIsTheFormulaForRatiosFromOneToFour() {
    for (int ratio = 1; ratio <= 4; ratio++) {
      assertThat(eight.ioBound(1 + ratio).threads())
          .isEqualTo(eight.blocking(Duration.ofMillis(ratio), Duration.ofMillis(1)).threads());
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> eight.ioBound(6))
        .withMessage("factor is not within [2, 5]: 6.0");
  }

  /** A61: division by zero. */
  @ParameterizedTest
  @ValueSource(longs = {0, -1})
  void whoComputesNothingHasNoFormula(long compute) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> eight.blocking(Duration.ofMillis(5), Duration.ofNanos(compute)))
        .withMessageStartingWith("compute is not positive: PT");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> eight.blocking(Duration.ofMillis(-5), Duration.ofNanos(1)))
        .withMessageStartingWith("wait is negative: PT");
  }

  /** A57: hard limits, and which one it was. */
  @Test
  void theLeastLimitCountsAndEachThatWasReachedIsNamed() {
    PoolSizing limited =
        eight.atMost(50, "connections").memory(64 << 20, 2 << 20).atMost(1000, "open files");
    assertThat(limited.blocking(Duration.ofMillis(90), Duration.ofMillis(10)))
        .hasToString(
            "32 threads: 8 processors x (1 + 90 ms waiting / 10 ms computing) = 80, but at most"
                + " 50: connections, but at most 32: 67,108,864 bytes of memory, 2,097,152 for each"
                + " thread");
    assertThat(limited.cpuBound().reason()).doesNotContain("at most");
    assertThat(eight.blocking(Duration.ofMillis(90), Duration.ofMillis(10)).threads())
        .as("the one it was made from")
        .isEqualTo(80);
  }

  @Test
  void littlesLaw() {
    assertThat(eight.littlesLaw(200, Duration.ofMillis(50)).threads()).isEqualTo(10);
    assertThat(eight.littlesLaw(201, Duration.ofMillis(50)).threads()).isEqualTo(11);
    assertThat(eight.littlesLaw(0, Duration.ofMillis(50)).threads()).isOne();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> eight.littlesLaw(Double.NaN, Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> eight.littlesLaw(1, Duration.ofNanos(-1)))
        .withMessageStartingWith("time is negative");
  }

  /** What is exact but for the arithmetic of doubles is not rounded up by one. */
  @Test
  void roundsWhatIsExact() {
    for (int wait = 1; wait <= 300; wait++) {
      assertThat(
              PoolSizing.onProcessors(3)
                  .utilization(0.7)
                  .blocking(Duration.ofMillis(wait * 70L - 7), Duration.ofMillis(7))
                  .threads())
          .isEqualTo(21 * wait);
    }
  }

  @Test
  void extremesDoNotOverflow() {
    assertThat(eight.blocking(Duration.ofSeconds(Long.MAX_VALUE), Duration.ofNanos(1)).threads())
        .isEqualTo(1 << 20);
    assertThat(eight.memory(Long.MAX_VALUE, 1).cpuBound().threads()).isEqualTo(8);
    assertThat(PoolSizing.onProcessors(Integer.MAX_VALUE).cpuBoundPlusOne().threads())
        .isEqualTo(1 << 20);
    assertThat(PoolSizing.ofThisMachine().cpuBound().threads())
        .isEqualTo(Runtime.getRuntime().availableProcessors());
  }

  @Test
  void textDoesNotDependOnTheLocale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG"));
    try {
      assertThat(eight.utilization(0.55).blocking(Duration.ofNanos(1500), Duration.ofSeconds(2)))
          .hasToString(
              "5 threads: 8 processors used to 55 % x (1 + 1.50 µs waiting / 2 s computing) ="
                  + " 4.40");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  @SuppressWarnings("NullAway") // that is the test
  void wrongArgumentsAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PoolSizing.onProcessors(0))
        .withMessage("processors is less than 1: 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> eight.utilization(0))
        .withMessage("share is not within (0, 1]: 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> eight.utilization(Double.NaN))
        .withMessage("share is not within (0, 1]: NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> eight.atMost(0, "x"))
        .withMessage("most is less than 1: 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> eight.atMost(1, " "))
        .withMessage("reason is blank: \" \"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> eight.memory(10, 11))
        .withMessage("bytes is less than 11: 10");
    assertThatNullPointerException()
        .isThrownBy(() -> eight.blocking(null, Duration.ZERO))
        .withMessage("wait");
    assertThatNullPointerException().isThrownBy(() -> eight.atMost(1, null)).withMessage("reason");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PoolSizing.Advice(0, ""))
        .withMessage("threads is less than 1: 0");
  }
}
