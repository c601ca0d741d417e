// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import dev.interleave.lock.LockHolder.Mode;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/** Counts the waits of one lock. Only acquisitions that could not succeed at once come here. */
final class WaitStats {
  private final LongAdder readWaits = new LongAdder();
  private final LongAdder writeWaits = new LongAdder();
  private final LongAdder readNanos = new LongAdder();
  private final LongAdder writeNanos = new LongAdder();
  private final LongAdder timeouts = new LongAdder();
  private final LongAdder interrupts = new LongAdder();
  private final LongAccumulator longest = new LongAccumulator(Math::max, 0);

  /** One wait under way; ended once, by the thread that began it. */
  final class Wait {
    private final Mode mode;
    private final long start = System.nanoTime();
    private final @Nullable LockWaitEvent event;

    private Wait(String name, Mode mode) {
      this.mode = mode;
      // Even to load the class of an event starts the flight recorder, which takes some 200 ms: not
      // while others wait for what the caller has.
      event = FlightRecorder.isInitialized() ? LockWaitEvent.begin(name, mode) : null;
    }

    void acquired() {
      end("acquired");
    }

    void timedOut() {
      end("timed out");
      timeouts.increment();
    }

    void interrupted() {
      end("interrupted");
      interrupts.increment();
    }

    private void end(String outcome) {
      long nanos = System.nanoTime() - start;
      try {
        (mode == Mode.READ ? readWaits : writeWaits).increment();
        (mode == Mode.READ ? readNanos : writeNanos).add(nanos);
        longest.accumulate(nanos);
        if (event != null) {
          event.end(outcome);
        }
      } catch (OutOfMemoryError e) {
        // The caller has the lock, and must not lose it for a figure.
      }
    }
  }

  Wait begin(String name, Mode mode) {
    return new Wait(name, mode);
  }

  /** The snapshot, with what the lock itself knows. */
  LockStats snapshot(
      String name,
      Preference preference,
      boolean biased,
      long reads,
      long writes,
      long revocations,
      int waitingReaders,
      int waitingWriters) {
    return new LockStats(
        name,
        preference,
        biased,
        reads,
        writes,
        revocations,
        waitingReaders,
        waitingWriters,
        readWaits.sum(),
        writeWaits.sum(),
        readNanos.sum(),
        writeNanos.sum(),
        longest.get(),
        timeouts.sum(),
        interrupts.sum());
  }
}
