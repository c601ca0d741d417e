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
import org.openjdk.jcstress.infra.results.ZII_Result;

/**
 * A task is submitted while the pool is stopped: it is rejected, returned, or run, and always one
 * of them.
 */
@JCStressTest
@Outcome(id = "true, 1, 0", expect = ACCEPTABLE, desc = "Accepted, and run.")
@Outcome(id = "true, 0, 1", expect = ACCEPTABLE, desc = "Accepted, and returned.")
@Outcome(id = "false, 0, 0", expect = ACCEPTABLE, desc = "Rejected.")
@Outcome(expect = FORBIDDEN, desc = "Lost, or two of them.")
@State
public class ShutdownNowAgainstSubmit extends Pools {
  private int returned;

  public ShutdownNowAgainstSubmit() {
    super(elastic(1));
  }

  @Actor
  public void submits(ZII_Result r) {
    r.r1 = submits();
  }

  @Actor
  public void stops() {
    returned = pool.shutdownNow().size();
  }

  @Arbiter
  public void count(ZII_Result r) {
    pool.close();
    r.r2 = runs.get();
    r.r3 = returned;
  }
}
