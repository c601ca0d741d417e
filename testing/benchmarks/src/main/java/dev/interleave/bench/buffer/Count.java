// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.buffer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** How many items one thread has passed, and their sum: read by others while it goes on. */
final class Count {
  private static final VarHandle ITEMS;

  static {
    try {
      ITEMS = MethodHandles.lookup().findVarHandle(Count.class, "items", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  // on a cache line of its own
  @SuppressWarnings("unused")
  private long a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, aa, ab, ac, ad, ae, af;

  private long items;
  private long sum;

  @SuppressWarnings("unused")
  private long b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, ba, bb, bc, bd, be, bf;

  Count() {}

  /** By its thread. */
  void add(int item) {
    sum += item;
    ITEMS.setOpaque(this, items + 1);
  }

  /** By anybody. */
  long items() {
    return (long) ITEMS.getOpaque(this);
  }

  /** When its thread has ended. */
  long sum() {
    return sum;
  }
}
