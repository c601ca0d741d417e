// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

/**
 * Which run of a {@link RepeatUntilFailure} this is.
 *
 * @param run the number of the run, from 1
 * @param seed a seed for this run, which depends on its number and the seed of the annotation only
 */
public record RunInfo(long run, long seed) {
  private static final long GOLDEN_GAMMA = 0x9E37_79B9_7F4A_7C15L;

  /** Returns a run whose seed derives from that of the annotation. */
  static RunInfo of(long run, long seed) {
    return new RunInfo(run, seed + (run - 1) * GOLDEN_GAMMA);
  }

  @Override
  public String toString() {
    return "run " + run + ", seed " + seed;
  }
}
