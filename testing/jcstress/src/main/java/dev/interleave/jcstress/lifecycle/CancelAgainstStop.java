// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lifecycle;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.lifecycle.StopRegistration;
import dev.interleave.lifecycle.StopToken;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A callback is cancelled while the token is stopped: it is cancelled, or it runs. */
@JCStressTest
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Cancelled, and not run.")
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "Not cancelled, and run.")
@Outcome(expect = FORBIDDEN, desc = "Cancelled and run, or neither.")
@State
public class CancelAgainstStop {
  private final StopToken token = StopToken.create("token");
  private final AtomicInteger ran = new AtomicInteger();
  private final StopRegistration registration = token.onStop(ran::incrementAndGet);

  public CancelAgainstStop() {}

  @Actor
  public void cancels(II_Result r) {
    r.r1 = registration.cancel() ? 1 : 0;
  }

  @Actor
  public void stops() {
    token.stop("now");
  }

  @Arbiter
  public void end(II_Result r) {
    r.r2 = ran.get();
  }
}
