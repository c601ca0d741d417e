// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

/** What {@link Faults} can do to a program. */
public enum FaultKind {
  /** An exception is thrown at a point. */
  EXCEPTION,

  /** The thread pauses at a point. */
  DELAY,

  /** The thread is marked as interrupted at a point. */
  INTERRUPT,

  /** {@link InjectedDeath} is thrown at a point, to end the thread. */
  DEATH,

  /** A process is killed. */
  KILL,

  /** A frame does not arrive. */
  LOST,

  /** Only the beginning of a frame arrives. */
  TORN;

  /** Tells whether it strikes where a thread passes a point. */
  boolean strikesThread() {
    return this == EXCEPTION || this == DELAY || this == INTERRUPT || this == DEATH;
  }

  /** Tells whether it strikes a frame. */
  boolean strikesFrame() {
    return this == LOST || this == TORN;
  }
}
