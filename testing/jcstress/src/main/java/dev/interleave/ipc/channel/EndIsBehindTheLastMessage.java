// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.Deadline;
import java.util.function.UnaryOperator;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** A half is closed, and the message before the end is lost. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "The message, and then the end.")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "It is not sent again.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "The end, and there is a message.")
@State
public class EndIsBehindTheLastMessage {
  private final ReliableEnds ends =
      new ReliableEnds(
          UnaryOperator.identity(), ReliableEnds.Fate.firstLost(), ReliableEnds.Fate.delivered());

  public EndIsBehindTheLastMessage() {}

  @Actor
  public void receives() {
    ends.receive(1, 1);
    try {
      if (ends.there.receive(Deadline.none()) != null) {
        throw new IllegalStateException("one more");
      }
    } catch (ChannelException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
    ends.close();
  }

  @Signal
  public void sends() {
    ends.send(1, 1);
    ends.here.closeSend();
  }
}
