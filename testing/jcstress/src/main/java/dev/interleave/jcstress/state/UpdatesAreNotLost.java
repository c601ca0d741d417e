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
import org.openjdk.jcstress.infra.results.IIII_Result;

/** Two updates: each sees the other or is seen by it. */
@JCStressTest
@Outcome(
    id = {"1, 2, 2, 2", "2, 1, 2, 2"},
    expect = ACCEPTABLE,
    desc = "One after the other.")
@Outcome(expect = FORBIDDEN, desc = "An update is lost, or was not seen.")
@State
public class UpdatesAreNotLost {
  private final VersionedState<int[]> state = VersionedState.of(new int[1]);

  public UpdatesAreNotLost() {}

  private int addOne() {
    return state.update(before -> new int[] {before[0] + 1}).value()[0];
  }

  @Actor
  public void adds1(IIII_Result r) {
    r.r1 = addOne();
  }

  @Actor
  public void adds2(IIII_Result r) {
    r.r2 = addOne();
  }

  @Arbiter
  public void end(IIII_Result r) {
    r.r3 = (int) state.snapshot().version();
    r.r4 = state.snapshot().value()[0];
  }
}
