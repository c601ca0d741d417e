// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** Both ends close while messages are under way that never come. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "Neither waits for the other.")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "They wait for what nobody takes in.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "One cannot close.")
@State
public class TwoEndsClose {
  private final ReliableEnds ends = ReliableEnds.withMessagesUnderWay();

  public TwoEndsClose() {}

  @Actor
  public void closes() {
    ends.close();
  }

  @Signal
  public void closesThere() {
    ends.there.close();
  }
}
