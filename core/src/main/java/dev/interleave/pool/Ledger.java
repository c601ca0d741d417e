// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What has become of the tasks that one worker, or several, had to do with. Each number only grows.
 *
 * <p>A worker of its own right is the only writer of its ledger: it reads plainly and stores with
 * release. Virtual threads share some ledgers, and those who are no workers share one; they add
 * atomically.
 */
final class Ledger {
  /** The outcomes; each task has one. */
  static final int COMPLETED = 0;

  static final int FAILED = 1;
  static final int CANCELLED = 2;
  static final int TIMED_OUT = 3;
  static final int DISCARDED = 4;

  static final int OUTCOMES = 5;

  /** Tasks that take up no thread any more, in no way; each some instructions after its outcome. */
  static final int FREED = 5;

  private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

  /** In longs: processors fetch lines of 64 bytes in pairs. */
  private static final int PAD = 16;

  private final long[] cells = new long[PAD + FREED + 1 + PAD];
  private final boolean shared;
  private final LogHistogram waits;
  private final LogHistogram runs;

  Ledger(boolean shared) {
    this.shared = shared;
    waits = new LogHistogram(shared);
    runs = new LogHistogram(shared);
  }

  LogHistogram waits() {
    return waits;
  }

  LogHistogram runs() {
    return runs;
  }

  void count(int what) {
    int cell = PAD + what;
    if (shared) {
      long unused = (long) CELL.getAndAdd(cells, cell, 1L);
    } else {
      CELL.setRelease(cells, cell, cells[cell] + 1);
    }
  }

  long get(int what) {
    return (long) CELL.getVolatile(cells, PAD + what);
  }

  /** How many have ended. */
  long ended() {
    long sum = 0;
    for (int i = 0; i < OUTCOMES; i++) {
      sum += get(i);
    }
    return sum;
  }
}
