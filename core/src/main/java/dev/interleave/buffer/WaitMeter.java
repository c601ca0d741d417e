// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import dev.interleave.buffer.BufferStats.WaitTimes;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/** Counts the waits of one side of a buffer. Only threads that park come here. */
final class WaitMeter {
  private final Meter buffer;
  private final String side;

  /** What the registry says a thread wants. */
  private final String wants;

  private final AtomicInteger blocked = new AtomicInteger();
  private final AtomicLongArray histogram = new AtomicLongArray(WaitTimes.BUCKETS);
  private final LongAdder nanos = new LongAdder();
  private final LongAdder timeouts = new LongAdder();
  private final LongAdder interrupts = new LongAdder();
  private final LongAccumulator longest = new LongAccumulator(Math::max, 0);

  /** How a wait ended. */
  enum Outcome {
    DONE("done"),
    TIMED_OUT("timed out"),
    INTERRUPTED("interrupted"),
    CLOSED("closed");

    final String text;

    Outcome(String text) {
      this.text = text;
    }
  }

  /** One wait under way; ended once, by the thread that began it. */
  final class Begun {
    private final Wait registered;
    private final @Nullable BufferWaitEvent event;

    private Begun(boolean timed) {
      registered = Waits.enter(buffer, wants, timed ? Wait.Exit.TIMEOUT : Wait.Exit.INTERRUPT);
      // Even to load the class of an event starts the flight recorder, which takes some 200 ms.
      event = FlightRecorder.isInitialized() ? BufferWaitEvent.begin(buffer.name(), side) : null;
      blocked.getAndIncrement();
    }

    /** Ends it. Returns how long it took, in nanoseconds. */
    long end(Outcome outcome) {
      registered.leave();
      long waited = System.nanoTime() - registered.sinceNanos();
      blocked.getAndDecrement();
      try {
        histogram.getAndIncrement(bucket(waited));
        nanos.add(waited);
        longest.accumulate(waited);
        if (outcome == Outcome.TIMED_OUT) {
          timeouts.increment();
        } else if (outcome == Outcome.INTERRUPTED) {
          interrupts.increment();
        }
        if (event != null) {
          event.end(outcome.text);
        }
      } catch (OutOfMemoryError e) {
        // The caller has an item in its hands, and must not lose it for a figure.
      }
      return waited;
    }

    /**
     * What the thread throws that was interrupted: by a detector, perhaps, and then this says so.
     */
    InterruptedException interrupted() {
      return Waits.causedBy(registered, new InterruptedException());
    }
  }

  WaitMeter(Meter buffer, String side, String wants) {
    this.buffer = buffer;
    this.side = side;
    this.wants = wants;
  }

  /**
   * The thread is about to park.
   *
   * @throws RuntimeException if a detector refuses the wait
   */
  Begun begin(boolean timed) {
    return new Begun(timed);
  }

  /** How many wait now. */
  int blocked() {
    return blocked.get();
  }

  WaitTimes snapshot() {
    long count = 0;
    List<Long> counts = new ArrayList<>(WaitTimes.BUCKETS);
    for (int i = 0; i < WaitTimes.BUCKETS; i++) {
      long n = histogram.get(i);
      count += n;
      counts.add(n);
    }
    return new WaitTimes(
        count, timeouts.sum(), interrupts.sum(), nanos.sum(), longest.get(), counts);
  }

  /** The index of a wait in {@link WaitTimes#histogram()}. */
  static int bucket(long nanos) {
    int bits = Long.SIZE - Long.numberOfLeadingZeros(Math.max(0, nanos) / 1000);
    return Math.min(bits, WaitTimes.BUCKETS - 1);
  }
}
