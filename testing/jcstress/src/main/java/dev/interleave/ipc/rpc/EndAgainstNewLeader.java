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
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** The leader finds that the connection has ended, and leaves, when a new caller wants to lead. */
@JCStressTest
@Outcome(id = "false, true", expect = ACCEPTABLE, desc = "Only the thread goes on.")
@Outcome(id = "true, .*", expect = FORBIDDEN, desc = "It reads a connection that has ended.")
@Outcome(id = "false, false", expect = FORBIDDEN, desc = "Nobody ends the calls.")
@State
public class EndAgainstNewLeader {
  private final Turns turns = Turns.taken();

  public EndAgainstNewLeader() {}

  @Actor
  public void leaderLeaves() {
    turns.broken.set(true);
    turns.turn.giveUp();
  }

  @Actor
  public void wantsToLead(ZZ_Result r) {
    r.r1 = turns.turn.tryLead();
  }

  @Arbiter
  public void judge(ZZ_Result r) {
    r.r2 = turns.thread.woken;
  }
}
