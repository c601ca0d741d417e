// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lifecycle;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.lifecycle.StopToken;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A callback is registered while the token is stopped: it runs, and once. */
@JCStressTest
@Outcome(id = "1", expect = ACCEPTABLE, desc = "Run once.")
@Outcome(expect = FORBIDDEN, desc = "Lost between the two, or run twice.")
@State
public class CallbackAgainstStop {
  private final StopToken token = StopToken.create("token");
  private final AtomicInteger ran = new AtomicInteger();

  public CallbackAgainstStop() {}

  @Actor
  public void registers() {
    token.onStop(ran::incrementAndGet);
  }

  @Actor
  public void stops() {
    token.stop("now");
  }

  @Arbiter
  public void end(I_Result r) {
    r.r1 = ran.get();
  }
}
