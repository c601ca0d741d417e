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
import org.openjdk.jcstress.infra.results.LL_Result;

/** A request is cancelled when its method returns a future, which has to be cancelled, too. */
@JCStressTest
@Outcome(id = "true, true", expect = ACCEPTABLE, desc = "It ran, and its future is cancelled.")
@Outcome(id = "false, false", expect = ACCEPTABLE, desc = "It did not run.")
@Outcome(expect = FORBIDDEN, desc = "The future goes on for nobody.")
@State
public class RequestCancelledAgainstStage {
  private final Request request = new Request("later");

  public RequestCancelledAgainstStage() {}

  @Actor
  public void runs() {
    request.call.call();
  }

  @Actor
  public void cancels() {
    request.call.cancel();
  }

  @Arbiter
  public void judge(LL_Result r) {
    r.r1 = request.run;
    r.r2 = request.run && request.isCancelled();
    request.promise.cancel(false);
    RpcServerStats unused = request.stats();
  }
}
