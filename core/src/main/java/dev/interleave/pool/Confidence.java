// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.util.Arrays;

/** The mean of some measurements, and how far the true one may be from it. */
final class Confidence {
  /** Student's t for 95 %, two-sided, with 1, 2, … degrees of freedom. */
  private static final double[] T = {
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042
  };

  private Confidence() {}

  static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(Double.NaN);
  }

  /** Half of the 95 % confidence interval of the mean; infinite for a single value. */
  static double error(double[] values) {
    int n = values.length;
    if (n < 2) {
      return Double.POSITIVE_INFINITY;
    }
    double mean = mean(values);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return T[Math.min(n - 1, T.length) - 1] * Math.sqrt(squares / (n - 1) / n);
  }
}
