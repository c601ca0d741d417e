// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.context;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.Guard;
import dev.interleave.context.Context;
import dev.interleave.context.ContextLocal;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A guard falls into the hands of another thread: it ends nothing there, and nothing here. */
@JCStressTest
@Outcome(id = "1, 7", expect = ACCEPTABLE, desc = "Both are in their contexts.")
@Outcome(expect = FORBIDDEN, desc = "A scope was ended by a stranger, or changed its context.")
@State
public class StrangerCannotClose {
  private static final ContextLocal<Integer> LOCAL = ContextLocal.named("local");
  private static final Context MINE = Context.empty().with(LOCAL, 1);
  private static final Context OTHER = Context.empty().with(LOCAL, 7);

  private volatile @Nullable Guard guard;

  public StrangerCannotClose() {}

  @Actor
  public void owner(II_Result r) {
    try (Guard open = MINE.open()) {
      guard = open;
      Thread.onSpinWait();
      r.r1 = LOCAL.orElse(0);
    }
    if (LOCAL.isSet()) {
      r.r1 = -1;
    }
  }

  @Actor
  public void stranger(II_Result r) {
    OTHER.run(() -> {
      Guard found = guard;
      if (found != null) {
        try {
          found.close();
          r.r2 = -1;
          return;
        } catch (IllegalMonitorStateException e) {
          // as it should
        }
      }
      r.r2 = LOCAL.orElse(0);
    });
  }
}
