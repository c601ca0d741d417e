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

/** The first of five messages is lost, and no time is up: the others tell. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "All come, in their order.")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "It is not sent again.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "They come in another order.")
@State
public class OvertakenMessageIsRepeated {
  private final ReliableEnds ends =
      new ReliableEnds(
          options -> options.retransmit(ReliableEnds.NEVER, ReliableEnds.NEVER),
          ReliableEnds.Fate.firstLost(),
          ReliableEnds.Fate.delivered());

  public OvertakenMessageIsRepeated() {}

  @Actor
  public void receives() {
    ends.receive(1, 5);
    ends.close();
  }

  @Signal
  public void sends() {
    ends.send(1, 5);
  }
}
