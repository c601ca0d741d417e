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
import org.openjdk.jcstress.infra.results.LLL_Result;

/** A call ends in two ways at the same time, of which one counts. */
@JCStressTest
@Outcome(id = "true, false, TIMED_OUT", expect = ACCEPTABLE, desc = "Its time was up.")
@Outcome(id = "false, true, CANCELLED", expect = ACCEPTABLE, desc = "It was cancelled.")
@Outcome(expect = FORBIDDEN, desc = "Both, or the one that was told it was not.")
@State
public class TwoEndsOneOutcome {
  private final PendingCall call = Calls.pending(1);

  public TwoEndsOneOutcome() {}

  @Actor
  public void timesOut(LLL_Result r) {
    r.r1 = call.settle(Calls.failure(dev.interleave.ipc.rpc.Outcome.Kind.TIMED_OUT));
  }

  @Actor
  public void cancels(LLL_Result r) {
    r.r2 = call.settle(Calls.failure(dev.interleave.ipc.rpc.Outcome.Kind.CANCELLED));
  }

  @Arbiter
  public void judge(LLL_Result r) {
    r.r3 =
        call.outcome() instanceof dev.interleave.ipc.rpc.Outcome.Failure failure
            ? failure.kind()
            : "none";
  }
}
