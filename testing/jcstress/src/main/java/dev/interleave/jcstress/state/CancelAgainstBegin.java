// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.state;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/** A function is cancelled while the owner is about to begin it: one of them is too late. */
@JCStressTest
@Outcome(id = "true, 0", expect = ACCEPTABLE, desc = "Cancelled, and not run.")
@Outcome(id = "false, 1", expect = ACCEPTABLE, desc = "Run, and not cancelled.")
@Outcome(expect = FORBIDDEN, desc = "Cancelled and run, or neither.")
@State
public class CancelAgainstBegin extends ConfinedCounter {
  private final CompletableFuture<Integer> future;

  public CancelAgainstBegin() {
    super(2);
    CompletableFuture<Integer> increment = new CompletableFuture<>();
    for (CompletableFuture<Integer> sent : confined.trySubmit(c -> ++c[0]).stream().toList()) {
      increment = sent;
    }
    future = increment;
  }

  @Actor
  public void cancels(ZI_Result r) {
    r.r1 = future.cancel(true);
  }

  @Actor
  public void closes() {
    confined.close();
  }

  @Arbiter
  public void count(ZI_Result r) {
    r.r2 = closed();
  }
}
