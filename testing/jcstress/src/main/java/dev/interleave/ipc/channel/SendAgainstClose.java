// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** A message comes when the other side closes, or has closed; that it has is heard late. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "Acknowledged and counted, or neither.")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "Waits on.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "Acknowledged, and nobody knows of it.")
@State
public class SendAgainstClose {
  private static final int LOST = 3;

  private final AtomicInteger signs = new AtomicInteger();
  private final ReliableEnds ends =
      new ReliableEnds(
          options -> options.linger(ReliableEnds.NEVER), ReliableEnds.Fate.firstLost(), this::fate);

  public SendAgainstClose() {
    ends.send(1, 1);
    ends.receive(1, 1);
  }

  /**
   * Loses the first signs of the end, but no farewell: that is said once if the other side went.
   */
  private List<ByteBuffer> fate(ReliableFrame frame, ByteBuffer bytes, Connection over) {
    boolean sign = frame.receivesNoMore() && frame.kind() <= ReliableFrame.ACK;
    return sign && signs.incrementAndGet() <= LOST ? List.of() : List.of(bytes);
  }

  @Actor
  public void sends() {
    try {
      ends.here.send(ReliableEnds.number(2), Deadline.none());
      ends.here.awaitAcknowledged(Deadline.none());
      ChannelStats stats = ends.there.stats();
      if (stats.received() + stats.discarded() + stats.waiting() != 2) {
        throw new IllegalStateException("acknowledged: " + stats);
      }
    } catch (BrokenChannelException e) {
      // it has closed before
    } catch (ChannelException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
    ends.close();
  }

  @Signal
  public void closes() {
    ends.there.close();
  }
}
