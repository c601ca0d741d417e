// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Two plain fields that are always equal under a lock that works.
 *
 * <p>If two writers overlap, or a reader overlaps a writer, or someone does not see what the last
 * writer wrote, then the fields differ or a write is lost.
 */
final class Guarded {
  private static final int PAUSES = 16;

  private long first;
  private long second;

  /** Adds one to both; to be called under exclusion. */
  void write() {
    long before = read();
    first = before + 1;
    pause(before);
    second = before + 1;
  }

  /** Returns the number of writes; to be called while no one writes. */
  long read() {
    long one = first;
    pause(one);
    assertEquals(one, second, "seen between the two halves of a write");
    return one;
  }

  @SuppressWarnings("ThreadPriorityCheck") // widens the window between the two fields
  private static void pause(long number) {
    if (number % PAUSES == 0) {
      Thread.yield();
    }
  }
}
