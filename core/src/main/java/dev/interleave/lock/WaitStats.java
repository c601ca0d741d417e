// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import dev.interleave.lock.BiasedReadWriteLock.Preference;
import dev.interleave.lock.LockHolder.Mode;
import dev.interleave.lock.LockWaitEvent.Outcome;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * Counts and registers the waits of one lock. Only acquisitions that could not succeed at once come
 * here.
 */
final class WaitStats {
  private final LongAdder readWaits = new LongAdder();
  private final LongAdder writeWaits = new LongAdder();
  private final LongAdder readNanos = new LongAdder();
  private final LongAdder writeNanos = new LongAdder();
  private final LongAdder timeouts = new LongAdder();
  private final LongAdder interrupts = new LongAdder();
  private final LongAccumulator longest = new LongAccumulator(Math::max, 0);

  /** One wait under way; ended once, by the thread that began it. */
  final class Begun {
    private final Mode mode;
    private final @Nullable LockWaitEvent event;
    private boolean ended;

    /** As whoever looks for deadlocks sees it. */
    final Wait registered;

    private Begun(Resource lock, Mode mode, Wait.Exit exit) {
      this.mode = mode;
      // Even to load the class of an event starts the flight recorder, which takes some 200 ms: not
      // while others wait for what the caller has.
      event = FlightRecorder.isInitialized() ? LockWaitEvent.begin(lock.name(), mode) : null;
      try {
        registered = Waits.enter(lock, mode.name(), exit);
      } catch (Throwable e) {
        if (event != null) {
          event.end(Outcome.of(e));
        }
        throw e;
      }
    }

    void acquired() {
      end(Outcome.ACQUIRED);
    }

    void timedOut() {
      end(Outcome.TIMED_OUT);
      timeouts.increment();
    }

    /** Returns what to throw. */
    InterruptedException interrupted(InterruptedException e) {
      InterruptedException why = Waits.causedBy(registered, e);
      if (registered.failure() == null) {
        end(Outcome.INTERRUPTED);
        interrupts.increment();
      } else {
        end(Outcome.DEADLOCKED);
      }
      return why;
    }

    /** A detector's exception, or that it was an upgrade; returns it. */
    RuntimeException refused(RuntimeException e) {
      end(Outcome.DEADLOCKED);
      return e;
    }

    /** The thread waits no more, however it ended; in a finally. */
    void leave() {
      registered.leave();
      if (!ended) {
        end(Outcome.FAILED);
      }
    }

    private void end(Outcome outcome) {
      ended = true;
      long nanos = System.nanoTime() - registered.sinceNanos();
      try {
        (mode == Mode.READ ? readWaits : writeWaits).increment();
        (mode == Mode.READ ? readNanos : writeNanos).add(nanos);
        longest.accumulate(nanos);
        if (event != null) {
          event.end(outcome);
        }
      } catch (OutOfMemoryError | StackOverflowError e) {
        // The caller has the lock, and must not lose it for a figure.
      }
    }
  }

  /**
   * Begins a wait.
   *
   * @throws RuntimeException if a detector refuses it
   */
  Begun begin(Resource lock, Mode mode, Wait.Exit exit) {
    return new Begun(lock, mode, exit);
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
