// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** The leader leaves when a new caller, which has found the turn taken, is about to park. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "It reads, or was woken to do so.")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "It sleeps, and nobody reads its reply.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "It has not got the turn.")
@State
public class LeaderLeavesAgainstCaller {
  private final Turns turns = Turns.taken();
  private final PendingCall call = Calls.pending(1);

  public LeaderLeavesAgainstCaller() {}

  @Actor
  public void follows() {
    call.waits();
    try {
      if (!turns.turn.follow(call)) {
        throw new IllegalStateException("the call has ended");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Signal
  public void leaves() {
    turns.turn.giveUp();
  }
}
