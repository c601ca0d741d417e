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

/**
 * The leader leaves, and wakes the first follower, which leaves at that moment since its deadline
 * has passed: one of the two wakes the second one.
 */
@JCStressTest
@Outcome(id = "true", expect = ACCEPTABLE, desc = "The second one was woken.")
@Outcome(
    id = "false",
    expect = FORBIDDEN,
    desc = "The turn is free, and who waits for it sleeps: its reply is not read.")
@State
public class FollowerLeavesAgainstHandOver {
  private final Turns turns = Turns.taken();
  private final Turns.Woken first = new Turns.Woken();
  private final Turns.Woken second = new Turns.Woken();

  public FollowerLeavesAgainstHandOver() {
    turns.turn.enter(first);
    turns.turn.enter(second);
  }

  @Actor
  public void leaderLeaves() {
    turns.turn.giveUp();
  }

  @Actor
  public void followerLeaves() {
    turns.turn.leave(first);
  }

  @Arbiter
  public void judge(Z_Result r) {
    r.r1 = second.woken;
  }
}
