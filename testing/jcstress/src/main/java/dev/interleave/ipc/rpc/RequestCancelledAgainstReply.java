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

/** A request is cancelled when its method returns: it ends once, and its place is free once. */
@JCStressTest
@Outcome(id = "1, ok 1 cancelled 0, 1", expect = ACCEPTABLE, desc = "Replied.")
@Outcome(id = "0, ok 0 cancelled 1, 1", expect = ACCEPTABLE, desc = "Cancelled.")
@Outcome(expect = FORBIDDEN, desc = "Both, neither, or a wrong number of places.")
@State
public class RequestCancelledAgainstReply {
  private final Request request = new Request("get");

  public RequestCancelledAgainstReply() {}

  @Actor
  public void runs() {
    request.call.call();
  }

  @Actor
  public void cancels() {
    request.call.cancel();
  }

  @Arbiter
  public void judge(LLL_Result r) {
    RpcServerStats stats = request.stats();
    r.r1 = request.replies();
    r.r2 = "ok " + stats.ok() + " cancelled " + stats.cancelled();
    r.r3 = request.places();
  }
}
