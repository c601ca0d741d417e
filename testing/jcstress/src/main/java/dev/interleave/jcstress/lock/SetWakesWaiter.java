// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.lock.ResettableEvent;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A thread waits for an event, another one writes a plain field and sets it. If the wake-up were
 * lost, the test would not end.
 */
@JCStressTest
@Outcome(id = "1", expect = ACCEPTABLE, desc = "Let through, and saw what was written before.")
@Outcome(expect = FORBIDDEN, desc = "Let through, but what was written is not seen.")
@State
public class SetWakesWaiter {
  private final ResettableEvent event = new ResettableEvent();
  private int written;

  public SetWakesWaiter() {}

  @Actor
  public void waits(I_Result r) {
    try {
      event.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
    r.r1 = written;
  }

  @Actor
  public void sets() {
    written = 1;
    event.set();
  }
}
