// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.state;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * What is accepted before a close runs, what is rejected does not, and there is nothing between.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Accepted, and run.")
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "Rejected, and not run.")
@Outcome(expect = FORBIDDEN, desc = "Accepted and lost, or run although rejected.")
@State
public class SubmitAgainstClose extends ConfinedCounter {
  public SubmitAgainstClose() {
    super(2);
  }

  @Actor
  public void submits(II_Result r) {
    r.r1 = increment();
  }

  @Actor
  public void closes() {
    confined.close();
  }

  @Arbiter
  public void count(II_Result r) {
    r.r2 = closed();
  }
}
