// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.lock.BiasedReadWriteLock;
import org.openjdk.jcstress.annotations.Outcome;

/** Reads a {@link GuardedPair} without a lock, believing only what validates. */
@Outcome(id = "0", expect = ACCEPTABLE, desc = "Nothing but the state before the writes validated.")
@Outcome(id = "1", expect = ACCEPTABLE, desc = "Writes came between two valid reads.")
@Outcome(id = "2", expect = ACCEPTABLE, desc = "Only states after a write validated.")
@Outcome(
    expect = FORBIDDEN,
    desc =
        "Half a write validated: the version was even while a writer stored, or a read moved out of"
            + " the span that was validated.")
abstract class OptimisticReadAgainstWriter extends GuardedPair {
  OptimisticReadAgainstWriter(BiasedReadWriteLock lock) {
    super(lock);
  }

  /** Reads without a lock {@code times} times, and says what it saw of that which validated. */
  final int readOptimistically(int times) {
    int first = 0;
    int last = -1;
    for (int i = 0; i < times; i++) {
      long stamp = lock.tryOptimisticRead();
      int l = left;
      int r = right;
      if (lock.validate(stamp)) {
        if (l != r || l < last) {
          return BROKEN;
        }
        first = last < 0 ? l : first;
        last = l;
      }
    }
    return verdict(first, Math.max(first, last));
  }
}
