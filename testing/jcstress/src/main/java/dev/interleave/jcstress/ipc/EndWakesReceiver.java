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

/** A thread waits for a frame, and the other side sends no more. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "Woken.")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "Waits for more after the end.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "Woken for another reason.")
@State
public class EndWakesReceiver {
  private final Ends ends = new Ends();

  public EndWakesReceiver() {}

  @Actor
  public void waits() {
    try {
      if (ends.there.receive(frame -> {}, Deadline.none())) {
        throw new IllegalStateException("a frame");
      }
    } catch (TransportException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Signal
  public void lets() {
    ends.here.closeSend();
  }
}
