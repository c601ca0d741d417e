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
 * A request with a key is given up as it begins: the key is kept if it has run, and only then; and
 * its place is free once.
 */
@JCStressTest
@Outcome(id = "true, true, 0, 1", expect = ACCEPTABLE, desc = "It ran for nobody; kept.")
@Outcome(id = "true, true, 1, 1", expect = ACCEPTABLE, desc = "It ran, and was replied to; kept.")
@Outcome(id = "false, false, 0, 1", expect = ACCEPTABLE, desc = "It did not run; forgotten.")
@Outcome(expect = FORBIDDEN, desc = "It may run twice, or never, or a wrong number of places.")
@State
public class KeyGivenUpAgainstRun {
  private final Request request = new Request("get", "key");

  public KeyGivenUpAgainstRun() {}

  @Actor
  public void runs() {
    request.call.call();
  }

  @Actor
  public void givesUp() {
    request.call.cancel();
  }

  @Arbiter
  public void judge(LLLL_Result r) {
    r.r3 = request.replies();
    r.r1 = request.run;
    r.r2 = request.isRemembered("key");
    r.r4 = request.places();
    RpcServerStats unused = request.stats();
  }
}
