// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import dev.interleave.lock.LockWaitEvent.Outcome;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts the waits of one manager. Only acquisitions that could not succeed at once come here. */
final class KeyWaitStats {
  final LongAdder outOfOrder = new LongAdder();
  private final LongAdder waits = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  private final LongAdder timeouts = new LongAdder();
  private final LongAdder interrupts = new LongAdder();
  private final LongAccumulator longest = new LongAccumulator(Math::max, 0);

  /** A wait that began at {@code since}, by {@code nanoTime}, is over. */
  void ended(long since, Outcome outcome, @Nullable LockWaitEvent event) {
    try {
      long waited = System.nanoTime() - since;
      waits.increment();
      nanos.add(waited);
      longest.accumulate(waited);
      if (outcome == Outcome.TIMED_OUT) {
        timeouts.increment();
      } else if (outcome == Outcome.INTERRUPTED) {
        interrupts.increment();
      }
      if (event != null) {
        event.end(outcome);
      }
    } catch (OutOfMemoryError e) {
      // The caller may have the key, and must not lose it for a figure.
    }
  }

  OrderedLockStats snapshot(String name, long keys) {
    return new OrderedLockStats(
        name,
        keys,
        waits.sum(),
        nanos.sum(),
        longest.get(),
        timeouts.sum(),
        interrupts.sum(),
        outOfOrder.sum());
  }
}
