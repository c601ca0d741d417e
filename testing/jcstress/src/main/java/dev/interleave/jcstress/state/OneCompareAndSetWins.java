// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.state;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.state.VersionedState;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** Two threads replace the same version. */
@JCStressTest
@Outcome(
    id = {"true, false, 1", "false, true, 2"},
    expect = ACCEPTABLE,
    desc = "One wins.")
@Outcome(expect = FORBIDDEN, desc = "Both win or none does, or the value is the loser's.")
@State
public class OneCompareAndSetWins {
  private final VersionedState<Integer> state = VersionedState.of(0);

  public OneCompareAndSetWins() {}

  @Actor
  public void first(ZZI_Result r) {
    r.r1 = state.compareAndSet(0, 1);
  }

  @Actor
  public void second(ZZI_Result r) {
    r.r2 = state.compareAndSet(0, 2);
  }

  @Arbiter
  public void end(ZZI_Result r) {
    r.r3 = state.snapshot().value();
  }
}
