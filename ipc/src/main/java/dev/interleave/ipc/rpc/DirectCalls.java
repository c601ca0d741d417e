// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import dev.interleave.Deadline;
import dev.interleave.StopReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The requests that run on the threads that read them, and their end when the server is closed.
 *
 * <p>A reader (1) puts the request into its place, and (2) looks whether the server is closing;
 * when it has run it (3) empties the place, and (4) looks again, and if the server is closing
 * signals. Who closes has written that before, and then looks at the places. So it sees the request
 * of (1), or (2) sees that the server is closing, and the request is rejected; and if it sees the
 * place taken, (4) comes later, and signals, under the lock with which it waits.
 */
final class DirectCalls {
  /** How long to wait for those that were interrupted, as in the pool. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final BooleanSupplier closing;
  private final Set<Place> places = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private final AtomicLong drained = new AtomicLong();

  DirectCalls(BooleanSupplier closing) {
    this.closing = closing;
  }

  /** Where the reader of one connection has the request that it runs. */
  static final class Place {
    private final DirectCalls all;

    // Written by the reader.
    private volatile @Nullable ServerCall call;
    private volatile @Nullable Thread thread;
    private volatile long since;

    Place(DirectCalls all) {
      this.all = all;
    }

    /** Takes a request, to be run next; false if the server is closing. */
    boolean take(ServerCall next) {
      since = System.nanoTime();
      thread = Thread.currentThread();
      call = next;
      if (all.closing.getAsBoolean()) {
        call = null;
        all.signal();
        return false;
      }
      return true;
    }

    /** Runs the request that is here, if there is one. */
    void run() {
      ServerCall next = call;
      if (next == null) {
        return;
      }
      try {
        next.callHere();
      } finally {
        call = null;
        if (all.closing.getAsBoolean()) {
          all.drained.incrementAndGet();
          all.signal();
        } else {
          boolean unused = Thread.interrupted(); // of the method itself: it is none for the reader
        }
      }
    }

    /** The reader begins. */
    void add() {
      all.places.add(this);
    }

    /** The reader has ended. */
    void remove() {
      ServerCall never = call; // if the connection ended just as it had been read
      if (never != null) {
        call = null;
        never.reject("the connection has ended");
        all.signal();
      }
      all.places.remove(this);
    }

    private StopReport.@Nullable Running running() {
      ServerCall now = call;
      Thread on = thread;
      return now == null || on == null
          ? null
          : StopReport.Running.of(now.toString(), on, Duration.ofNanos(System.nanoTime() - since));
    }

    private void interrupt() {
      Thread on = thread;
      if (call != null && on != null) {
        on.interrupt(); // if it has ended just now, the reader ends, which it is about to anyway
      }
    }
  }

  private void signal() {
    lock.lock();
    try {
      ended.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Lets those that run end for so long, then interrupts them; the server is closing. */
  StopReport close(String name, Duration drain) {
    long began = System.nanoTime();
    List<StopReport.Running> interrupted = new ArrayList<>();
    List<StopReport.Running> abandoned = new ArrayList<>();
    if (!awaitNone(Deadline.after(drain))) {
      List<Place> late = new ArrayList<>();
      List<StopReport.Running> seen = new ArrayList<>();
      for (Place place : places) {
        StopReport.Running running = place.running();
        if (running != null) {
          late.add(place);
          seen.add(running);
          place.interrupt();
        }
      }
      boolean unused = awaitNone(Deadline.after(GRACE));
      for (int i = 0; i < late.size(); i++) {
        StopReport.Running still = late.get(i).running();
        if (still == null) {
          interrupted.add(seen.get(i));
        } else {
          abandoned.add(still);
        }
      }
    }
    return new StopReport(
        name,
        Duration.ofNanos(System.nanoTime() - began),
        Math.max(0, drained.get() - interrupted.size()),
        interrupted,
        abandoned,
        0);
  }

  /** False if the deadline passes, or the thread is interrupted, which it stays. */
  private boolean awaitNone(Deadline deadline) {
    lock.lock();
    try {
      while (places.stream().anyMatch(place -> place.call != null)) {
        long left = deadline.remainingNanos();
        if (left == 0) {
          return false;
        }
        long unused = ended.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }
}
