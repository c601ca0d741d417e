// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.internal.linear;

import java.util.BitSet;

/**
 * Leaves out what a failure does not need, by halves first (after Zeller and Hildebrandt,
 * Simplifying and isolating failure-inducing input, IEEE TSE 28(2), 2002).
 *
 * <p>The failure must be monotone: what fails without some parts fails without fewer of them, too.
 * Then one pass per size is enough, and in the end no single part can be left out.
 */
public final class Shrinker {

  /** Tells whether the failure is still there. */
  @FunctionalInterface
  public interface Trial {
    /** Tells it, of a subset of the parts. */
    boolean fails(BitSet kept) throws ExhaustedException;
  }

  private Shrinker() {}

  /**
   * Removes parts from a set for which the trial fails. If the budget is exhausted, the set is as
   * small by then as it says.
   *
   * @param parts how many parts there are; the last ones are the most likely to be needed
   * @param trial gets a smaller and smaller set whenever it has failed
   */
  public static void shrink(int parts, Trial trial) throws ExhaustedException {
    BitSet kept = lastOnes(parts, trial);
    for (int size = kept.cardinality(); size > 0; size /= 2) {
      int from = kept.nextSetBit(0);
      while (from >= 0) {
        int end = from;
        BitSet fewer = (BitSet) kept.clone();
        for (int n = 0; n < size && end >= 0; n++) {
          fewer.clear(end);
          end = kept.nextSetBit(end + 1);
        }
        if (trial.fails(fewer)) {
          kept.and(fewer);
        }
        from = end;
      }
    }
  }

  /** Keeps the last one, two, four, ... parts until the trial fails: each costs little to try. */
  private static BitSet lastOnes(int parts, Trial trial) throws ExhaustedException {
    BitSet kept = new BitSet();
    for (int count = 1; count < parts; count *= 2) {
      kept.set(parts - count, parts);
      if (trial.fails(kept)) {
        return kept;
      }
    }
    kept.set(0, parts);
    return kept;
  }
}
