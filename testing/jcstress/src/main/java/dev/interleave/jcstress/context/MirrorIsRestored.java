// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.context;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.context.Context;
import dev.interleave.context.ContextLocal;
import dev.interleave.context.ContextMirror;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A thread-local shows what the context has, on each thread for itself, and is itself after it. */
@JCStressTest
@Outcome(id = "15, 20", expect = ACCEPTABLE, desc = "Shown, and put back.")
@Outcome(expect = FORBIDDEN, desc = "Not shown, or not put back.")
@State
public class MirrorIsRestored {
  private static final ThreadLocal<Integer> PLACE = new ThreadLocal<>();
  private static final ContextLocal<Integer> LOCAL =
      ContextLocal.<Integer>builder("local").mirrored(ContextMirror.of(PLACE)).build();
  private static final Context ONE = Context.empty().with(LOCAL, 1);
  private static final Context TWO = Context.empty().with(LOCAL, 2);

  public MirrorIsRestored() {}

  private static int shown() {
    Integer shown = PLACE.get();
    return shown == null ? 0 : shown;
  }

  /** Two digits: what was there within, and after it. */
  private static int look(Context context, int byHand) {
    PLACE.set(byHand);
    int within = context.supply(MirrorIsRestored::shown);
    int after = shown();
    PLACE.remove();
    return 10 * within + after;
  }

  @Actor
  public void one(II_Result r) {
    r.r1 = look(ONE, 5);
  }

  @Actor
  public void two(II_Result r) {
    r.r2 = look(TWO, 0);
  }
}
