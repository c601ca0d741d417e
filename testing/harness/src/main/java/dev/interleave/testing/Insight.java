// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import dev.interleave.testing.internal.linear.Hints;
import java.util.BitSet;
import java.util.List;

/** What a model that comes with the harness knows of whole histories. */
interface Insight {

  /**
   * Tells the search in which order calls must have taken effect, as far as that can be seen from
   * their outcomes.
   */
  default void orderEffects(List<Operation> operations, Hints hints) {}

  /**
   * Returns groups of calls that can be left out: what is a legal sequence of calls, with all of
   * them {@linkplain #survives surviving}, is one without those of any groups, too. Calls that
   * never change the state count as legal wherever they are said to survive.
   */
  List<Group> groups(List<Operation> operations);

  /**
   * Tells whether the outcome of a call that changed nothing stays right if groups are left out: an
   * empty queue stays empty, a full one is no longer full.
   */
  boolean survives(Operation readOnly);

  /**
   * Some calls, by their indices.
   *
   * @param calls the calls
   * @param isNeutral whether the state after all of them is as before, whatever comes in between
   */
  record Group(BitSet calls, boolean isNeutral) {}
}
