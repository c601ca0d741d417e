// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers for people. */
public final class Figures {
  private Figures() {}

  /** Something measured: two significant digits, or all before the point; – for NaN. */
  public static String format(double value) {
    if (Double.isNaN(value)) {
      return "–";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "∞" : "-∞";
    }
    if (value == 0) {
      return "0.0"; // zero has no first digit to count from
    }
    BigDecimal rounded = BigDecimal.valueOf(value).round(new MathContext(2));
    if (rounded.abs().compareTo(BigDecimal.TEN) >= 0) {
      return String.format(Locale.ROOT, "%,d", Math.round(value));
    }
    int digitsBeforePoint = rounded.precision() - rounded.scale();
    return rounded.setScale(Math.max(2 - digitsBeforePoint, 1)).toPlainString();
  }

  /** What JMH measured, and how sure it is; – for null. */
  public static String plusMinus(@Nullable Score score) {
    if (score == null) {
      return "–";
    }
    String mean = format(score.mean());
    return Double.isNaN(score.error()) ? mean : mean + " ± " + format(score.error());
  }

  /** Something given, like a bound or a mark on an axis: no digit more than it has. */
  public static String exact(double value) {
    return String.format(Locale.ROOT, "%,f", value).replaceFirst("\\.?0+$", "");
  }
}
