// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** A thread waits for the outcome of its call, and another one settles it. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "Woken.")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "Waits for what is there.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "Woken for another reason.")
@State
public class OutcomeWakesCaller {
  private final PendingCall call = Calls.pending(1);

  public OutcomeWakesCaller() {}

  @Actor
  public void waits() {
    try {
      if (call.await() == null) {
        throw new IllegalStateException("no outcome");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Signal
  public void settles() {
    boolean unused = call.settle(Calls.failure(dev.interleave.ipc.rpc.Outcome.Kind.CANCELLED));
  }
}
