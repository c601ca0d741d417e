// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lifecycle;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.lifecycle.StopToken;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Two threads stop a token: one of them does it, and its reason is the reason. */
@JCStressTest
@Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "The first did it.")
@Outcome(id = "0, 1, 2", expect = ACCEPTABLE, desc = "The second did it.")
@Outcome(expect = FORBIDDEN, desc = "Both, none, or for the reason of the other.")
@State
public class FirstReasonWins {
  private final StopToken token = StopToken.create("token");

  public FirstReasonWins() {}

  @Actor
  public void first(III_Result r) {
    r.r1 = token.stop("1") ? 1 : 0;
  }

  @Actor
  public void second(III_Result r) {
    r.r2 = token.stop("2") ? 1 : 0;
  }

  @Arbiter
  public void end(III_Result r) {
    r.r3 = Integer.parseInt(token.reason().orElseThrow());
  }
}
