// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lifecycle;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.lifecycle.StopToken;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** A thread waits for a stop, and another one stops. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "Woken.")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "Waits for a stop that has been.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "Woken, and not stopped.")
@State
public class StopWakesWaiter {
  private final StopToken token = StopToken.create("token");

  public StopWakesWaiter() {}

  @Actor
  public void waits() {
    try {
      token.await();
      if (!token.isStopped()) {
        throw new IllegalStateException("not stopped");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
  }

  @Signal
  public void stops() {
    token.stop("now");
  }
}
