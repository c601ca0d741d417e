// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.lock.ResettableEvent;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** A thread begins to wait for an event, which is pulsed. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "Let through.")
@Outcome(
    id = "STALE",
    expect = FORBIDDEN,
    desc = "It waited when the event was pulsed, and missed it.")
@State
public class PulseWakesWaiter {
  private final ResettableEvent event = new ResettableEvent();

  public PulseWakesWaiter() {}

  @Actor
  public void waits() {
    try {
      event.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
  }

  @Signal
  public void pulses() {
    while (event.waiters() == 0) {
      Thread.onSpinWait();
    }
    event.pulse();
  }
}
