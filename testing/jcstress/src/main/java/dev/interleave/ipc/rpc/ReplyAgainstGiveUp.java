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
import org.openjdk.jcstress.infra.results.LLLL_Result;

/**
 * A reply comes when its call is given up: one of them takes the call out of the table, the reply
 * is counted as what it is, and its place is free once. A further reply is one too many.
 */
@JCStressTest
@Outcome(id = "true, false, in time, 1", expect = ACCEPTABLE, desc = "The reply was first.")
@Outcome(id = "false, true, late, 1", expect = ACCEPTABLE, desc = "Given up first.")
@Outcome(expect = FORBIDDEN, desc = "Both or neither, a wrong count, or a wrong number of places.")
@State
public class ReplyAgainstGiveUp {
  private final PendingTable table = new PendingTable(1);
  private final PendingCall call;

  public ReplyAgainstGiveUp() {
    boolean unused = table.enter();
    call = Calls.pending(table.nextId());
    table.add(call);
  }

  @Actor
  public void replies(LLLL_Result r) {
    r.r1 = table.replied(call.id) != null;
  }

  @Actor
  public void givesUp(LLLL_Result r) {
    r.r2 = table.giveUp(call);
  }

  @Arbiter
  public void judge(LLLL_Result r) {
    long late = table.late.sum();
    r.r3 = late > 0 ? "late" : table.duplicate.sum() > 0 ? "too many" : "in time";
    if (table.replied(call.id) != null || table.late.sum() > late) {
      r.r3 = "another one was welcome";
    }
    int places = 0;
    while (places < 2 && table.enter()) {
      places++;
    }
    r.r4 = places;
  }
}
