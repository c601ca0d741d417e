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
import org.openjdk.jcstress.infra.results.J_Result;

/** Two changes, and a listener that may be told of both or of the last: never of the first only. */
@JCStressTest
@Outcome(id = "2", expect = ACCEPTABLE, desc = "The last version.")
@Outcome(expect = FORBIDDEN, desc = "The last version is lost, or told before another one.")
@State
public class LastVersionIsTold {
  private final VersionedState<Integer> state = VersionedState.of(0);
  private long told;

  public LastVersionIsTold() {
    state.listen(latest -> told = latest.version());
  }

  @Actor
  public void changes1() {
    state.update(n -> n + 1);
  }

  @Actor
  public void changes2() {
    state.update(n -> n + 1);
  }

  @Arbiter
  public void end(J_Result r) {
    r.r1 = told;
  }
}
