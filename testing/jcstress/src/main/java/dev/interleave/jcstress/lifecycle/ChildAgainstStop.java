// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lifecycle;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.lifecycle.StopToken;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A child is made while its parent is stopped: it is stopped, too. */
@JCStressTest
@Outcome(id = "1", expect = ACCEPTABLE, desc = "Stopped.")
@Outcome(expect = FORBIDDEN, desc = "A child that outlives its parent.")
@State
public class ChildAgainstStop {
  private final StopToken parent = StopToken.create("parent");
  private @Nullable StopToken child;

  public ChildAgainstStop() {}

  @Actor
  public void makesAChild() {
    child = parent.child("child");
  }

  @Actor
  public void stops() {
    parent.stop("now");
  }

  @Arbiter
  public void end(I_Result r) {
    r.r1 = Objects.requireNonNull(child).isStopped() ? 1 : 0;
  }
}
