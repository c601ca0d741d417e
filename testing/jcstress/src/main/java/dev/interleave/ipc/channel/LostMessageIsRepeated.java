// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.function.UnaryOperator;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** The only message is lost: nothing but time tells. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "It comes.")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "It is not sent again.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "Something else comes.")
@State
public class LostMessageIsRepeated {
  private final ReliableEnds ends =
      new ReliableEnds(
          UnaryOperator.identity(), ReliableEnds.Fate.firstLost(), ReliableEnds.Fate.delivered());

  public LostMessageIsRepeated() {}

  @Actor
  public void receives() {
    ends.receive(1, 1);
    ends.close();
  }

  @Signal
  public void sends() {
    ends.send(1, 1);
  }
}
