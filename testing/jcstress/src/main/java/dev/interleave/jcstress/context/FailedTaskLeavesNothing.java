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

/** Two threads run the same task, which fails, in a context: each is afterwards where it was. */
@JCStressTest
@Outcome(id = "0, 7", expect = ACCEPTABLE, desc = "Each is where it was.")
@Outcome(expect = FORBIDDEN, desc = "The context of the task has stayed.")
@State
public class FailedTaskLeavesNothing {
  private static final ContextLocal<Integer> LOCAL = ContextLocal.named("local");
  private static final Context OUTER = Context.empty().with(LOCAL, 7);

  private static final class Expected extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Expected() {
      super(null, null, false, false);
    }
  }

  private final Runnable task =
      Context.empty()
          .with(LOCAL, 1)
          .wrap(
              (Runnable)
                  () -> {
                    throw new Expected();
                  });

  public FailedTaskLeavesNothing() {}

  private void fail() {
    try {
      task.run();
    } catch (Expected e) {
      // as it should; what is left is asked for next
    }
  }

  @Actor
  public void inNone(II_Result r) {
    fail();
    r.r1 = LOCAL.orElse(0);
  }

  @Actor
  public void inAnother(II_Result r) {
    OUTER.run(() -> {
      fail();
      r.r2 = LOCAL.orElse(0);
    });
  }
}
