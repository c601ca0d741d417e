// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The values of a context: an array of locals and their values in turn, immutable once it is
 * published, whose length is a power of two. A local lies at its home, or in the next free place
 * behind it; tables are made long enough for most to lie at home. There is always a free place.
 */
@SuppressWarnings("ReferenceEquality") // locals are told apart by identity
final class Table {
  /** Nothing set; a place is there, so that nobody has to ask. */
  static final Object[] EMPTY = new Object[2];

  /** The most places per local that are spent on having every local at its home. */
  private static final int ROOM = 4;

  private Table() {}

  static @Nullable Object get(Object[] table, ContextLocal<?> local) {
    int mask = table.length - 1;
    for (int at = local.home & mask; ; at = (at + 2) & mask) {
      Object found = table[at];
      if (found == local) {
        return table[at + 1];
      }
      if (found == null) {
        return null;
      }
    }
  }

  /** The table with this in it, which it is not yet, or is with another value. */
  static Object[] with(Object[] table, int size, ContextLocal<?> local, Object value) {
    int mask = table.length - 1;
    int home = local.home & mask;
    // One more pair, and one that is free; the table doubles, so that this is rare.
    boolean fits = 2 * (size + 2) <= table.length;
    if (table[home] == local || (table[home] == null && fits)) {
      Object[] next = table.clone();
      next[home] = local;
      next[home + 1] = value;
      return next;
    }
    boolean isNew = get(table, local) == null;
    int pairs = isNew ? size + 1 : size;
    int length = Math.max(table.length, Integer.highestOneBit(2 * pairs) * 2);
    while (true) {
      Object[] next = new Object[length];
      int displaced = put(next, local, value);
      for (int i = 0; i < table.length; i += 2) {
        if (table[i] != null && table[i] != local) {
          displaced += put(next, (ContextLocal<?>) table[i], table[i + 1]);
        }
      }
      if (displaced == 0 || length >= 2 * ROOM * pairs) {
        return next;
      }
      length *= 2;
    }
  }

  /** The table without one that is in it. */
  static Object[] without(Object[] table, ContextLocal<?> local) {
    Object[] next = EMPTY;
    int count = 0;
    for (int i = 0; i < table.length; i += 2) {
      if (table[i] != null && table[i] != local) {
        next = with(next, count++, (ContextLocal<?>) table[i], table[i + 1]);
      }
    }
    return next;
  }

  private static int put(Object[] table, ContextLocal<?> local, Object value) {
    int mask = table.length - 1;
    int at = local.home & mask;
    int displaced = 0;
    while (table[at] != null) {
      at = (at + 2) & mask;
      displaced = 1;
    }
    table[at] = local;
    table[at + 1] = value;
    return displaced;
  }

  static void forEach(Object[] table, BiConsumer<ContextLocal<?>, Object> action) {
    for (int i = 0; i < table.length; i += 2) {
      if (table[i] != null) {
        action.accept((ContextLocal<?>) table[i], table[i + 1]);
      }
    }
  }
}
