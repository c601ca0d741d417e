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

/** A listener registers while the state changes: the change finds it, or it finds the change. */
@JCStressTest
@Outcome(id = "1", expect = ACCEPTABLE, desc = "Told.")
@Outcome(expect = FORBIDDEN, desc = "The change is lost between the two.")
@State
public class ListenAgainstChange {
  private final VersionedState<Integer> state = VersionedState.of(0);
  private long told;

  public ListenAgainstChange() {}

  @Actor
  public void listens() {
    state.listen(0, Runnable::run, latest -> told += latest.version());
  }

  @Actor
  public void changes() {
    state.update(n -> n + 1);
  }

  @Arbiter
  public void end(J_Result r) {
    r.r1 = told;
  }
}
