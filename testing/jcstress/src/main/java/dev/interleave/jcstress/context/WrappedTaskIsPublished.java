// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.context;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.context.Context;
import dev.interleave.context.ContextLocal;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A task has the context it was wrapped in, on whatever thread and in whatever context it runs. */
@JCStressTest
@Outcome(id = "-1, 2", expect = ACCEPTABLE, desc = "Not there yet.")
@Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "Ran in its own, and then there is the other.")
@Outcome(expect = FORBIDDEN, desc = "Ran in another context, or changed that of its thread.")
@State
public class WrappedTaskIsPublished {
  private static final ContextLocal<Integer> LOCAL = ContextLocal.named("local");
  private static final Context ONE = Context.empty().with(LOCAL, 1);
  private static final Context TWO = Context.empty().with(LOCAL, 2);

  private @Nullable Supplier<Integer> task;

  public WrappedTaskIsPublished() {}

  @Actor
  public void wraps() {
    Supplier<Integer> read = () -> LOCAL.orElse(0);
    ONE.run(() -> task = Context.current().wrap(read));
  }

  @Actor
  public void runs(II_Result r) {
    TWO.run(() -> {
      Supplier<Integer> found = task;
      r.r1 = found == null ? -1 : found.get();
      r.r2 = LOCAL.orElse(0);
    });
  }
}
