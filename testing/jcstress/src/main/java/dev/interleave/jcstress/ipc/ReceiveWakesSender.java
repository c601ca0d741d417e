// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.ipc;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.ipc.transport.TransportException;
import java.nio.ByteBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** A thread waits for room, and another one makes some. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "Woken.")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "Waits for room that is there.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "Woken for another reason.")
@State
public class ReceiveWakesSender {
  private final Ends ends = new Ends().filled();

  public ReceiveWakesSender() {}

  @Actor
  public void waits() {
    try {
      ends.here.send(ByteBuffer.allocate(1000));
    } catch (TransportException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Signal
  public void lets() {
    try {
      ends.there.tryReceive(frame -> {});
      ends.there.tryReceive(frame -> {});
      ends.there.tryReceive(frame -> {});
    } catch (TransportException e) {
      throw new IllegalStateException(e);
    }
  }
}
