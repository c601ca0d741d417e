// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.ipc.transport.Connection;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** A connection is lost, and a message with it, and no time is up. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "It comes over the next one.")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "It is not sent again.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "Something else comes.")
@State
public class MessageSurvivesConnection {
  private final AtomicBoolean lost = new AtomicBoolean();
  private final ReliableEnds ends =
      new ReliableEnds(
          options -> options.retransmit(ReliableEnds.NEVER, ReliableEnds.NEVER),
          this::fate,
          ReliableEnds.Fate.delivered());

  public MessageSurvivesConnection() {}

  private List<ByteBuffer> fate(ReliableFrame frame, ByteBuffer bytes, Connection over) {
    if (frame.kind() != ReliableFrame.DATA || !lost.compareAndSet(false, true)) {
      return List.of(bytes);
    }
    over.close();
    return List.of();
  }

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
