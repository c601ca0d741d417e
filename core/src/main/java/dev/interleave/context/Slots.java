// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import org.jspecify.annotations.Nullable;

/**
 * The values of the first locals of the program, each in a field of its own: one load from the
 * context, where a table would take four and two comparisons. All values are in the table as well,
 * with their locals.
 *
 * <p>The fields are final, so that a context may be handed over by a data race.
 */
abstract class Slots {
  /** How many locals have a field. */
  static final int COUNT = 16;

  final @Nullable Object s0;
  final @Nullable Object s1;
  final @Nullable Object s2;
  final @Nullable Object s3;
  final @Nullable Object s4;
  final @Nullable Object s5;
  final @Nullable Object s6;
  final @Nullable Object s7;
  final @Nullable Object s8;
  final @Nullable Object s9;
  final @Nullable Object s10;
  final @Nullable Object s11;
  final @Nullable Object s12;
  final @Nullable Object s13;
  final @Nullable Object s14;
  final @Nullable Object s15;

  /** Nothing set. */
  Slots() {
    s0 = null;
    s1 = null;
    s2 = null;
    s3 = null;
    s4 = null;
    s5 = null;
    s6 = null;
    s7 = null;
    s8 = null;
    s9 = null;
    s10 = null;
    s11 = null;
    s12 = null;
    s13 = null;
    s14 = null;
    s15 = null;
  }

  /**
   * The same, but for one.
   *
   * @param slot which one; none if it is not from 0 to {@code COUNT - 1}
   */
  Slots(Slots from, int slot, @Nullable Object value) {
    s0 = slot == 0 ? value : from.s0;
    s1 = slot == 1 ? value : from.s1;
    s2 = slot == 2 ? value : from.s2;
    s3 = slot == 3 ? value : from.s3;
    s4 = slot == 4 ? value : from.s4;
    s5 = slot == 5 ? value : from.s5;
    s6 = slot == 6 ? value : from.s6;
    s7 = slot == 7 ? value : from.s7;
    s8 = slot == 8 ? value : from.s8;
    s9 = slot == 9 ? value : from.s9;
    s10 = slot == 10 ? value : from.s10;
    s11 = slot == 11 ? value : from.s11;
    s12 = slot == 12 ? value : from.s12;
    s13 = slot == 13 ? value : from.s13;
    s14 = slot == 14 ? value : from.s14;
    s15 = slot == 15 ? value : from.s15;
  }
}
