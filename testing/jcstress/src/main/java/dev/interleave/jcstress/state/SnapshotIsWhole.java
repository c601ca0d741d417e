// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.state;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.state.Versioned;
import dev.interleave.state.VersionedState;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Who sees a version sees what its value refers to, which has no final field. */
@JCStressTest
@Outcome(
    id = {"0, 0", "1, 1"},
    expect = ACCEPTABLE,
    desc = "Before or after the update.")
@Outcome(expect = FORBIDDEN, desc = "A version without its value.")
@State
public class SnapshotIsWhole {
  private final VersionedState<int[]> state = VersionedState.of(new int[1]);

  public SnapshotIsWhole() {}

  @Actor
  public void updates() {
    state.update(before -> {
      int[] next = new int[1];
      next[0] = before[0] + 1;
      return next;
    });
  }

  @Actor
  public void looks(II_Result r) {
    Versioned<int[]> seen = state.snapshot();
    r.r1 = (int) seen.version();
    r.r2 = seen.value()[0];
  }
}
