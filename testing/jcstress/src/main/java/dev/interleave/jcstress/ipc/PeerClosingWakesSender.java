// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.ipc;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.ipc.transport.PeerClosedException;
import dev.interleave.ipc.transport.TransportException;
import java.nio.ByteBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** A thread waits for room, and the other side closes. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "Woken.")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "Waits for somebody who is gone.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "Woken for another reason.")
@State
public class PeerClosingWakesSender {
  private final Ends ends = new Ends().filled();

  public PeerClosingWakesSender() {}

  @Actor
  public void waits() {
    try {
      ends.here.send(ByteBuffer.allocate(1000));
      throw new IllegalStateException("sent to nobody");
    } catch (PeerClosedException e) {
      // as it should be
    } catch (TransportException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Signal
  public void lets() {
    ends.there.close();
  }
}
