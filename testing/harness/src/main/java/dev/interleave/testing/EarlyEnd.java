// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends a batch of rounds before all of them are run: the time is up, or the rounds turn out slow.
 *
 * <p>Actors may wait for each other, so they must all stop before the same round, and none of them
 * may wait for the others when another has gone on. Each worker tells which round it begins, and,
 * once it is asked to stop, before which round it would. It stops when all others would stop there,
 * and goes on when one of them has begun that round. Whoever is the first to begin a round has not
 * been ready to stop before it, and never says so; therefore nobody who sees all others ready is
 * wrong.
 *
 * <p>Rounds are counted from the begin of the run, by each worker for itself; all come to the same
 * numbers.
 */
final class EarlyEnd {
  // Written by each worker in every round: on cache lines of their own.
  private static final int LINE = 16;
  private static final int READY = 1;

  /** Some microseconds: as long as it takes the others to come by, while rounds are short. */
  private static final int SPINS = 500;

  private static final int YIELDS = 100;
  private static final long LONGEST_PAUSE_NANOS = 1_000_000;

  private final int workers;
  private final AtomicLongArray words;
  private volatile boolean asked;

  EarlyEnd(int workers) {
    this.workers = workers;
    this.words = new AtomicLongArray((workers + 1) * LINE);
  }

  /** Asks all workers to end the batch soon, or the run if it is over. */
  void ask() {
    asked = true;
  }

  /** Forgets that it was asked; called while no worker runs a round. */
  void forget() {
    asked = false;
  }

  /** Tells whether to end soon. */
  boolean isAsked() {
    return asked;
  }

  /** A worker begins a round, numbered from 1. */
  void begin(int worker, long round) {
    words.setOpaque((worker + 1) * LINE, round);
  }

  /** Returns the last round that a worker has begun; grows. */
  long begun(int worker) {
    return words.getOpaque((worker + 1) * LINE);
  }

  /** Tells whether all others have begun a round, or a later one. */
  boolean haveBegun(int worker, long round) {
    for (int other = 0; other < workers; other++) {
      if (other != worker && begun(other) < round) {
        return false;
      }
    }
    return true;
  }

  /**
   * A worker waits until all others have begun a round, or a later one. It clears its interrupt
   * status, as all waits between rounds do.
   *
   * @return whether they have; false if the run has ended meanwhile
   */
  boolean awaitBegun(int worker, long round, Ended ended) {
    for (int i = 0; i < SPINS; i++) {
      if (haveBegun(worker, round)) {
        return true;
      }
      Thread.onSpinWait();
    }
    Pauses pauses = new Pauses();
    while (!ended.isEnded()) {
      if (haveBegun(worker, round)) {
        return true;
      }
      pauses.next();
      Thread.interrupted(); // else the next pause would be none
    }
    return false;
  }

  /** Nobody tells anyone that it begins a round: that would cost more than the round. */
  private static final class Pauses {
    private int yields;
    private long nanos = 1_000;

    @SuppressWarnings("ThreadPriorityCheck") // whoever yields here parks in the end
    void next() {
      if (yields < YIELDS) {
        yields++;
        Thread.yield();
      } else {
        LockSupport.parkNanos(this, nanos);
        nanos = Math.min(2 * nanos, LONGEST_PAUSE_NANOS);
      }
    }
  }

  /** What a worker does about the next round. */
  enum Next {
    BEGIN,
    STOP,
    WAIT
  }

  /**
   * A worker would stop before a round, and waits until the others would, too, or have gone on.
   *
   * @return whether it has to begin that round; false also if the run has ended meanwhile
   */
  boolean mustBegin(int worker, long round, Ended ended) {
    words.set((worker + 1) * LINE + READY, round);
    Pauses pauses = new Pauses();
    while (!ended.isEnded()) {
      Next next = next(worker, round);
      if (next != Next.WAIT) {
        return next == Next.BEGIN;
      }
      pauses.next();
    }
    return false;
  }

  /** Tells whether the run has ended, so that it is no use to wait for anyone. */
  @FunctionalInterface
  interface Ended {
    boolean isEnded();
  }

  private Next next(int worker, long round) {
    boolean all = true;
    for (int other = 0; other < workers; other++) {
      if (other != worker) {
        if (begun(other) >= round) {
          return Next.BEGIN;
        }
        all &= words.get((other + 1) * LINE + READY) == round;
      }
    }
    return all ? Next.STOP : Next.WAIT;
  }
}
