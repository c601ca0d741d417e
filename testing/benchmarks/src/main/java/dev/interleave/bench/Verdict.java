// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import java.util.function.DoublePredicate;
import org.jspecify.annotations.Nullable;

/**
 * Whether a figure is as good as it was meant to be.
 *
 * @param question what is asked
 * @param threads by whom
 * @param bar what was to be reached
 * @param measured what was measured
 * @param met whether that is enough; null if it was not measured
 */
public record Verdict(
    String question, String threads, String bar, String measured, @Nullable Boolean met) {

  /** A ratio that must not be less. */
  public static Verdict atLeast(
      String question, String threads, String peer, double bound, @Nullable Ratio ratio) {
    String bar = bar("≥", bound, peer);
    return of(question, threads, bar, ratio, median -> median >= bound);
  }

  /** A ratio that must not be more. */
  public static Verdict atMost(
      String question, String threads, String peer, double bound, @Nullable Ratio ratio) {
    String bar = bar("≤", bound, peer);
    return of(question, threads, bar, ratio, median -> median <= bound);
  }

  /** A ratio that must be less. */
  public static Verdict lessThan(
      String question, String threads, String peer, double bound, @Nullable Ratio ratio) {
    String bar = bar("<", bound, peer);
    return of(question, threads, bar, ratio, median -> median < bound);
  }

  private static String bar(String sign, double bound, String peer) {
    return sign + " " + Figures.exact(bound) + " × " + peer;
  }

  private static Verdict of(
      String question, String threads, String bar, @Nullable Ratio ratio, DoublePredicate met) {
    return ratio == null
        ? new Verdict(question, threads, bar, "–", null)
        : new Verdict(question, threads, bar, ratio.toString(), met.test(ratio.median()));
  }

  /** Met, missed or not measured. */
  public String word() {
    return met == null ? "not measured" : met ? "✓ met" : "✗ missed";
  }
}
