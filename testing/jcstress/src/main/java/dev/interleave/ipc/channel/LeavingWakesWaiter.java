// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.Deadline;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/**
 * A thread waits for an acknowledgement, and the other side takes no more messages in; it cannot
 * say farewell yet, as its own are not acknowledged.
 */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "Told that there will be none.")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "Waits for it.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "Told something else.")
@State
public class LeavingWakesWaiter {
  private final ReliableEnds ends = ReliableEnds.withMessagesUnderWay();

  public LeavingWakesWaiter() {}

  @Actor
  public void waits() {
    try {
      ends.here.awaitAcknowledged(Deadline.none());
      throw new IllegalStateException("acknowledged");
    } catch (BrokenChannelException e) {
      // as it should be
    } catch (ChannelException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
    ends.close();
  }

  @Signal
  public void closesThere() {
    ends.there.close();
  }
}
