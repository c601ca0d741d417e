// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static java.util.Objects.requireNonNull;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** The client of a call with a key gives it up, and so does who asked again: nobody wants it. */
@JCStressTest
@Outcome(id = "true, 1, 0", expect = ACCEPTABLE, desc = "Whoever was last has stopped it.")
@Outcome(expect = FORBIDDEN, desc = "It goes on for nobody, or is counted twice.")
@State
public class CancelOfLastAgainstFirst {
  private final Request request = new Request("later", "key");
  private final Replays.Replay replay = requireNonNull(request.replay);

  public CancelOfLastAgainstFirst() {
    request.asksAgain("key");
    request.call.call();
  }

  @Actor
  public void first() {
    request.call.cancel();
  }

  @Actor
  public void other() {
    request.cancelsAgain(replay);
  }

  @Arbiter
  public void judge(LLL_Result r) {
    r.r1 = request.isCancelled();
    request.promise.cancel(false);
    r.r3 = request.replies();
    r.r2 = request.stats().cancelled();
  }
}
