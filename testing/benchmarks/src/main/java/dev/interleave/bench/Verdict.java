// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

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
    return new Verdict(
        question,
        threads,
        "≥ " + Figures.exact(bound) + " × " + peer,
        ratio == null ? "–" : ratio.toString(),
        ratio == null ? null : ratio.median() >= bound);
  }

  /** A ratio that must not be more. */
  public static Verdict atMost(
      String question, String threads, String peer, double bound, @Nullable Ratio ratio) {
    return new Verdict(
        question,
        threads,
        "≤ " + Figures.exact(bound) + " × " + peer,
        ratio == null ? "–" : ratio.toString(),
        ratio == null ? null : ratio.median() <= bound);
  }

  /** A ratio that must be less. */
  public static Verdict lessThan(
      String question, String threads, String peer, double bound, @Nullable Ratio ratio) {
    return new Verdict(
        question,
        threads,
        "< " + Figures.exact(bound) + " × " + peer,
        ratio == null ? "–" : ratio.toString(),
        ratio == null ? null : ratio.median() < bound);
  }

  /** Met, missed or not measured. */
  public String word() {
    return met == null ? "not measured" : met ? "✓ met" : "✗ missed";
  }
}
