// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.context;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.context.Context;
import dev.interleave.context.ContextLocal;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Two threads go on from the same context: neither sees the other's value, the first is as it was.
 */
@JCStressTest
@Outcome(id = "1, 2, 1", expect = ACCEPTABLE, desc = "Each has its own.")
@Outcome(expect = FORBIDDEN, desc = "Somebody has changed the context of another one.")
@State
public class ContextsAreBuiltApart {
  /** More than have a slot of their own, so that one of them has none. */
  private static final ContextLocal<Integer> LOCAL = lastOf(20);

  private static final ContextLocal<Integer> COMMON = ContextLocal.named("common");

  private final Context common = Context.empty().with(COMMON, 1).with(LOCAL, 0);

  public ContextsAreBuiltApart() {}

  private static ContextLocal<Integer> lastOf(int many) {
    ContextLocal<Integer> last = ContextLocal.named("last");
    for (int i = 1; i < many; i++) {
      last = ContextLocal.named("last");
    }
    return last;
  }

  @Actor
  public void one(III_Result r) {
    r.r1 = common.with(LOCAL, 1).supply(() -> LOCAL.orElse(-1));
  }

  @Actor
  public void two(III_Result r) {
    r.r2 = common.with(LOCAL, 2).supply(() -> LOCAL.orElse(-1));
  }

  @Arbiter
  public void end(III_Result r) {
    r.r3 = common.orElse(COMMON, -1) + common.orElse(LOCAL, -1);
  }
}
