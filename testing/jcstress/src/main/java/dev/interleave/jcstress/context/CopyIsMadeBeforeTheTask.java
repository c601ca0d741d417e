// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.context;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.context.Context;
import dev.interleave.context.ContextLocal;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A task has a copy, made when it was wrapped: it and those who wrapped it write to their own. */
@JCStressTest
@Outcome(id = "1, 11", expect = ACCEPTABLE, desc = "Two arrays.")
@Outcome(expect = FORBIDDEN, desc = "One array, or a copy that was made too late.")
@State
public class CopyIsMadeBeforeTheTask {
  private static final ContextLocal<int[]> OWN =
      ContextLocal.<int[]>builder("own").copied(int[]::clone).build();

  private final int[] first = new int[1];
  private int seen;
  private final Runnable task;

  public CopyIsMadeBeforeTheTask() {
    task = Context.empty().with(OWN, first).wrap((Runnable) this::add);
  }

  private void add() {
    OWN.get()[0] += 11;
    seen = OWN.get()[0];
  }

  @Actor
  public void owner(II_Result r) {
    first[0] += 1;
    r.r1 = first[0];
  }

  @Actor
  public void task(II_Result r) {
    task.run();
    r.r2 = seen;
  }
}
