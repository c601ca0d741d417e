// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * A session ends over which a call was sent: the reader frees the call, so that it can be sent over
 * another, while its caller gives up and asks whether a server may have run it. Forbidden: that it
 * was not, which its caller takes for leave to make it again.
 */
@JCStressTest
@Outcome(id = "true, true", expect = ACCEPTABLE, desc = "It may have run, at all times.")
@Outcome(expect = FORBIDDEN, desc = "Between two sessions it seems never to have been sent.")
@State
public class FreedCallMayHaveRun {
  private static final ClientSession SESSION = Calls.session();

  private final PendingCall call = Calls.pending(1);

  public FreedCallMayHaveRun() {
    call.sentOver.set(SESSION);
  }

  @Actor
  public void reader(ZZ_Result r) {
    r.r1 = call.free(SESSION);
  }

  @Actor
  public void caller(ZZ_Result r) {
    r.r2 = call.mayHaveRun();
  }
}
