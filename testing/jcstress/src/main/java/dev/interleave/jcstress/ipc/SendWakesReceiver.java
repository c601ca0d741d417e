// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.ipc;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.TransportException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** A thread waits for a frame, and another one sends it. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "Woken.")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "Waits for a frame that is there.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "Woken for another reason.")
@State
public class SendWakesReceiver {
  private final Ends ends = new Ends();

  public SendWakesReceiver() {}

  @Actor
  public void waits() {
    try {
      boolean woken = ends.there.receive(frame -> {}, Deadline.none());
      if (!woken) {
        throw new IllegalStateException("the end");
      }
    } catch (TransportException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Signal
  public void lets() {
    try {
      if (!ends.here.trySend(Ends.frame(1))) {
        throw new IllegalStateException("no room");
      }
    } catch (TransportException e) {
      throw new IllegalStateException(e);
    }
  }
}
