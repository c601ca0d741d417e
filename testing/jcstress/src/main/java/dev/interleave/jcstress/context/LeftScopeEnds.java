// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.context;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.Guard;
import dev.interleave.context.Context;
import dev.interleave.context.ContextLeakDetector;
import dev.interleave.context.ContextLocal;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two threads run a task that leaves a scope open, one of them in a context that is there already.
 */
@JCStressTest
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "Each is where it was.")
@Outcome(expect = FORBIDDEN, desc = "The scope that was left open has outlived the task.")
@State
public class LeftScopeEnds {
  private static final ContextLocal<Integer> LOCAL = ContextLocal.named("local");
  private static final Context ONE = Context.empty().with(LOCAL, 1);
  private static final Context LEFT = Context.empty().with(LOCAL, 2);
  private static final Guard QUIET = ContextLeakDetector.listen(leak -> {});

  private final Runnable task = ONE.wrap((Runnable) LEFT::open);

  public LeftScopeEnds() {
    if (QUIET == null) {
      throw new AssertionError(); // keeps the log quiet
    }
  }

  @Actor
  public void inNone(II_Result r) {
    task.run();
    r.r1 = LOCAL.orElse(0);
  }

  @Actor
  public void inTheSame(II_Result r) {
    ONE.run(() -> {
      task.run();
      r.r2 = LOCAL.orElse(0);
    });
  }
}
