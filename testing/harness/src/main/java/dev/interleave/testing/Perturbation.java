// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

/**
 * What a {@link Stress} run does to an actor at a sync point, to bring about interleavings that are
 * rare otherwise. Sync points are the begin and the end of each actor and every {@link
 * Stress#sync()} between.
 *
 * <p>All but {@link #INTERRUPT} may happen to any thread at any time anyway, so correct code has to
 * stand them; they are on unless {@linkplain Stress#perturb chosen otherwise}.
 */
public enum Perturbation {
  /** The actor calls {@link Thread#yield()}. */
  YIELD,

  /** The actor is parked for up to about a hundred microseconds, so it gives up its processor. */
  PARK,

  /** The actor spins for a few nanoseconds up to about a hundred microseconds. */
  DELAY,

  /**
   * The actor unparks another one: if that is parked, it wakes up for no reason, and if not, its
   * next park does not wait. {@link java.util.concurrent.locks.LockSupport} allows both.
   */
  WAKE_UP,

  /**
   * The actor interrupts itself or another one. Off by default, because actors have to be written
   * for it: one that ends with an {@link InterruptedException} has the outcome {@link
   * Stress.Thrown}, and one that ends neither so nor with its interrupt status set has {@link
   * Stress.Swallowed}. An interrupt never reaches into the next round.
   */
  INTERRUPT;

  /** Tells whether it delays the actor itself, rather than signal to one. */
  boolean isHoldUp() {
    return this == YIELD || this == PARK || this == DELAY;
  }
}
