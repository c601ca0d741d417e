// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineTest {
  private static final Duration LONG = Duration.ofDays(1);

  @Test
  void remainsWithinWhatWasGiven() {
    Deadline deadline = Deadline.after(LONG);
    assertThat(deadline.remaining()).isPositive().isLessThanOrEqualTo(LONG);
    assertThat(deadline.remainingNanos()).isPositive().isLessThanOrEqualTo(LONG.toNanos());
    assertThat(deadline.isExpired()).isFalse();
    assertThat(deadline.isNone()).isFalse();
    assertThat(deadline.toString()).startsWith("Deadline[in PT2").endsWith("S]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S", "PT-0.000000001S"})
  void zeroAndNegativeHavePassed(Duration timeout) {
    Deadline deadline = Deadline.after(timeout);
    assertThat(deadline.isExpired()).isTrue();
    assertThat(deadline.remaining()).isEqualTo(Duration.ZERO);
    assertThat(deadline.remainingNanos()).isZero();
    assertThat(deadline).hasToString("Deadline[passed]");
  }

  @Test
  void mostNegativeHasPassed() {
    assertThat(Deadline.after(Duration.ofSeconds(Long.MIN_VALUE)).isExpired()).isTrue();
  }

  @Test
  void tooLongIsCutAndNotOverflown() {
    Deadline deadline = Deadline.after(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999));
    assertThat(deadline.isExpired()).isFalse();
    assertThat(deadline.isNone()).isFalse();
    assertThat(deadline.remaining()).isGreaterThan(Duration.ofDays(146 * 365));
    assertThat(deadline.min(Deadline.after(LONG)).remaining()).isLessThanOrEqualTo(LONG);
  }

  @Test
  void noneNeverComes() {
    Deadline none = Deadline.none();
    assertThat(none.isNone()).isTrue();
    assertThat(none.isExpired()).isFalse();
    assertThat(none.remainingNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(none.remaining()).isEqualTo(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999));
    assertThat(none).hasToString("Deadline[none]");
  }

  @Test
  void minIsTheEarlierWhicheverIsAsked() {
    Deadline sooner = Deadline.after(Duration.ofHours(1));
    Deadline later = Deadline.after(Duration.ofHours(2));
    assertThat(sooner.min(later)).isSameAs(sooner);
    assertThat(later.min(sooner)).isSameAs(sooner);
    assertThat(sooner.min(Deadline.none())).isSameAs(sooner);
    assertThat(Deadline.none().min(sooner)).isSameAs(sooner);
    assertThat(Deadline.none().min(Deadline.none()).isNone()).isTrue();
  }

  @Test
  void nestedDeadlinesOnlyShorten() {
    Deadline outer = Deadline.after(Duration.ofSeconds(1));
    assertThat(outer.min(Deadline.after(LONG)).remaining())
        .isLessThanOrEqualTo(Duration.ofSeconds(1));
  }

  @Test
  @SuppressWarnings("NullAway") // the point
  void nullIsRefusedByName() {
    assertThatNullPointerException().isThrownBy(() -> Deadline.after(null)).withMessage("timeout");
    assertThatNullPointerException()
        .isThrownBy(() -> Deadline.none().min(null))
        .withMessage("other");
  }
}
