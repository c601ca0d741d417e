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
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * The same when the mailbox is thrown away: what has begun runs, all else is told that it will not.
 */
@JCStressTest
@Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "Run.")
@Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "Rejected.")
@Outcome(id = "2, 1, 0", expect = ACCEPTABLE, desc = "Thrown away.")
@Outcome(expect = FORBIDDEN, desc = "Lost, run twice, or run and thrown away.")
@State
public class SubmitAgainstCloseNow extends ConfinedCounter {
  public SubmitAgainstCloseNow() {
    super(2);
  }

  @Actor
  public void submits(III_Result r) {
    r.r1 = incrementAndWait();
  }

  @Actor
  public void throwsAway(III_Result r) {
    r.r2 = confined.closeNow().size();
  }

  @Arbiter
  public void count(III_Result r) {
    r.r3 = closed();
  }
}
