// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.pool;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/** A task is submitted while the pool is closed: it is accepted and run, or neither. */
@JCStressTest
@Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "Accepted, and run.")
@Outcome(id = "false, 0", expect = ACCEPTABLE, desc = "Rejected.")
@Outcome(expect = FORBIDDEN, desc = "Accepted and lost, or rejected and run.")
@State
public class CloseAgainstSubmit extends Pools {
  public CloseAgainstSubmit() {
    super(elastic(1));
  }

  @Actor
  public void submits(ZI_Result r) {
    r.r1 = submits();
  }

  @Actor
  public void closes() {
    pool.close();
  }

  @Arbiter
  public void count(ZI_Result r) {
    pool.close();
    r.r2 = runs.get();
  }
}
