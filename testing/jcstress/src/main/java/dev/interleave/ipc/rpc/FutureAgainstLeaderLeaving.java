// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** A call with a future is made when the leader leaves: one of the two wakes the thread. */
@JCStressTest
@Outcome(id = "true", expect = ACCEPTABLE, desc = "The thread was woken, and will read.")
@Outcome(id = "false", expect = FORBIDDEN, desc = "It sleeps: the reply is not read.")
@State
public class FutureAgainstLeaderLeaving {
  private final Turns turns = Turns.taken();

  public FutureAgainstLeaderLeaving() {}

  @Actor
  public void leaderLeaves() {
    turns.turn.giveUp();
  }

  @Actor
  public void calls() {
    turns.wanted.set(true);
    turns.turn.passOnIfFree();
  }

  @Arbiter
  public void judge(Z_Result r) {
    r.r1 = turns.thread.woken;
  }
}
