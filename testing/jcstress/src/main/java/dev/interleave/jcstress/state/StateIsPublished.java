// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.state;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.state.Confined;
import java.util.function.Function;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Plain fields that only functions touch: each sees all of the ones before, and half of none. */
@JCStressTest
@Outcome(
    id = {"0, 0", "1, 1"},
    expect = ACCEPTABLE,
    desc = "Before or after the write.")
@Outcome(expect = FORBIDDEN, desc = "Half a write, or what was there at first is not seen.")
@State
public class StateIsPublished {
  private static final class Pair {
    int left = 7;
    int right = 7;
  }

  private final Confined<Pair> confined = Confined.of(Pair::new);

  public StateIsPublished() {}

  private void run(Function<Pair, Integer> function) {
    try {
      confined.call(function);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
  }

  @Actor
  public void writes() {
    run(pair -> {
      pair.left++;
      Thread.onSpinWait();
      return pair.right++;
    });
  }

  @Actor
  public void reads(II_Result r) {
    run(pair -> {
      r.r1 = pair.left - 7;
      Thread.onSpinWait();
      r.r2 = pair.right - 7;
      return 0;
    });
  }

  @Arbiter
  public void end(II_Result r) {
    confined.close();
  }
}
