// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.testing;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Two threads increment a plain field. Nothing is forbidden: if no update is ever lost here, then
 * this machine shows no races, and the other tests prove nothing on it. Also what {@code
 * StressSpeed} measures.
 */
@JCStressTest
@Outcome(id = "2", expect = ACCEPTABLE, desc = "One after the other.")
@Outcome(id = "1", expect = ACCEPTABLE, desc = "Both have read the same value: a lost update.")
@State
public class LostUpdate {
  private int count;

  @Actor
  public void first() {
    count++;
  }

  @Actor
  public void second() {
    count++;
  }

  @Arbiter
  public void arbiter(I_Result r) {
    r.r1 = count;
  }
}
