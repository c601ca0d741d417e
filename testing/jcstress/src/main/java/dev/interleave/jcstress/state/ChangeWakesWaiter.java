// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.state;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.state.VersionedState;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** A thread awaits a version without a time limit, and another one makes it. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "Woken.")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "Waits for a version that is there.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "Woken without the version.")
@State
public class ChangeWakesWaiter {
  private final VersionedState<Integer> state = VersionedState.of(0);

  public ChangeWakesWaiter() {}

  @Actor
  public void waits() {
    try {
      if (state.awaitAfter(0).version() != 1) {
        throw new IllegalStateException("not there");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
  }

  @Signal
  public void changes() {
    state.update(n -> n + 1);
  }
}
