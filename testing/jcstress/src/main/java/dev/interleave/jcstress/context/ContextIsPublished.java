// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.context;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.context.Context;
import dev.interleave.context.ContextLocal;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A context that is handed over by a data race is whole, or is not there. */
@JCStressTest
@Outcome(id = "-1, -1", expect = ACCEPTABLE, desc = "Not there yet.")
@Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "There, and whole.")
@Outcome(expect = FORBIDDEN, desc = "A context without its values.")
@State
public class ContextIsPublished {
  private static final ContextLocal<Integer> FIRST = ContextLocal.named("first");
  private static final ContextLocal<Integer> SECOND = ContextLocal.named("second");

  private @Nullable Context context;

  public ContextIsPublished() {}

  @Actor
  public void publishes() {
    context = Context.empty().with(FIRST, 1).with(SECOND, 2);
  }

  @Actor
  public void uses(II_Result r) {
    Context found = context;
    r.r1 = -1;
    r.r2 = -1;
    if (found != null) {
      r.r1 = found.orElse(FIRST, 0);
      found.run(() -> r.r2 = SECOND.orElse(0));
    }
  }
}
